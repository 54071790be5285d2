import assert from 'node:assert/strict';
import { jobParts } from '../../src/domain/jobs/jobText.ts';
import type { CacheJob } from '../../src/domain/jobs/cacheJob.ts';
import { factAnnotation } from '../../src/domain/facts.ts';
import { refreshJobName } from '../../src/domain/manifests/jobNames.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { pauseFor } from '../../src/gateway/kubernetes/waiting.ts';
import { JobCare } from '../../src/operations/jobs/jobCare.ts';
import { JobLog } from '../../src/operations/jobs/jobLog.ts';
import { Jobs } from '../../src/operations/jobs/jobs.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { TestKubelet, type RunPod } from '../cluster/testKubelet.ts';
import { createUser } from '../cluster/users.ts';
import { RefreshRuns } from '../scaffold/refreshRuns.ts';
import { ensureShells } from '../scaffold/shells.ts';
import { content, SourceServer } from '../scaffold/sourceServer.ts';
import { entries, newJob } from '../scaffold/stage.ts';
import { untilJob } from './untilJob.ts';

const never = new AbortController().signal;

/** A Job as it was made: without what makes it another one, and what its controller has done since. */
function asMade(text: string, name: string): object {
  const { metadata, spec } = JSON.parse(text) as {
    metadata: { uid: string; managedFields: { manager: string; fieldsV1: object }[] };
    spec: object;
  };
  const managed = metadata.managedFields.find(({ manager }) => manager === 'kubectl-create');
  assert.ok(managed !== undefined);
  const own = { resourceVersion: '', creationTimestamp: '', managedFields: managed.fieldsV1 };
  const named = JSON.stringify({ metadata: { ...metadata, ...own }, spec });
  const same = named.replaceAll(metadata.uid, 'UID').replaceAll(`"${name}"`, '"NAME"');
  return JSON.parse(same) as object;
}

