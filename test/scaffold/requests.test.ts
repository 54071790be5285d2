import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { restartedManager } from '../../src/domain/manifests/jobNames.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import type { FaultProxy } from '../cluster/faultProxy.ts';
import type { Fault, Match } from '../cluster/passing.ts';
import { freePorts } from '../freePorts.ts';
import { answerAfter, askingBefore, edit } from './meanwhile.ts';
import { RecordedCurl } from './recordedCurl.ts';
import { MIB } from './refusals.ts';
import { environmentOf, podOf, type RefreshRuns } from './refreshRuns.ts';
import { serverProxy } from './serverProxy.ts';
import { content, redirect } from './sourceServer.ts';
import { create, entries, newJob, setUp, tearDown, workload, type Stage } from './stage.ts';

const READER = { kind: 'Deployment', name: 'some-reader' } as const;

/** Where the script has looked at the map, and begins to write. */
const WRITE = '  if move && api';

const isApply: Match = ({ headers }) => headers['content-type'] === 'application/apply-patch+yaml';
const isLook: Match = ({ body }) => body === '{}';
const isRestart: Match = ({ url }) => url.includes('/deployments/');
const isKept: Match = ({ url }) => url.includes(restartedManager('mappings.json'));

/** An answer of the API server in place of what it would say. */
function failure(code: number, message: string): Fault {
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code };
  return { kind: 'answer', status: code, body: JSON.stringify(body) };
}

/** What is asked, what comes in place of the server's answer, and how the sentence ends. */
const FAULTS: readonly (readonly [string, Match, Fault, RegExp])[] = [
  ['a look: 429', isLook, failure(429, 'Too many requests.'), /: Too many requests\.$/],
  ['a look: a connection that breaks', isLook, { kind: 'cutBefore' }, /some-cache: .+\.$/],
  ['a look: no answer', isLook, { kind: 'hold' }, /: Operation timed out .*\.$/],
  [
    'a write: 413 of a proxy',
    isApply,
    { kind: 'answer', status: 413, body: '<html>' },
    /: it answered 413\.$/,
  ],
  [
    'a write: 302',
    isApply,
    { kind: 'answer', status: 302, body: '', headers: { location: '/' } },
    /: it answered 302\.$/,
  ],
  ['a look: 500', isLook, failure(500, 'etcdserver: no leader'), /: etcdserver: no leader\.$/],
];

