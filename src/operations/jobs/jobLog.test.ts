import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { REF } from '../../../test/fakes/caches.ts';
import { eventPart, startedNamed } from '../../../test/fakes/eventJobs.ts';
import { FakeJobs, type FakeLog } from '../../../test/fakes/fakeJobs.ts';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { HOSTILE_WORDS, UNRULY } from '../../../test/fakes/hostileTexts.ts';
import { attemptNamed, refreshJobNamed, runNamed } from '../../../test/fakes/jobs.ts';
import { controlledBy, workloadNamed } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import { JobLog } from './jobLog.ts';
import { Jobs } from './jobs.ts';

const JOB = refreshJobNamed('refresh');
const began = '2026-11-24T02:00:00Z';
const RUNNING = runNamed('run', { of: 'refresh', began });
const SUCCEEDED = runNamed('run', { of: 'refresh', began, end: { type: 'Complete', at: began } });
const FAILED = runNamed('run', {
  of: 'refresh',
  began,
  end: { type: 'Failed', at: began, message: 'Job has reached its limit' },
});
const running = (name = 'pod') => attemptNamed(name, { of: 'run', state: { running: {} } });
const ended = (exitCode: number, message = '', name = 'pod') =>
  attemptNamed(name, {
    of: 'run',
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    state: { terminated: { exitCode, message } },
  });
const pending = (reason: string, message = '') =>
  attemptNamed('pod', { of: 'run', phase: 'Pending', state: { waiting: { reason, message } } });

/** A pod of the workflow, as Argo labels it. */
const podOf = (name: string, node: string, second: number) =>
  workloadNamed('Pod', name, {
    metadata: {
      ...controlledBy('Workflow', 'run'),
      creationTimestamp: `2026-11-24T02:00:0${second}Z`,
      labels: { 'workflows.argoproj.io/workflow': 'run' },
      annotations: { 'workflows.argoproj.io/node-name': node },
    },
    spec: { containers: [{ name: 'main' }, { name: 'wait' }] },
    status: { phase: 'Succeeded' },
  });

const turn = () => new Promise((resolve) => setImmediate(resolve));
const DONE = 'note: Job run succeeded at 2026-11-24T02:00:00Z.';
const HEAD = 'note: Pod pod: log of container refresh';

/** Follows the log of the run. What is told is there as it comes. */
async function follow(logs: readonly FakeLog[], ...workloads: readonly Workload[]) {
  return await followOn(new FakeWorkloads(JOB, ...workloads), logs);
}

async function followOn(
  cluster: FakeWorkloads,
  logs: readonly FakeLog[],
  isKnown: () => void = () => undefined,
) {
  const care = new FakeJobs(cluster);
  care.logs.set('pod', [...logs]);
  let now = 0;
  const jobs = new Jobs(cluster, care, () => (now += 10_000));
  const end = new AbortController();
  const log = new JobLog(care, jobs, () => Promise.resolve());
  const [job] = (await jobs.of(REF)).jobs;
  const [run] = job?.runs ?? [];
  assert.ok(job !== undefined && run !== undefined);
  isKnown();
  const told: string[] = [];
  const tell = ({ kind, text }: { kind: string; text: string }) => told.push(`${kind}: ${text}`);
  const done = log.follow(job, run, tell, end.signal).finally(() => {
    jobs.reset();
  });
  return { cluster, care, told, done, end };
}

