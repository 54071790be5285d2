import assert from 'node:assert/strict';
import type { CacheJob } from '../../src/domain/jobs/cacheJob.ts';
import { failureReason } from '../../src/domain/jobs/jobText.ts';
import { REFRESHED_CACHE, refreshJobName } from '../../src/domain/manifests/jobNames.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { Jobs } from '../../src/operations/jobs/jobs.ts';
import { Authority } from '../cluster/certificates.ts';
import { TestKubelet, type RunPod } from '../cluster/testKubelet.ts';
import type { Map as ConfigMap, RefreshRuns } from './refreshRuns.ts';
import { ACCEPT, assertSays, LOGIN, MIB, sentence, text, type Refusal } from './refusals.ts';
import { content, redirect, SourceServer } from './sourceServer.ts';
import { entries, newJob, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

const NEVER = new AbortController().signal;

/** A job that must fail, and where that is not for what its source answers, what else is wrong. */
interface Case extends Refusal {
  readonly map?: object;
  readonly isSecure?: true;
  readonly env?: Record<string, string>;
}

const GOOD = content(entries(10));
const REFUSED = 'The API server did not write NAMESPACE/CACHE: ConfigMap "CACHE" is invalid:';

const CASES: readonly Case[] = [
  {
    title: 'D12: 404',
    answer: content('{"error": 1}', 'application/json', 404),
    message: /^SOURCE could not be fetched: The requested URL returned error: 404.*\.$/,
  },
  {
    title: 'D12: 500 with a page',
    answer: content(LOGIN, 'text/html', 500),
    message: /^SOURCE could not be fetched: The requested URL returned error: 500.*\.$/,
  },
  {
    title: 'D27: HTML with 200',
    answer: content('{"a": 1}', 'text/html; charset=utf-8'),
    message: 'SOURCE gave an HTML page in place of data.',
  },
  {
    title: 'D12: a redirect to a login page',
    answer: redirect('/login?from=cache'),
    message: 'SOURCE gave an HTML page in place of data.',
  },
  { title: 'an empty answer', answer: text(''), message: 'SOURCE gave an empty answer.' },
  {
    title: 'D12: 204',
    answer: (response) => response.writeHead(204).end(),
    message: 'SOURCE answered 204, which brings no data.',
  },
  {
    title: 'D27: truncated JSON',
    answer: text(entries(10).slice(0, -20)),
    message: /^SOURCE gave no valid JSON: parse error: Unfinished string at EOF .*\.$/,
  },
  {
    title: 'less than half the entries, however long',
    answer: text(entries(4, 'x'.repeat(1000))),
    message: `SOURCE gave 4 entries where the cache has 10: less than half ${ACCEPT}`,
  },
  {
    title: 'a byte too many, and announced',
    answer: (response) =>
      response.writeHead(200, { 'content-length': MIB + 1 }).end('x'.repeat(MIB + 1)),
    message: /^SOURCE could not be fetched: Maximum file size exceeded.*\.$/,
    wanted: { format: 'text' },
  },
  {
    title: 'D13: a source that hangs',
    answer: (response) => response.write('{'),
    message:
      /^SOURCE could not be fetched: Operation timed out after \d+ milliseconds with 1 .*\.$/,
    env: { FETCH_SECONDS: '1' },
  },
  {
    title: 'a certificate that nobody vouches for',
    answer: GOOD,
    message: /^SOURCE could not be fetched: SSL certificate problem: .*\.$/,
    isSecure: true,
  },
  {
    title: 'a host that there is not',
    answer: GOOD,
    message: /^SOURCE could not be fetched: Could not resolve host: no-such-host.invalid.*\.$/,
    wanted: { url: 'http://no-such-host.invalid/mappings' },
  },
  {
    title: 'D14: a Secret that there is not',
    answer: GOOD,
    message:
      'The header for SOURCE is missing: Secret some-secret in namespace NAMESPACE has no line such as Name: value.',
    wanted: { header: { secret: 'some-secret', key: 'header' } },
  },
  {
    title: 'an immutable map',
    answer: GOOD,
    message: `${REFUSED} data: Forbidden: field is immutable when \`immutable\` is set.`,
    map: { data: { 'other.json': '{}' }, immutable: true },
  },
  {
    title: 'a map that is full',
    answer: GOOD,
    message:
      /^The API server did not write NAMESPACE\/CACHE: .* may not be more than 1048576 bytes/,
    map: { data: { 'other.json': 'x'.repeat(MIB - 10) } },
  },
];

describe('a scaffolded job that its CronJob starts writes nothing and says why', function () {
  // All of them are under way at once.
  this.timeout(300_000);
  let stage: Stage;
  let secure: SourceServer;
  let kubelet: TestKubelet | undefined;
  let cluster: KubernetesCluster;
  let jobs: Jobs;
  /** By namespace and cache. */
  const started = new Map<string, Started>();

  before(async () => {
    stage = await setUp({ workloads: true });
    const { plane, source } = stage;
    const subject = { name: 'source', addresses: ['127.0.0.1'] };
    secure = await SourceServer.start(await (await Authority.create()).issue(subject));
    secure.answer = GOOD;
    source.answer = (response, request) => {
      const { pathname } = new URL(request.url ?? '', source.origin);
      const login = text(`\ufeff  ${LOGIN}`);
      const answer = pathname === '/login' ? login : CASES[Number(pathname.slice(1))]?.answer;
      answer?.(response, request);
    };
    cluster = new KubernetesCluster(() => [plane.kubeconfig]);
    jobs = new Jobs(cluster.workloads, cluster.jobs, Date.now);
    await plane.kubectl(['cordon', 'node']);
    kubelet = await TestKubelet.start(plane, 'job-name', runOf(started));
    for (const runs of stage.runs) await start(stage, runs, { secure, started });
  });
  after(async () => {
    jobs.reset();
    cluster.reset();
    await kubelet?.stop();
    await secure.stop();
    await tearDown(stage);
  });

  /** A job once its one run has ended. */
  const ended = async ({ job: { cache } }: Started): Promise<CacheJob> => {
    const ref = { context: 'demo', ...cache };
    const [first] = (await jobs.of(ref)).jobs;
    assert.ok(first !== undefined);
    const known = () => jobs.known(ref)?.jobs[0];
    const isOver = () => {
      const [run] = known()?.runs ?? [];
      const pods = run?.pods ?? [];
      const isDone = run !== undefined && run.state.outcome !== 'running' && pods.length > 0;
      return isDone && pods.every(({ attempt }) => attempt.hasEnded);
    };
    await jobs.until(first.workload, isOver, NEVER);
    return known() ?? assert.fail();
  };

  for (const shell of ['BusyBox ash', 'dash', 'bash']) {
    describe(`under ${shell} (D16)`, () => {
      for (const [index, { title, message }] of CASES.entries()) {
        it(title, async function () {
          const runs = runsUnder(stage, shell, this);
          const one = [...started.values()].find(
            (each) => each.runs === runs && each.index === index,
          );
          assert.ok(one !== undefined);
          const found = await ended(one);
          const { job } = one;
          assert.deepEqual(await runs.map(job), one.map);
          const { conditions, pods } = await stateOf(stage, job);
          // The Job is tried a second time, and then given up.
          assert.deepEqual(conditions, ['BackoffLimitExceeded']);
          assert.equal(pods.length, 2);
          for (const { exitCode, message: left = '' } of pods) {
            assert.equal(exitCode, 1);
            const { namespace, name } = job.cache;
            const general = left.replaceAll(namespace, 'NAMESPACE').replaceAll(name, 'CACHE');
            assertSays(sentence(general, job), message);
          }
          const [run] = found.runs ?? [];
          assert.ok(run !== undefined);
          assert.equal(failureReason(found, run), pods[1]?.message);
          // D30: nothing that sounds like success.
          assert.deepEqual(one.printed, ['', '']);
        });
      }
    });
  }
});

/** A job that is under way. */
interface Started {
  readonly runs: RefreshRuns;
  /** Which of the cases it is. */
  readonly index: number;
  readonly job: RefreshJob;
  /** The map before it began. */
  readonly map: ConfigMap | undefined;
  /** What its tries printed. */
  readonly printed: string[];
}

/** Makes each pod run as one of the jobs that were started. */
function runOf(started: ReadonlyMap<string, Started>): RunPod {
  return async (pod) => {
    const [one] = started.values();
    assert.ok(one !== undefined);
    const of = await one.runs.runnableOf(pod);
    const cache = of.container.env.find(({ name }) => name === 'CACHE')?.value ?? '';
    const { runs, job, index, printed } = started.get(`${pod.namespace}/${cache}`) ?? assert.fail();
    const { code, message, stdout } = await runs.run(job, { of, env: CASES[index]?.env ?? {} });
    printed.push(stdout);
    return { code, message };
  };
}

/** Applies a job for each case under one shell, with the map that it is to leave as it is, and lets them miss a run. */
async function start(
  stage: Stage,
  runs: RefreshRuns,
  { secure, started }: { secure: SourceServer; started: Map<string, Started> },
): Promise<void> {
  const { kubectl } = stage.plane;
  const missed = new Date(Date.now() - 300_000);
  const schedule = `${missed.getUTCMinutes()} ${missed.getUTCHours()} * * *`;
  const base = await newJob(stage, { schedule });
  const { namespace } = base.cache;
  const all = CASES.map(({ wanted, isSecure }, index) => ({
    ...base,
    url: `${(isSecure === true ? secure : stage.source).origin}/${index}?token=hidden`,
    ...wanted,
    cache: { namespace, name: `cache-${index}` },
  }));
  const items = all.map(({ cache: metadata }, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    ...(CASES[index]?.map ?? { data: { [base.key]: entries(10), 'other.json': '{}' } }),
  }));
  await kubectl(['create', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  await runs.apply(...all);
  for (const [index, job] of all.entries()) {
    const map = await runs.map(job);
    started.set(`${namespace}/${job.cache.name}`, { runs, index, job, map, printed: [] });
  }
  const names = all.map(({ cache, key }) => refreshJobName(cache.name, key));
  const lastScheduleTime = new Date(missed.getTime() - 86_400_000).toISOString();
  const patch = ['patch', 'cronjobs', ...names, '-n', namespace, '--subresource=status'];
  const status = JSON.stringify({ status: { lastScheduleTime } });
  await kubectl([...patch, '--type=merge', '-p', status]);
}

/** How the one Job of a CronJob ended, and its pods in their order, as kubectl tells it. */
async function stateOf({ plane }: Stage, { cache: { namespace, name } }: RefreshJob) {
  const label = `${REFRESHED_CACHE}=${name}`;
  const get = async <T>(kind: string) => {
    const args = [
      'get',
      kind,
      '-n',
      namespace,
      '-l',
      label,
      '--sort-by=.metadata.creationTimestamp',
    ];
    return (JSON.parse(await plane.kubectl([...args, '-o', 'json'])) as { items: readonly T[] })
      .items;
  };
  const found = await get<{ status: { conditions: readonly Condition[] } }>('jobs');
  const pods = await get<{ status: { containerStatuses: readonly [{ state: Terminated }] } }>(
    'pods',
  );
  return {
    conditions: found.flatMap(({ status }) =>
      status.conditions.filter(({ type }) => type === 'Failed').map(({ reason }) => reason),
    ),
    pods: pods.map(({ status }) => status.containerStatuses[0].state.terminated),
  };
}

interface Condition {
  readonly type: string;
  readonly reason: string;
}

interface Terminated {
  readonly terminated: { readonly exitCode: number; readonly message?: string };
}