describe('the requests of the refresh script', () => {
  let stage: Stage;
  let proxy: FaultProxy;
  let runs: RefreshRuns;
  /** What leads a run to the API server by way of the proxy. */
  let through: Readonly<Record<string, string>>;

  before(async function () {
    stage = await setUp();
    ({ proxy, through } = await serverProxy(stage));
    const [first] = stage.runs;
    if (first === undefined) return this.skip();
    runs = first;
  });
  afterEach(() => {
    proxy.mend();
  });
  after(async () => {
    await proxy.stop();
    await tearDown(stage);
  });

  /** A job with its rights. */
  const applied = async (wanted: Partial<RefreshJob> = {}) => {
    const job = await newJob(stage, wanted);
    await runs.apply(job);
    return job;
  };
  /** A job that has restarted its reader for what the map holds. */
  const withReader = async () => {
    const job = await applied({ restarts: [READER] });
    const { namespace } = job.cache;
    await create(stage, [workload(READER.kind, { name: READER.name, namespace })]);
    stage.source.answer = content(entries(10));
    const { code, message } = await runs.run(job, { env: through });
    assert.deepEqual([code, message], [0, '']);
    return job;
  };

  describe('to the source', () => {
    it('end in time, each try and all together, as those to the API server do', async () => {
      const job = await applied();
      stage.source.answer = content(entries(10));
      const scaffolded = environmentOf(podOf(job).container.env);
      const { RETRIES = '', FETCH_SECONDS = '', CONNECT_SECONDS, FETCHING_SECONDS } = scaffolded;
      const requestsIn = async (seconds: string) => {
        const curl = await RecordedCurl.of(runs.shell, stage.plane.directory);
        const env = { ...curl.env, RETRIES, FETCH_SECONDS, RUN_SECONDS: seconds };
        assert.equal((await runs.run(job, { env })).code, 0);
        const told = await curl.told();
        const isOfSource = (each: readonly string[]) => valueOf(each, '--url') === job.url;
        const toServer = told.filter((each) => !isOfSource(each));
        assert.equal(toServer.length, 2);
        // Arguments are for all to read: the token of the pod is in none.
        assert.doesNotMatch(told.flat().join('\n'), /^Authorization:/im);
        return { toSource: told.find(isOfSource) ?? assert.fail(), toServer };
      };
      const longest = (told: readonly string[]) => {
        // With no time for a second try, none is made.
        const more = valueOf(told, '--retry') === '0' ? '0' : valueOf(told, '--retry-max-time');
        return Number(valueOf(told, '--max-time')) + Number(more);
      };
      const { toSource, toServer } = await requestsIn(scaffolded['RUN_SECONDS'] ?? '');
      assert.equal(valueOf(toSource, '--connect-timeout'), CONNECT_SECONDS);
      assert.equal(valueOf(toSource, '--max-time'), FETCH_SECONDS);
      assert.ok(longest(toSource) <= Number(FETCHING_SECONDS));
      for (const each of [toSource, ...toServer]) assert.equal(valueOf(each, '--retry'), RETRIES);
      for (const each of toServer) {
        // A host that takes packets without a word.
        assert.ok(Number(valueOf(each, '--connect-timeout')) <= Number(CONNECT_SECONDS));
        // A server that accepts and does not answer leaves time for those that come after it.
        assert.ok(longest(each) <= 60);
      }
      for (const each of (await requestsIn('30')).toServer) assert.ok(longest(each) <= 30);
    });

    it('are made again where it only begins to listen', async () => {
      const [port = 0] = await freePorts(1);
      const job = await applied({ url: `http://127.0.0.1:${port}/mappings` });
      const late = createServer((request, response) => {
        content(entries(10))(response, request);
      });
      const curl = await RecordedCurl.of(runs.shell, stage.plane.directory);
      const refused = curl.says(/Connection refused/);
      const running = runs.run(job, { env: { ...curl.env, RETRIES: '1' } });
      try {
        await refused;
        await once(late.listen(port, '127.0.0.1'), 'listening');
        assert.deepEqual(await running.then(({ code, message }) => [code, message]), [0, '']);
      } finally {
        late.closeAllConnections();
        late.close();
      }
    });

    it('follow five redirects, and no sixth', async () => {
      const job = await applied();
      const asked = async (redirects: number) => {
        let left = redirects;
        const { length } = stage.source.requests;
        stage.source.answer = (response, request) => {
          (left-- > 0 ? redirect('/next') : content(entries(10)))(response, request);
        };
        const { code } = await runs.run(job);
        return [code, stage.source.requests.length - length];
      };
      assert.deepEqual(await asked(6), [1, 6]);
      assert.deepEqual(await asked(5), [0, 6]);
    });

    it('ask for what stands in the URL, and for nothing that curl could make of it', async () => {
      const job = await applied({ url: `${stage.source.origin}/a?b=[1-3]&c={x,y}` });
      // 203: a proxy on the way has changed it.
      stage.source.answer = content(entries(10), 'application/json', 203);
      assert.equal((await runs.run(job)).code, 0);
      assert.equal(stage.source.requests.at(-1)?.url, '/a?b=[1-3]&c={x,y}');
    });

    it('may bring as much as a ConfigMap holds, and half of what is there', async () => {
      const job = await applied({ key: 'words', format: 'text' });
      for (const size of [MIB, MIB / 2]) {
        // Announced, so that curl compares as well.
        const headers = { 'content-length': size, 'content-type': 'text/plain' };
        stage.source.answer = (response) => response.writeHead(200, headers).end('x'.repeat(size));
        assert.equal((await runs.run(job)).message, '');
        assert.equal((await runs.map(job))?.data?.['words']?.length, size);
      }
    });
  });

  describe('to the API server', () => {
    for (const [title, match, fault, words] of FAULTS) {
      it(`that fail write nothing, and say why: ${title}`, async () => {
        // Its first look is the first of all that it asks.
        const job = await applied({ conditional: true });
        stage.source.answer = content(entries(10));
        proxy.break(match, fault);
        const { code, message, stdout } = await runs.run(job, {
          env: { ...through, FETCH_SECONDS: '1' },
        });
        assert.deepEqual([code, stdout], [1, '']);
        assert.match(message, /^The API server did not write n-\d+\/some-cache: /);
        assert.match(message, words);
        assert.equal(await runs.map(job), undefined);
      });
    }

    it('are made again after an answer that may pass', async () => {
      const job = await applied();
      stage.source.answer = content(entries(10));
      proxy.break(isApply, failure(429, 'Too many requests.'));
      const { code } = await runs.run(job, { env: { ...through, RETRIES: '1' } });
      assert.equal(code, 0);
    });

    it('are a look anew where somebody else was faster, and nowhere else', async () => {
      const job = await applied();
      stage.source.answer = content(entries(10));
      proxy.break(isApply, failure(409, 'the object has been modified'));
      const { length } = proxy.requests;
      assert.equal((await runs.run(job, { env: through })).code, 0);
      const made = proxy.requests.slice(length).map((each) => (isLook(each) ? 'look' : 'write'));
      assert.deepEqual(made, ['look', 'write', 'look', 'write']);
    });

    it('go to the object of that name, whatever the name', async () => {
      const job = await applied();
      stage.source.answer = content(entries(10));
      for (const name of ['..', 'a/b?c%2e#d']) {
        const { code } = await runs.run(job, { env: { ...through, CACHE: name } });
        assert.equal(code, 1);
        const place = `/api/v1/namespaces/${job.cache.namespace}/configmaps/`;
        const { url = '' } = proxy.requests.at(-1) ?? {};
        assert.equal(url, `${place}${encodeURIComponent(name)}`);
      }
    });

    it('go to an address of IPv6 as well', async () => {
      const job = await applied();
      stage.source.answer = content(entries(10));
      // Nobody listens there: the words of curl say where it went.
      const { message } = await runs.run(job, { env: { KUBERNETES_SERVICE_HOST: '::1' } });
      assert.match(message, / ::1 port \d+/);
    });

    /** How a run ends while which something is done before it goes on at these words. */
    const runWith = async (job: RefreshJob, words: string, work: () => Promise<unknown>) => {
      const { answer } = stage.source;
      let isDone = false;
      stage.source.answer = (response, request) => {
        const isHere = request.url?.includes('between') === true && !isDone;
        isDone ||= isHere;
        answerAfter(isHere ? work() : Promise.resolve(), answer)(response, request);
      };
      return await runs.run(job, { of: askingBefore(job, words) });
    };
    const removed = async ({ cache: { name, namespace } }: RefreshJob) =>
      await stage.plane.kubectl(['delete', 'configmap', name, '-n', namespace]);

    it('write the map that was looked at: one that is gone by then is a new one to its readers', async () => {
      const job = await withReader();
      const { code, stdout } = await runWith(job, WRITE, () => removed(job));
      assert.equal(code, 0);
      assert.match(stdout, /^Written: .*\nRestarted: /);
      assert.equal((await runs.map(job))?.data?.[job.key], entries(10));
    });

    it('make no map anew to keep that readers were restarted', async () => {
      const job = await withReader();
      stage.source.answer = content(entries(11));
      const { code, message } = await runWith(job, '# Kept under', () => removed(job));
      assert.equal(code, 3);
      assert.match(message, / restarted: That was not kept, .*: .*uid mismatch/);
      assert.equal(await runs.map(job), undefined);
    });

    it('that take a key out of binaryData are refused where it has grown since it was weighed', async () => {
      const job = await applied({ key: 'table', format: 'binary' });
      const { name, namespace } = job.cache;
      const holding = (size: number) => ({
        binaryData: { table: Buffer.alloc(size, 0xff).toString('base64') },
      });
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } };
      await create(stage, [{ ...map, ...holding(10) }]);
      stage.source.answer = content('a new table', 'text/plain');
      const { message } = await runWith(job, WRITE, () => edit(stage, job, holding(1000)));
      assert.match(message, /gave 11 bytes where the cache has 1000: less than half/);
      assert.deepEqual((await runs.map(job))?.binaryData, holding(1000).binaryData);
    });

    it('to apply refuse fields that the server does not know, and say who applies', async () => {
      const { length } = proxy.requests;
      const job = await withReader();
      const made = proxy.requests.slice(length).filter(isApply);
      const { FIELD_MANAGER, RESTARTED_MANAGER } = environmentOf(podOf(job).container.env);
      const asked = made.map(({ url }) => {
        const { searchParams } = new URL(url, stage.plane.server);
        return [searchParams.get('fieldManager'), searchParams.get('fieldValidation')];
      });
      assert.deepEqual(asked, [
        [FIELD_MANAGER, 'Strict'],
        [RESTARTED_MANAGER, 'Strict'],
      ]);
    });

    it('that restart and fail are told, and made by the next run, as where it could not be kept', async () => {
      const job = await withReader();
      const left = 'The cache was written, but not all of its readers were restarted:';
      const reader = `${READER.kind}/${READER.name}`;
      const why = failure(500, 'etcdserver: no leader');
      const cases: readonly (readonly [Match, string])[] = [
        [isRestart, `${left} ${reader}: etcdserver: no leader.`],
        [
          isKept,
          `${left} That was not kept, and the next run restarts again: etcdserver: no leader.`,
        ],
      ];
      for (const [index, [match, message]] of cases.entries()) {
        stage.source.answer = content(entries(11 + index));
        proxy.break(match, why);
        const failed = await runs.run(job, { env: through });
        assert.deepEqual([failed.code, failed.message], [3, message]);
        const next = await runs.run(job, { env: through });
        assert.equal(next.code, 0);
        assert.match(next.stdout, new RegExp(`^Unchanged: .*\nRestarted: ${reader}\\.\n$`));
      }
    });

    it('name readers as they are named, and not files that are called so', async () => {
      const job = await applied();
      stage.source.answer = content(entries(10));
      // There are such files where the tests run.
      const { message } = await runs.run(job, { env: { RESTARTS: 'test/*' } });
      assert.match(message, / restarted: test\/\*: /);
    });
  });
});

/** The value of an option of curl. */
function valueOf(told: readonly string[], option: string): string | undefined {
  const place = told.indexOf(option);
  return place < 0 ? undefined : told[place + 1];
}
