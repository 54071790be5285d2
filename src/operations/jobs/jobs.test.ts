import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { REF } from '../../../test/fakes/caches.ts';
import { eventPart, scheduledPart, startedNamed } from '../../../test/fakes/eventJobs.ts';
import { FakeJobs } from '../../../test/fakes/fakeJobs.ts';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { attemptNamed, refreshJobNamed, runNamed } from '../../../test/fakes/jobs.ts';
import { workloadNamed } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import { Jobs, type JobsPicture } from './jobs.ts';

const JOB = refreshJobNamed('refresh');
const RUN = runNamed('refresh-1', { of: 'refresh', began: '2026-11-24T02:00:00Z' });
const POD = attemptNamed('refresh-1-a', { of: 'refresh-1' });
const lost = new Failure('It cannot be reached.', { reason: 'Unreachable', nextStep: 'retry' });
const forbidden = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });

/** A CronJob of somebody else whose script names the cache. */
function naming(name: string, account: string): Workload {
  const pod = {
    serviceAccountName: account,
    containers: [{ name: 'run', args: [`kubectl replace configmap ${REF.name}`] }],
  };
  return workloadNamed('CronJob', name, {
    spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: pod } } } },
  });
}

function stage(...workloads: readonly Workload[]) {
  const cluster = new FakeWorkloads(...workloads);
  const care = new FakeJobs(cluster);
  let now = 0;
  const jobs = new Jobs(cluster, care, () => now);
  const pass = (milliseconds: number) => (now += milliseconds);
  return { cluster, care, jobs, pass };
}

const namesOf = ({ jobs }: JobsPicture) =>
  jobs.map(({ workload, evidence }) => `${workload.ref.name} by ${evidence}`);