describe('the log of a job', () => {
  it('says that its pods are gone where they are, and that there is none where none has run', async () => {
    const gone = await follow([], SUCCEEDED);
    await gone.done;
    assert.deepEqual(gone.told, ['note: Its pods are gone, and their logs with them.', DONE]);
    const end = { type: 'Failed', at: began } as const;
    const none = await follow([], runNamed('run', { of: 'refresh', began, end, pods: {} }));
    await none.done;
    assert.equal(none.told[0], 'note: No pod of it has run, and so there is no log.');
  });

  it('says that other pods are gone where one is left', async () => {
    const end = { type: 'Failed', at: began } as const;
    const run = runNamed('run', { of: 'refresh', began, end, pods: { failed: 2 } });
    const { told, done } = await follow([], run, ended(1));
    await done;
    assert.equal(told.at(-2), 'note: Other pods of it are gone, and their logs with them.');
  });

  it('says why there is none where pods may not be seen', async () => {
    const cluster = new FakeWorkloads(JOB, SUCCEEDED);
    const failure = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });
    const { told, done } = await followOn(cluster, [], () => {
      cluster.tell('Pod', { kind: 'failed', failure });
    });
    await done;
    assert.deepEqual(told, ['note: You may not.', DONE]);
  });

  it('is told with how its pod and its run ended', async () => {
    const log: FakeLog = { lines: ['1Z one', '2Z two'], end: { kind: 'ended' } };
    const { told, done } = await follow([log], SUCCEEDED, ended(0));
    await done;
    assert.deepEqual(told, [
      HEAD,
      'line: one',
      'line: two',
      'note: Pod pod ended with code 0.',
      DONE,
    ]);
  });

  it('has notes of one line each, whatever the cluster says', async () => {
    const { told, done } = await follow([], FAILED, ended(1, HOSTILE_WORDS));
    await done;
    assert.ok(told.some((note) => note.includes('code 1: said [Click]')));
    for (const note of told) assert.doesNotMatch(note, UNRULY);
  });

  it('of a pod that has not begun waits for it, and says what it waits for', async () => {
    const log: FakeLog = { lines: ['1Z one'], end: { kind: 'ended' } };
    const { cluster, care, told, done } = await follow(
      [log],
      RUNNING,
      pending('ContainerCreating'),
    );
    await turn();
    assert.deepEqual(told, [HEAD, 'note: Waiting: the pod has not begun yet']);
    cluster.put(pending('PodInitializing'));
    assert.equal(told.length, 2);
    cluster.put(pending('ImagePullBackOff', 'no such image'));
    assert.equal(
      told.at(-1),
      'note: Waiting: pod pod: container refresh: ImagePullBackOff: no such image',
    );
    assert.deepEqual(care.asked, []);
    cluster.put(ended(0));
    cluster.put(SUCCEEDED);
    await done;
    assert.deepEqual(told.slice(3), ['line: one', 'note: Pod pod ended with code 0.', DONE]);
  });

  it('goes on with the pod of the next try, and ends with the reason', async () => {
    const log: FakeLog = { lines: ['1Z one'], end: { kind: 'ended' } };
    const first = ended(1, 'It answered 500.');
    const { cluster, care, told, done } = await follow([log], RUNNING, first);
    care.logs.set('second', [{ lines: ['2Z two'], end: { kind: 'ended' } }]);
    await turn();
    await turn();
    cluster.put(ended(1, 'It answered 404.', 'second'));
    await turn();
    cluster.put(FAILED);
    await done;
    assert.deepEqual(told, [
      HEAD,
      'line: one',
      'note: Pod pod ended with code 1: It answered 500.',
      'note: Pod second, try 2: log of container refresh',
      'line: two',
      'note: Pod second ended with code 1: It answered 404.',
      'note: Job run failed at 2026-11-24T02:00:00Z: It answered 404.',
    ]);
  });

  it('of a workflow names the steps, and as tries those of one step', async () => {
    const status = { phase: 'Failed', finishedAt: began };
    const paths = ['', '(1)', '[0].detect(0)', '[1].update(0)', '[1].update(1)', '.onExit'];
    const cluster = new FakeWorkloads(
      eventPart('WorkflowTemplate'),
      startedNamed('run', { began, status }),
      ...paths.map((path, second) => podOf(`pod${second}`, `run${path}`, second)),
    );
    const { told, done } = await followOn(cluster, []);
    await done;
    assert.deepEqual(
      told.filter((line) => line.includes(': log of ')),
      [
        'note: Pod pod0: log of container main, without wait',
        'note: Pod pod1, try 2: log of container main, without wait',
        'note: Pod pod2, step detect: log of container main, without wait',
        'note: Pod pod3, step update: log of container main, without wait',
        'note: Pod pod4, step update, try 2: log of container main, without wait',
        'note: Pod pod5, step onExit: log of container main, without wait',
      ],
    );
  });

  it('that breaks off goes on where it was left, no line lost and none twice', async () => {
    const times = ['10:00:00.1Z', '10:00:00.12Z', '10:00:00.12Z', '10:00:00.12Z', '10:00:00.2Z'];
    const lines = times.map((time, index) => `${time} line ${index}`);
    const { cluster, care, told, done } = await follow(
      [
        { lines: lines.slice(0, 3), end: { kind: 'broken', detail: 'socket hang up' } },
        { lines, end: { kind: 'ended' }, meanwhile: () => cluster.put(ended(0)) },
      ],
      SUCCEEDED,
      running(),
    );
    await done;
    assert.deepEqual(care.asked, ['log of pod', 'log of pod since 10:00:00.12Z']);
    assert.deepEqual(told, [
      HEAD,
      'line: line 0',
      'line: line 1',
      'line: line 2',
      'note: The connection broke here: socket hang up. It goes on below.',
      'line: line 3',
      'line: line 4',
      'note: Pod pod ended with code 0.',
      DONE,
    ]);
  });

  it('that ends while its container goes on is read on, once nobody has said for a while that it has ended', async () => {
    const late = new AbortController();
    const timeout = mock.method(AbortSignal, 'timeout', () => late.signal);
    try {
      const lines = ['10:00:00.1Z one', '10:00:00.2Z two'];
      const { cluster, care, told, done } = await follow(
        [
          { lines, end: { kind: 'ended' } },
          {
            lines: [...lines, '10:00:00.3Z three'],
            end: { kind: 'ended' },
            meanwhile: () => cluster.put(ended(0)),
          },
        ],
        SUCCEEDED,
        running(),
      );
      await turn();
      await turn();
      assert.deepEqual(care.asked, ['log of pod']);
      late.abort();
      await done;
      assert.deepEqual(care.asked, ['log of pod', 'log of pod since 10:00:00.2Z']);
      assert.deepEqual(told, [
        HEAD,
        'line: one',
        'line: two',
        'line: three',
        'note: Pod pod ended with code 0.',
        DONE,
      ]);
    } finally {
      timeout.mock.restore();
    }
  });

  it('that ends a little before its container is said to have ended is not read again', async () => {
    const log: FakeLog = { lines: ['1Z one'], end: { kind: 'ended' } };
    const { cluster, care, told, done } = await follow([log], SUCCEEDED, running());
    await turn();
    await turn();
    cluster.put(ended(0));
    await done;
    assert.deepEqual(care.asked, ['log of pod']);
    assert.deepEqual(told.slice(1), ['line: one', 'note: Pod pod ended with code 0.', DONE]);
  });

  it('of a server that is away for a moment goes on, too', async () => {
    const away = new Failure('It cannot be reached.', { reason: 'Unreachable', nextStep: 'retry' });
    const { told, done } = await follow(
      [{ end: away }, { lines: ['1Z one'], end: { kind: 'ended' } }],
      SUCCEEDED,
      ended(0),
    );
    await done;
    assert.equal(
      told[1],
      'note: The connection broke here: It cannot be reached. It goes on below.',
    );
    assert.equal(told[2], 'line: one');
  });

  it('that is not there although the container has begun is asked for again, and not for ever', async () => {
    const notYet: FakeLog = { end: { kind: 'notYet', detail: 'no container yet' } };
    const { told, done, care } = await follow(
      [notYet, notYet, notYet, notYet],
      SUCCEEDED,
      ended(0),
    );
    await done;
    assert.equal(care.asked.length, 3);
    assert.deepEqual(told, [
      HEAD,
      'note: The log could not be read to its end.',
      'note: Pod pod ended with code 0.',
      DONE,
    ]);
  });

  it('of a run whose pods may not be made says why, until there is one', async () => {
    const run = runNamed('run', { of: 'refresh', began, pods: {} });
    const log: FakeLog = { lines: ['1Z one'], end: { kind: 'ended' } };
    const message = 'exceeded quota';
    const event = { type: 'Warning', reason: 'FailedCreate', message, time: '', count: 1 };
    const cluster = new FakeWorkloads(JOB, run);
    let asked = 0;
    // Before it is followed there was none yet.
    cluster.events = () => Promise.resolve(++asked === 1 ? [] : [event]);
    const { told, done } = await followOn(cluster, [log]);
    await turn();
    assert.deepEqual(told, ['note: Waiting: exceeded quota']);
    cluster.put(ended(0));
    cluster.put(SUCCEEDED);
    await done;
    assert.deepEqual(told.slice(1), [HEAD, 'line: one', 'note: Pod pod ended with code 0.', DONE]);
  });

  it('that may not be read says so, and still tells how the run ends', async () => {
    const forbidden = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });
    const { cluster, told, done } = await follow([{ end: forbidden }], RUNNING, running());
    await turn();
    await turn();
    assert.deepEqual(told, [HEAD, 'note: You may not.']);
    cluster.put(ended(0));
    cluster.put(SUCCEEDED);
    await done;
    assert.deepEqual(told.slice(2), ['note: Pod pod ended with code 0.', DONE]);
  });

  it('of a pod that is deleted, or of a run that is, says so', async () => {
    const pod = running();
    const { cluster, told, done } = await follow(
      [
        {
          lines: ['1Z one'],
          end: { kind: 'gone' },
          meanwhile: () => {
            cluster.delete(pod);
          },
        },
      ],
      RUNNING,
      pod,
    );
    await turn();
    await turn();
    cluster.delete(RUNNING);
    await done;
    assert.deepEqual(told, [HEAD, 'line: one', 'note: The pod is gone.', 'note: Job run is gone.']);
  });

  it('is left when nobody wants it any more', async () => {
    const { told, done, end } = await follow([], RUNNING, pending('ContainerCreating'));
    await turn();
    end.abort();
    await done;
    assert.deepEqual(told, [HEAD, 'note: Waiting: the pod has not begun yet']);
  });
});
