import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { REF } from '../../../test/fakes/caches.ts';
import { readerWith, restartsOn } from '../../../test/fakes/restartsOn.ts';
import { podOf } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import type { WorkloadKind } from '../../domain/readers/workload.ts';

/** Milliseconds after which the cluster is asked again what it told. */
const ASK_AGAIN = 5000;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const forbidden = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const quota = (message: string, time = '2026-11-24T02:00:10Z') => ({
  type: 'Warning',
  reason: 'FailedCreate',
  message,
  time,
  count: 1,
});

/** A restart that has begun, of a workload with one pod from before. */
async function begun(kind: WorkloadKind = 'Deployment') {
  const workload = readerWith('web', { kind });
  const pod = (name: string, status: object = {}) => podOf(kind, 'web', { pod: name, status });
  const old = pod('old', READY);
  const on = restartsOn(workload, old);
  const done = on.run([workload]);
  await turn();
  const last = () => on.progress.at(-1) ?? assert.fail('nothing was told');
  const end = async () => {
    on.cluster.delete(old);
    on.cluster.settle(workload);
    return await done;
  };
  const events = () => on.cluster.asked.filter((each) => each.startsWith('events')).length;
  return { ...on, workload, pod, old, last, end, events };
}

describe('The course of a restart', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('counts the new pods that are ready, as they come and go', async () => {
    const { cluster, pod, last, end } = await begun();
    assert.deepEqual([last().ready, last().wanted], [0, 3], 'the old one does not count');
    cluster.put(pod('new'));
    assert.equal(last().ready, 0);
    cluster.put(pod('new', READY));
    cluster.put(pod('newer', READY));
    assert.equal(last().ready, 2);
    cluster.put(pod('newer', { ...READY, phase: 'Failed' }));
    assert.equal(last().ready, 1, 'what has failed is a record only');
    await end();
  });

  it('tells no number where it is not known which pods are new, and what the status says', async () => {
    const workload = readerWith('web');
    const pod = podOf('Deployment', 'web', { pod: 'old', status: READY });
    const { cluster, readers, progress, run } = restartsOn(workload, pod);
    await readers.of(REF);
    cluster.tell('Pod', { kind: 'failed', failure: forbidden });
    const done = run([workload]);
    await turn();
    cluster.tell('Pod', { kind: 'all', items: [pod] });
    assert.equal(progress.at(-1)?.ready, undefined);
    cluster.settle(workload, { updated: 1 });
    assert.match(progress.at(-1)?.words ?? '', /1 of 3 new pods made/);
    cluster.settle(workload);
    await done;
  });

  it('is told no more after its end', async () => {
    const { cluster, progress, pod, end } = await begun();
    await end();
    const told = progress.length;
    cluster.put(pod('late', READY));
    assert.equal(progress.length, told);
  });

  it('is told no more by an answer that comes after its end', async () => {
    const { cluster, progress, end } = await begun('StatefulSet');
    const late = Promise.withResolvers<ReturnType<typeof quota>[]>();
    cluster.events = () => late.promise;
    mock.timers.tick(ASK_AGAIN);
    await end();
    const told = progress.length;
    late.resolve([quota('exceeded quota')]);
    await turn();
    assert.equal(progress.length, told);
  });

  it('tells what only an event says: why no pod is made', async () => {
    const { cluster, workload, last, end, events } = await begun('StatefulSet');
    assert.equal(events(), 1);
    cluster.clusterEvents = [quota('exceeded quota')];
    cluster.settle(workload, { ready: 0 });
    await turn();
    assert.equal(events(), 1, 'not at each word');
    mock.timers.tick(ASK_AGAIN);
    await turn();
    assert.equal(events(), 2, 'again, though nothing has changed');
    assert.match(last().words, /0 of 3.*; exceeded quota$/);
    await end();
    mock.timers.tick(10 * ASK_AGAIN);
    assert.equal(events(), 2, 'and not after its end');
  });

  it('takes no event from before the restart for its cause, by the clock of the cluster', async () => {
    const { cluster, workload, last, end } = await begun('StatefulSet');
    cluster.clusterEvents = [
      quota('exceeded quota', '2026-11-24T02:00:09Z'),
      quota('of no known time', ''),
    ];
    cluster.settle(workload, { ready: 0 });
    mock.timers.tick(ASK_AGAIN);
    await turn();
    assert.match(last().words, /0 of 3 pods ready$/);
    await end();
  });

  it('tells what only an event of a new pod says, and asks none that is ready or from before', async () => {
    const { cluster, workload, pod, last, end } = await begun('StatefulSet');
    const mount = { ...quota('references non-existent config key: b', ''), reason: 'FailedMount' };
    for (const name of ['old', 'ready', 'waiting']) {
      const { uid } = pod(name);
      cluster.eventsOf.set(uid, [{ ...mount, message: `of ${name}: ${mount.message}` }]);
    }
    cluster.put(pod('ready', READY));
    cluster.put(pod('waiting'));
    cluster.settle(workload, { ready: 1 });
    mock.timers.tick(ASK_AGAIN);
    await turn();
    assert.match(last().words, /1 of 3 pods ready; of waiting: references non-existent/);
    await end();
  });

  it('goes on where that may not be asked, and asks nothing of a Deployment, which says it itself', async () => {
    const { cluster, workload, last, end } = await begun('StatefulSet');
    cluster.clusterEvents = forbidden;
    mock.timers.tick(ASK_AGAIN);
    cluster.settle(workload, { ready: 1 });
    await turn();
    assert.match(last().words, /1 of 3/);
    await end();
    const other = await begun();
    mock.timers.tick(ASK_AGAIN);
    other.cluster.settle(other.workload, { updated: 1 });
    await turn();
    assert.equal(other.events(), 0);
    await other.end();
  });
});