describe('the jobs that refresh a cache', () => {
  it('are not asked for before somebody asks, and then only what starts their runs', async () => {
    const { cluster, jobs } = stage();
    assert.equal(jobs.known(REF), undefined);
    assert.deepEqual(cluster.asked, []);
    assert.deepEqual(await jobs.of(REF), { jobs: [], unknown: [] });
    assert.deepEqual(cluster.asked, [
      'follow CronJob in argo',
      'follow CronWorkflow in argo',
      'follow WorkflowTemplate in argo',
    ]);
    jobs.reset();
  });

  it('come with their runs and pods, which are followed from then on', async () => {
    const { cluster, jobs } = stage(JOB, RUN, POD);
    const [job] = (await jobs.of(REF)).jobs;
    assert.deepEqual(cluster.asked.slice(3), [
      'follow Job in argo',
      'follow Pod in argo by job-name',
    ]);
    const [run] = job?.runs ?? [];
    assert.equal(run?.workload, RUN);
    assert.deepEqual(
      run.pods.map(({ workload }) => workload),
      [POD],
    );
    const told: string[] = [];
    jobs.subscribe(({ namespace }) => told.push(namespace), new AbortController().signal);
    cluster.put(runNamed('refresh-2', { of: 'refresh', began: '2026-11-25T02:00:00Z' }));
    assert.deepEqual(told, ['argo']);
    assert.deepEqual(
      jobs.known(REF)?.jobs[0]?.runs?.map(({ workload }) => workload.ref.name),
      ['refresh-2', 'refresh-1'],
    );
    jobs.reset();
  });

  it('are those whose account may change the cache, asked once, or of which that is not known', async () => {
    const { care, jobs, pass } = stage(
      naming('a', 'writer'),
      naming('b', 'reader'),
      naming('c', 'x'),
    );
    care.rights.set('writer', true);
    care.rights.set('x', forbidden);
    assert.deepEqual(namesOf(await jobs.of(REF)), ['a by rights', 'c by naming']);
    await jobs.of(REF);
    assert.equal(care.asked.length, 3);
    care.rights.set('reader', true);
    pass(300_000);
    assert.deepEqual(namesOf(await jobs.of(REF)), ['a by rights', 'b by rights', 'c by naming']);
    jobs.reset();
  });

  it('with our label are believed without a question', async () => {
    const { care, jobs } = stage(JOB, naming('b', 'reader'));
    assert.deepEqual(namesOf(await jobs.of({ ...REF, name: 'other' })), []);
    assert.deepEqual(namesOf(await jobs.of(REF)), ['refresh by label']);
    assert.deepEqual(care.asked, ['may reader change workflow-cache']);
    jobs.reset();
  });

  it('are templates, too, which an event starts; what is started is followed by what its controller writes on it', async () => {
    const began = '2026-11-24T02:00:00Z';
    const { cluster, jobs } = stage(eventPart('WorkflowTemplate'), startedNamed('a', { began }));
    const [job] = (await jobs.of(REF)).jobs;
    assert.equal(job?.runs?.[0]?.workload.ref.name, 'a');
    assert.deepEqual(cluster.asked.slice(3), [
      'follow Workflow in argo by workflows.argoproj.io/workflow-template',
      'follow Pod in argo by workflows.argoproj.io/workflow',
    ]);
    const running = await jobs.running(job.workload);
    assert.ok(!(running instanceof Failure));
    assert.equal(running.length, 1);
    jobs.reset();
  });

  it('are not also the template of a CronWorkflow, unless something else has started it', async () => {
    const { cluster, jobs } = stage(
      scheduledPart('CronWorkflow'),
      scheduledPart('WorkflowTemplate'),
    );
    const kinds = ({ jobs: all }: JobsPicture) => all.map(({ workload }) => workload.ref.kind);
    assert.deepEqual(kinds(await jobs.of(REF)), ['CronWorkflow']);
    cluster.put(startedNamed('by-hand', { began: '2026-11-24T02:00:00Z' }));
    assert.deepEqual(kinds(await jobs.of(REF)), ['CronWorkflow', 'WorkflowTemplate']);
    jobs.reset();
  });

  it('have unknown runs where these may not be seen, and none where only their pods may not', async () => {
    const { cluster, jobs } = stage(JOB, RUN, POD);
    cluster.isSilent = true;
    const asked = jobs.of(REF);
    cluster.tellAll('Job', 'Pod');
    await new Promise((resolve) => setImmediate(resolve));
    cluster.tell('Job', { kind: 'failed', failure: lost });
    cluster.tell('Pod', { kind: 'all', items: [POD] });
    const { jobs: found, unknown } = await asked;
    assert.equal(found[0]?.runs, undefined);
    assert.deepEqual(
      unknown.map(({ kind }) => kind),
      ['Job'],
    );
    assert.equal(await jobs.running(JOB), lost);
    cluster.tell('Job', { kind: 'all', items: [RUN] });
    cluster.tell('Pod', { kind: 'failed', failure: forbidden });
    assert.deepEqual(
      jobs.known(REF)?.jobs[0]?.runs?.map(({ workload }) => workload),
      [RUN],
    );
    jobs.reset();
  });

  it('say why a run has no pod, and who looks asks again', async () => {
    const run = runNamed('refresh-1', { of: 'refresh', began: '2026-11-24T02:00:00Z', pods: {} });
    const { cluster, jobs, pass } = stage(JOB, run);
    const asked = () => cluster.asked.filter((each) => each.startsWith('events')).length;
    const refused = async () => (await jobs.of(REF)).jobs[0]?.runs?.[0]?.refused;
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      let told = 0;
      jobs.subscribe(() => told++, new AbortController().signal);
      assert.equal(await refused(), undefined);
      cluster.clusterEvents = [
        { type: 'Warning', reason: 'FailedCreate', message: 'exceeded quota', time: '', count: 1 },
      ];
      assert.equal(await refused(), undefined);
      assert.equal(asked(), 1);
      pass(10_000);
      mock.timers.tick(10_000);
      assert.equal(told, 1);
      assert.equal(await refused(), 'exceeded quota');
      cluster.put(RUN);
      assert.equal(await refused(), undefined);
    } finally {
      mock.timers.reset();
      jobs.reset();
    }
  });

  it('say nothing of what nobody may list the events of', async () => {
    const run = runNamed('refresh-1', { of: 'refresh', began: '2026-11-24T02:00:00Z', pods: {} });
    const { cluster, jobs } = stage(JOB, run);
    cluster.clusterEvents = forbidden;
    const { jobs: found, unknown } = await jobs.of(REF);
    assert.deepEqual([found[0]?.runs?.[0]?.refused, unknown], [undefined, []]);
    jobs.reset();
  });

  it('tell which of their runs are under way, also where nobody looked', async () => {
    const ended = runNamed('refresh-0', {
      of: 'refresh',
      began: '2026-11-23T02:00:00Z',
      end: { type: 'Complete', at: '2026-11-23T02:00:05Z' },
    });
    const other = runNamed('other-1', { of: 'other', began: '2026-11-24T02:00:00Z' });
    const { jobs } = stage(JOB, RUN, ended, other);
    const running = await jobs.running(JOB);
    assert.ok(!(running instanceof Failure));
    assert.deepEqual(
      running.map(({ workload }) => workload.ref.name),
      ['refresh-1'],
    );
    jobs.reset();
  });

  it('are followed with their runs while somebody holds them', async () => {
    const { cluster, jobs } = stage(JOB, RUN);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const hold = new AbortController();
      jobs.hold(REF, hold.signal);
      await jobs.of(REF);
      mock.timers.tick(60_000);
      assert.equal(cluster.following, 5);
      hold.abort();
      mock.timers.tick(60_000);
      assert.equal(cluster.following, 0);
    } finally {
      mock.timers.reset();
    }
  });
});