describe('refresh jobs on a real cluster, their scripts run by the test', function () {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let source: SourceServer;
  let runs: RefreshRuns;
  let kubelet: TestKubelet;
  let cluster: KubernetesCluster;
  let jobs: Jobs;
  let care: JobCare;
  /** By namespace. */
  const made = new Map<string, RefreshJob>();
  /** What runs in the place of a script, by namespace. */
  const instead = new Map<string, RunPod>();

  before(async function () {
    plane = await startControlPlane({ workloads: true });
    const [shell] = await ensureShells(plane.directory, plane.binaries.path('kubectl'));
    if (shell === undefined) {
      await plane.stop();
      this.skip();
    }
    runs = new RefreshRuns(plane, shell);
    source = await SourceServer.start();
    proxy = await FaultProxy.start(plane);
    await plane.kubectl(['cordon', 'node']);
    kubelet = await TestKubelet.start(plane, 'job-name', run);
    cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    jobs = new Jobs(cluster.workloads, cluster.jobs, Date.now);
    care = new JobCare(cluster.workloads, cluster.jobs, Date.now);
  });
  after(async () => {
    jobs.reset();
    cluster.reset();
    await proxy.stop();
    await kubelet.stop();
    await source.stop();
    await plane.stop();
  });

  const run: RunPod = async (pod, write) => {
    const other = instead.get(pod.namespace);
    if (other !== undefined) return await other(pod, write);
    const job = made.get(pod.namespace);
    assert.ok(job !== undefined);
    const { code, message, stdout, stderr } = await runs.run(job, {
      of: await runs.runnableOf(pod),
    });
    for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) write(line);
    return { code, message };
  };
  const apply = async (wanted: Partial<RefreshJob> = {}): Promise<RefreshJob> => {
    const job = await newJob({ plane, source, runs: [runs] }, wanted);
    made.set(job.cache.namespace, job);
    await runs.apply(job);
    return job;
  };
  const refOf = ({ cache }: RefreshJob) => ({ context: 'demo', ...cache });
  const cronOf = ({ cache, key }: RefreshJob) => ({
    context: 'demo',
    namespace: cache.namespace,
    kind: 'CronJob' as const,
    name: refreshJobName(cache.name, key),
  });
  const until = (job: RefreshJob, isSo: (now: CacheJob) => boolean) =>
    untilJob(jobs, refOf(job), isSo);
  const runNow = async (job: RefreshJob, name: string) => {
    const outcome = await cluster.workloads.runJob(cronOf(job), name, never);
    assert.equal(outcome.kind, 'done');
  };
  const follow = async (job: CacheJob, told: string[]): Promise<void> => {
    const [newest] = job.runs ?? [];
    assert.ok(newest !== undefined);
    const tell = ({ kind, text }: { kind: string; text: string }) => told.push(`${kind}: ${text}`);
    await new JobLog(cluster.jobs, jobs, pauseFor).follow(job, newest, tell, never);
  };
  /** What was sent, without the time that clients put into it. */
  const sent = (method: string, from: number) =>
    proxy.requests
      .slice(from)
      .filter((request) => request.method === method)
      .map(({ url, body, headers }) => ({
        url: url.replace(/[?&](timeout|fieldValidation)=[^&]*/g, ''),
        type: headers['content-type'],
        body: JSON.parse(body) as { metadata?: { name?: string } },
      }));

  it('a run by hand is the Job that kubectl makes; it succeeds, and its log is told', async () => {
    source.answer = content(entries(5));
    const job = await apply();
    const { name, namespace } = cronOf(job);
    const from = ['create', 'job', 'by-kubectl', `--from=cronjob/${name}`, '-n', namespace];
    const shown = ['--show-managed-fields', '-o', 'json'];
    const theirs = await plane.kubectl([...from, '--dry-run=server', ...shown]);
    await runNow(job, 'by-hand');
    const ours = await plane.kubectl(['get', 'job', 'by-hand', '-n', namespace, ...shown]);
    assert.deepEqual(asMade(ours, 'by-hand'), asMade(theirs, 'by-kubectl'));
    const done = await until(
      job,
      ({ runs: [newest] = [] }) => newest?.state.outcome === 'succeeded',
    );
    const now = Date.now();
    const summary = (await runs.map(job))?.metadata.annotations ?? {};
    assert.notEqual(summary[factAnnotation('refreshed', job.key)], undefined);
    assert.equal(done.evidence, 'label');
    const cache = await cluster.readCache(refOf(job), never);
    assert.ok(cache !== undefined);
    assert.equal(jobParts(done, cache, now).at(-1), 'last run succeeded just now');
    const told: string[] = [];
    await follow(done, told);
    assert.match(told[0] ?? '', /^note: Pod by-hand-.*: log of container refresh$/);
    assert.match(told.at(-2) ?? '', /^note: Pod by-hand-.* ended with code 0\.$/);
    assert.match(told.at(-1) ?? '', /^note: Job by-hand succeeded at /);
    assert.ok(told.some((line) => line.startsWith('line: ') && line.length > 'line: '.length));
  });

  it('a run that fails says why, try by try', async () => {
    source.answer = content('gone', 'text/plain', 404);
    const job = await apply();
    await runNow(job, 'failing');
    const first = await until(job, ({ runs: [newest] = [] }) => newest !== undefined);
    const told: string[] = [];
    const followed = follow(first, told);
    const failed = await until(
      job,
      ({ runs: [newest] = [] }) => newest?.state.outcome === 'failed',
    );
    await followed;
    const args = ['get', 'pods', '-n', job.cache.namespace, '-o'];
    const template = 'jsonpath={.items[*].status.containerStatuses[0].state.terminated.message}';
    const message = await plane.kubectl([...args, template]);
    assert.match(message, /could not be fetched: .*404/);
    const cache = { ...refOf(job) };
    const summary = {
      ref: cache,
      uid: '',
      resourceVersion: '',
      createdAt: '',
      labels: {},
      annotations: {},
      keys: [],
    };
    const row = jobParts(failed, summary, Date.now()).at(-1) ?? '';
    assert.match(row, /^last run failed: .*could not be fetched/);
    assert.equal(told.filter((line) => line.includes('ended with code 1: ')).length, 2);
    assert.match(told.at(-1) ?? '', /^note: Job failing failed at .*404/);
    assert.equal(await runs.map(job), undefined);
  });

  it('a resumed job starts the run that it missed, as was said before', async () => {
    source.answer = content(entries(5));
    const job = await apply({ schedule: '* * * * *' });
    const { name, namespace } = cronOf(job);
    const { workload } = await until(job, () => true);
    const from = proxy.requests.length;
    await plane.kubectl(
      [
        'patch',
        'cronjob',
        name,
        '-n',
        namespace,
        '-p',
        '{"spec":{"suspend":true}}',
        '--dry-run=server',
      ],
      { kubeconfig: proxy.kubeconfig },
    );
    assert.equal((await care.setSuspended(workload, true)).kind, 'done');
    const [theirs, ours] = sent('PATCH', from);
    assert.ok(theirs !== undefined && ours !== undefined);
    const guarded = { ...theirs.body, metadata: { uid: workload.uid } };
    assert.deepEqual([ours.body, ours.type], [guarded, theirs.type]);
    const another = { ref: workload.ref, uid: 'another' };
    assert.equal((await cluster.jobs.setSuspended(another, false, never)).kind, 'gone');
    await until(job, ({ cron }) => cron.isSuspended);
    const lastScheduleTime = new Date(Date.now() - 600_000).toISOString().replace(/\.\d+/, '');
    const status = JSON.stringify({ status: { lastScheduleTime } });
    const path = ['patch', 'cronjob', name, '-n', namespace, '--subresource=status'];
    await plane.kubectl([...path, '--type=merge', '-p', status]);
    const plan = await care.planResume(workload, never);
    assert.equal(plan?.missed, 'starts');
    assert.equal((await care.setSuspended(workload, false)).kind, 'done');
    const done = await until(job, ({ runs: some = [] }) =>
      some.some(({ state }) => state.outcome === 'succeeded'),
    );
    assert.match(done.runs?.at(-1)?.workload.ref.name ?? '', new RegExp(`^${name}-\\d+$`));
    assert.notEqual(await runs.map(job), undefined);
    await care.setSuspended(workload, true);
  });

  it('a log whose connection is cut goes on without a gap', async () => {
    const job = await apply();
    let end = (): void => undefined;
    let say: (line: string) => void = () => undefined;
    instead.set(job.cache.namespace, (_pod, write) => {
      say = write;
      write('one');
      return new Promise((resolve) => {
        end = () => {
          resolve({ code: 0, message: '' });
        };
      });
    });
    await runNow(job, 'cut');
    const begun = await until(
      job,
      ({ runs: [newest] = [] }) => newest?.pods[0]?.attempt.hasBegun === true,
    );
    let heard = (): void => undefined;
    const told: string[] = [];
    const until_ = (text: string) =>
      new Promise<void>((resolve) => {
        heard = () => {
          if (told.some((line) => line.includes(text))) resolve();
        };
        heard();
      });
    const [newest] = begun.runs ?? [];
    assert.ok(newest !== undefined);
    const log = new JobLog(cluster.jobs, jobs, pauseFor);
    const following = log.follow(
      begun,
      newest,
      ({ kind, text }) => {
        told.push(`${kind}: ${text}`);
        heard();
      },
      never,
    );
    await until_('line: one');
    say('two');
    await until_('line: two');
    proxy.cutAll();
    await until_('The connection broke here');
    say('three');
    await until_('line: three');
    end();
    await following;
    const lines = told.filter((line) => line.startsWith('line: '));
    assert.deepEqual(lines, ['line: one', 'line: two', 'line: three']);
  });

  it('a CronJob of somebody else is found by the rights of its account, as far as these are known', async () => {
    await plane.kubectl(['create', 'namespace', 'own']);
    const pod = (account: string) => ({
      restartPolicy: 'Never',
      serviceAccountName: account,
      containers: [{ name: 'a', image: 'a', args: ['kubectl replace configmap some-cache'] }],
    });
    const items = ['writer', 'reader'].map((account) => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: `by-${account}`, namespace: 'own' },
      spec: { schedule: '0 2 * * *', jobTemplate: { spec: { template: { spec: pod(account) } } } },
    }));
    await plane.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    const only = ['--verb=update', '--resource=configmaps', '--resource-name=some-cache'];
    await plane.kubectl(['create', 'role', 'writer', '-n', 'own', ...only]);
    const subject = ['--role=writer', '--serviceaccount=own:writer'];
    await plane.kubectl(['create', 'rolebinding', 'writer', '-n', 'own', ...subject]);
    const ref = { context: 'demo', namespace: 'own', name: 'some-cache' };
    const evidence = async (of: Jobs, context: string) =>
      (await of.of({ ...ref, context })).jobs.map((job) => [job.workload.ref.name, job.evidence]);
    assert.deepEqual(await evidence(jobs, 'demo'), [['by-writer', 'rights']]);
    const rules = [
      { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    ];
    const grants = [{ namespace: 'own', rules }];
    const kubeconfig = await createUser(plane, {
      name: 'little',
      credential: 'certificate',
      grants,
    });
    const theirs = new KubernetesCluster(() => [kubeconfig]);
    const seen = new Jobs(theirs.workloads, theirs.jobs, Date.now);
    assert.deepEqual(await evidence(seen, 'little'), [
      ['by-reader', 'naming'],
      ['by-writer', 'naming'],
    ]);
    seen.reset();
    theirs.reset();
  });

  it('a CronWorkflow is suspended, and run as argo does it', async () => {
    await installArgoKinds(plane);
    const labels = { 'cache-configmaps.dev/refreshed-cache': 'some-cache' };
    const instance = { 'workflows.argoproj.io/controller-instanceid': 'mine' };
    const workflowSpec = { entrypoint: 'main', templates: [{ name: 'main' }] };
    const workflowMetadata = { labels: { team: 'a' }, annotations: { why: 'b' } };
    const schedule = { schedules: ['0 2 * * *'], timezone: 'UTC' };
    const cron = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'CronWorkflow',
      metadata: { name: 'nightly', namespace: 'own', labels: { ...labels, ...instance } },
      spec: { ...schedule, workflowMetadata, workflowSpec },
    };
    await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(cron) });
    const seen = new Jobs(cluster.workloads, cluster.jobs, Date.now);
    const ref = { context: 'demo', namespace: 'own', name: 'some-cache' };
    const isArgo = ({ workload }: CacheJob) => workload.ref.kind === 'CronWorkflow';
    const found = (await seen.of(ref)).jobs.find(isArgo);
    assert.ok(found !== undefined);
    assert.equal((await care.setSuspended(found.workload, true)).kind, 'done');
    const another = { ref: found.workload.ref, uid: 'another' };
    assert.equal((await cluster.jobs.setSuspended(another, false, never)).kind, 'gone');
    const outcome = await cluster.workloads.runJob(found.workload.ref, '', never);
    assert.equal(outcome.kind, 'done');
    const text = await plane.kubectl(['get', 'workflows', '-n', 'own', '-o', 'json']);
    const [workflow] = (
      JSON.parse(text) as { items: { metadata: Record<string, unknown>; spec: object }[] }
    ).items;
    assert.ok(workflow !== undefined);
    const { metadata, spec } = workflow;
    assert.deepEqual(spec, workflowSpec);
    assert.match(String(metadata['name']), /^nightly-[a-z0-9]{5}$/);
    assert.deepEqual(metadata['labels'], {
      ...instance,
      team: 'a',
      'workflows.argoproj.io/cron-workflow': 'nightly',
    });
    assert.match(
      JSON.stringify(metadata['annotations']),
      /scheduled-time.*"why":"b"|"why":"b".*scheduled-time/,
    );
    assert.deepEqual(metadata['ownerReferences'], [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'CronWorkflow',
        name: 'nightly',
        uid: found.workload.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
    seen.reset();
  });
});
