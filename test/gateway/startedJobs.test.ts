import assert from 'node:assert/strict';
import type { CacheJob } from '../../src/domain/jobs/cacheJob.ts';
import { troubleOf } from '../../src/domain/jobs/cacheJob.ts';
import { jobParts } from '../../src/domain/jobs/jobText.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { JobCare } from '../../src/operations/jobs/jobCare.ts';
import { Jobs } from '../../src/operations/jobs/jobs.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { cacheWith } from '../fakes/caches.ts';
import {
  endedWorkflow,
  eventRefresh,
  failedFor,
  manifestOf,
  manifestsOf,
  TRIGGERS,
} from '../scaffold/eventRefreshes.ts';
import { untilJob } from './untilJob.ts';

const never = new AbortController().signal;
const [webhook, , , schedule] = TRIGGERS;
assert.ok(webhook !== undefined && schedule !== undefined);
/** Events as kubectl prints them. */
interface Told {
  readonly items: readonly { readonly message: string }[];
}

const UNKNOWN = 'how its last run ended is not known';
const LABEL = { 'cache-configmaps.dev/refreshed-cache': 'workflow-cache' };

describe('jobs that an event starts, and jobs that do not begin, on a real cluster', () => {
  let plane: ControlPlane;
  let cluster: KubernetesCluster;
  let jobs: Jobs;

  before(async () => {
    plane = await startControlPlane({ workloads: true });
    await installArgoKinds(plane);
    cluster = new KubernetesCluster(() => [plane.kubeconfig]);
    jobs = new Jobs(cluster.workloads, cluster.jobs, Date.now);
  });
  after(async () => {
    jobs.reset();
    cluster.reset();
    await plane.stop();
  });

  const make = async (...items: readonly object[]) => {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await plane.kubectl(['create', '-f', '-'], { input });
  };
  const refIn = (namespace: string) => ({ context: 'demo', namespace, name: 'workflow-cache' });
  const partsOf = (job: CacheJob) => jobParts(job, cacheWith({}), Date.now());
  const until = (namespace: string, isSo: (job: CacheJob) => boolean) =>
    untilJob(jobs, refIn(namespace), isSo);
  const parts = (namespace: string, trigger: typeof webhook) =>
    manifestsOf(
      eventRefresh(trigger, { maxAge: undefined, cache: { namespace, name: 'workflow-cache' } }),
    );
  it('what the scaffolded Sensor starts stands under the cache with how it went', async () => {
    await plane.kubectl(['create', 'namespace', 'events']);
    const all = parts('events', webhook);
    await make(manifestOf(all, 'WorkflowTemplate'));
    const before = await until('events', () => true);
    assert.equal(before.evidence, 'label');
    assert.deepEqual(partsOf(before), ['on an event', 'no run is known']);
    const message = 'Error (exit code 1): It answered 404.';
    await make(endedWorkflow(all, 'started-a', failedFor(message)));
    const failed = await until('events', ({ runs = [] }) => runs.length > 0);
    assert.deepEqual(partsOf(failed), ['on an event', `last run failed just now: ${message}`]);
    assert.equal(troubleOf(failed, cacheWith({}), Date.now()), 'failed');
  });

  it('it is run by hand as argo submits a template', async () => {
    const { workload } = await until('events', () => true);
    const outcome = await cluster.workloads.runJob(workload.ref, '', never);
    assert.ok(outcome.kind === 'done');
    await until('events', ({ runs = [] }) => runs[0]?.state.outcome === 'running');
    const running = await jobs.running(workload);
    assert.ok(!(running instanceof Error));
    assert.equal(running.length, 1);
    const { name } = outcome.workload.ref;
    const { ref } = workload;
    assert.match(name, new RegExp(`^${ref.name}-[a-z0-9]{5}$`));
    const text = await plane.kubectl(['get', 'workflow', name, '-n', 'events', '-o', 'json']);
    const made = JSON.parse(text) as { metadata: Record<string, unknown>; spec: object };
    assert.deepEqual(made.spec, { workflowTemplateRef: { name: ref.name } });
    assert.deepEqual(made.metadata['labels'], {
      'workflows.argoproj.io/workflow-template': ref.name,
    });
    assert.equal(made.metadata['ownerReferences'], undefined);
    await plane.kubectl(['delete', 'workflowtemplate', ref.name, '-n', 'events']);
    assert.equal((await cluster.workloads.runJob(ref, '', never)).kind, 'gone');
  });

  it('a CronWorkflow counts by the label of its template, and the template has no row beside it', async () => {
    await plane.kubectl(['create', 'namespace', 'crons']);
    const all = parts('crons', schedule);
    const cron = manifestOf(all, 'CronWorkflow');
    const metadata = { name: 'own', namespace: 'crons' };
    await make(manifestOf(all, 'WorkflowTemplate'), { ...cron, metadata });
    const found = (await jobs.of(refIn('crons'))).jobs;
    assert.deepEqual(
      found.map(({ workload, evidence, cron: { key } }) => [workload.ref.name, evidence, key]),
      [['own', 'label', 'mappings.json']],
    );
  });

  /** A CronJob of the cache whose pods have an account that is not there. */
  const cronJob = (namespace: string) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'refresh', namespace, labels: LABEL },
    spec: {
      schedule: '0 0 1 1 *',
      timeZone: 'UTC',
      jobTemplate: {
        spec: {
          template: {
            spec: {
              restartPolicy: 'Never',
              serviceAccountName: 'missing',
              containers: [{ name: 'refresh', image: 'a' }],
            },
          },
        },
      },
    },
  });
  /** What the cluster has told last of objects of a kind for one reason, as soon as it has. */
  const event = async (namespace: string, kind: string, reason: string): Promise<string> => {
    const selector = `reason=${reason},involvedObject.kind=${kind}`;
    const args = ['get', 'events', '-n', namespace, '--field-selector', selector];
    for (;;) {
      const { items } = JSON.parse(await plane.kubectl([...args, '-o', 'json'])) as Told;
      const told = items.at(-1);
      if (told !== undefined) return told.message;
    }
  };

  /** As if its controller had made its last Job so many milliseconds ago. */
  const ranLast = async (namespace: string, ago: number) => {
    const lastScheduleTime = new Date(Date.now() - ago).toISOString().replace(/\.\d+/, '');
    const status = JSON.stringify({ status: { lastScheduleTime } });
    const path = ['patch', 'cronjob', 'refresh', '-n', namespace, '--subresource=status'];
    await plane.kubectl([...path, '--type=merge', '-p', status]);
  };

  it('a Job whose account is not there says so in the words of its events', async () => {
    await plane.kubectl(['create', 'namespace', 'refused']);
    await make(cronJob('refused'));
    const { workload } = await until('refused', () => true);
    await cluster.workloads.runJob(workload.ref, 'by-hand', never);
    const told = await event('refused', 'Job', 'FailedCreate');
    assert.match(told, /service account refused\/missing/);
    const fresh = new Jobs(cluster.workloads, cluster.jobs, Date.now);
    const [job] = (await fresh.of(refIn('refused'))).jobs;
    fresh.reset();
    assert.equal(job?.runs?.[0]?.refused, told);
    assert.match(partsOf(job)[2] ?? '', /^no pod: Error creating: .*missing/);
  });

  it('a CronJob whose Job is deleted while it runs does not know how that ended, and marks nothing', async () => {
    await plane.kubectl(['create', 'namespace', 'deleted']);
    await make(cronJob('deleted'));
    await ranLast('deleted', 6 * 366 * 24 * 3600_000);
    const under = await until('deleted', ({ runs = [], cron }) => cron.active + runs.length === 2);
    assert.ok(!partsOf(under).includes(UNKNOWN));
    await plane.kubectl(['delete', 'jobs', '--all', '-n', 'deleted']);
    const gone = await until('deleted', ({ runs = [], cron }) => cron.active + runs.length === 0);
    assert.equal(partsOf(gone).at(-1), UNKNOWN);
    assert.equal(troubleOf(gone, cacheWith({}), Date.now()), undefined);
  });

  it('a CronJob whose Jobs are refused says so, too, and marks its cache', async () => {
    await plane.kubectl(['create', 'namespace', 'full']);
    const hard = { 'count/jobs.batch': '0' };
    const metadata = { name: 'none', namespace: 'full' };
    await make({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } });
    const counted = '--for=jsonpath={.status.hard}';
    await plane.kubectl(['wait', counted, 'quota/none', '-n', 'full', '--timeout=60s']);
    const job = cronJob('full');
    await make({ ...job, spec: { ...job.spec, schedule: '* * * * *' } });
    await ranLast('full', 600_000);
    const told = await event('full', 'CronJob', 'FailedCreate');
    assert.match(told, /exceeded quota/);
    const [found] = (await jobs.of(refIn('full'))).jobs;
    assert.equal(found?.refused, told);
    assert.equal(troubleOf(found, cacheWith({}), Date.now()), 'failed');
  });

  it('a run that was missed beside one that is under way starts when that has ended, as was said before', async () => {
    const care = new JobCare(cluster.workloads, cluster.jobs, Date.now);
    const day = 24 * 3600_000;
    const on = async (schedule: string) => {
      const spec = JSON.stringify({ spec: { schedule } });
      await plane.kubectl(['patch', 'cronjob', 'refresh', '-n', 'busy', '-p', spec]);
    };
    await plane.kubectl(['create', 'namespace', 'busy']);
    const job = cronJob('busy');
    await make({
      ...job,
      spec: { ...job.spec, schedule: '0 1 1 * *', concurrencyPolicy: 'Forbid' },
    });
    await ranLast('busy', 40 * day);
    const { workload, runs } = await until('busy', ({ cron }) => cron.active === 1);
    const [first] = runs ?? [];
    assert.ok(first !== undefined);
    await care.setSuspended(workload, true);
    await until('busy', ({ cron }) => cron.isSuspended);
    await on('0 0 * * *');
    await ranLast('busy', 3 * day);
    assert.equal((await care.planResume(workload, never))?.missed, 'waits');
    await care.setSuspended(workload, false);
    assert.match(await event('busy', 'CronJob', 'JobAlreadyActive'), /prior execution is running/);
    const { name } = first.workload.ref;
    assert.equal(
      await plane.kubectl(['get', 'jobs', '-n', 'busy', '-o', 'name']),
      `job.batch/${name}\n`,
    );
    const soon = ['-p', '{"spec":{"activeDeadlineSeconds":1}}'];
    await plane.kubectl(['patch', 'job', name, '-n', 'busy', ...soon]);
    const after = await until('busy', ({ runs: some = [] }) => some.length === 2);
    const [newest, before] = after.runs ?? [];
    assert.deepEqual([newest?.state.outcome, before?.state.outcome], ['running', 'failed']);
    assert.equal(before?.workload.ref.name, name);
  });
});
