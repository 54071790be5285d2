import assert from 'node:assert/strict';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { readingWorkload, rolloutWith } from '../../../test/fakes/workloads.ts';
import { Failure, type FailureReason } from '../../domain/failure.ts';
import type { RolloutState } from '../../domain/readers/rolloutState.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import { followRollout, type RolloutEnd } from './rollouts.ts';

const TIME = '2026-11-24T02:00:07Z';
const GENERATION = 5;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const failed = (reason: FailureReason) =>
  ({
    kind: 'failed',
    failure: new Failure(`No ${reason}.`, { reason, nextStep: 'retry' }),
  }) as const;

/** The workload in that state; without any, as our write has left it. */
const web = (state: Partial<RolloutState> = {}): Workload => ({
  ...readingWorkload('Deployment', 'web'),
  rollout: rolloutWith({
    generation: GENERATION,
    observed: GENERATION - 1,
    restartedAt: TIME,
    ...state,
  }),
  template: 'as we left it',
});
const WRITTEN = web();
const DONE = web({ observed: GENERATION });
const { ref } = WRITTEN;

/** A rollout that is followed on a cluster with these workloads, what is heard of it, and its end. */
function following(
  { isSilent = false, signal }: { isSilent?: boolean; signal?: AbortSignal } = {},
  ...there: readonly Workload[]
) {
  const cluster = new FakeWorkloads(...there);
  cluster.isSilent = isSilent;
  const leaving = new AbortController();
  const heard: (readonly [Workload | undefined, string])[] = [];
  const state: { end?: RolloutEnd } = {};
  const done = followRollout(
    WRITTEN,
    cluster,
    (...told) => heard.push(told),
    signal ?? leaving.signal,
  ).then((end) => {
    state.end = end;
    return end;
  });
  const isOpen = async () => {
    await turn();
    return state.end === undefined;
  };
  return { cluster, leaving, heard, done, isOpen };
}

describe('A rollout that is followed', () => {
  it('is told as it goes on, until it is done', async () => {
    const { cluster, heard, done } = following({}, WRITTEN);
    const half = cluster.put(web({ observed: GENERATION, updated: 1 }));
    cluster.put(DONE);
    assert.deepEqual(await done, { kind: 'done', isOvertaken: false });
    assert.deepEqual(
      heard.map(([workload]) => workload),
      [WRITTEN, half],
    );
    assert.ok(heard[1]?.[1].includes('1 of 3'));
    assert.equal(cluster.following, 0, 'then nobody follows it any more');
  });

  it('may be done when it is first heard of', async () => {
    const { heard, done } = following({}, DONE);
    assert.equal((await done).kind, 'done');
    assert.deepEqual(heard, []);
  });

  it('has failed where the cluster says so, as it is then', async () => {
    const { cluster, done } = following({}, WRITTEN);
    const reason = 'ProgressDeadlineExceeded';
    const conditions = [{ type: 'Progressing', status: 'False', reason, message: '' }];
    const now = cluster.put(web({ observed: GENERATION, conditions }));
    const end = await done;
    assert.ok(end.kind === 'failed');
    assert.equal(end.workload, now);
    assert.match(end.words, /deadline/);
    assert.equal(cluster.following, 0);
  });

  it('is gone with its workload, whether that is told or missed', async () => {
    const told = following({}, WRITTEN);
    told.cluster.delete(WRITTEN);
    assert.deepEqual(await told.done, { kind: 'gone' });
    const missed = following({}, WRITTEN);
    missed.cluster.tell(ref, { kind: 'all', items: [] });
    assert.deepEqual(await missed.done, { kind: 'gone' });
    assert.deepEqual(await following({}).done, { kind: 'gone' }, 'or was so from the start');
  });

  it('is gone where another one has its name, be it done or not', async () => {
    for (const another of [
      { ...DONE, uid: 'another' },
      { ...WRITTEN, uid: 'another' },
    ]) {
      const { cluster, done } = following({}, WRITTEN);
      cluster.put(another);
      assert.deepEqual(await done, { kind: 'gone' });
      assert.deepEqual(await following({}, another).done, { kind: 'gone' });
    }
  });

  it('is left when the person wants to wait no longer, or did so before', async () => {
    const { cluster, leaving, done, isOpen } = following({}, WRITTEN);
    assert.ok(await isOpen());
    leaving.abort();
    assert.deepEqual(await done, { kind: 'left' });
    assert.equal(cluster.following, 0);
    assert.deepEqual(cluster.asked, ['follow Deployment web'], 'and nothing is undone');
    const late = following({ signal: AbortSignal.abort() }, WRITTEN);
    assert.deepEqual(await late.done, { kind: 'left' });
  });

  it('says nothing by a state from before our write, however well that looks', async () => {
    const old = web({ generation: GENERATION - 1, observed: GENERATION - 1, restartedAt: '' });
    const { cluster, heard, isOpen, done } = following({}, old);
    assert.ok(await isOpen());
    const reason = 'ProgressDeadlineExceeded';
    const conditions = [{ type: 'Progressing', status: 'False', reason, message: '' }];
    cluster.put({ ...old, rollout: rolloutWith({ ...old.rollout, conditions }) });
    assert.ok(await isOpen());
    assert.deepEqual(heard, []);
    cluster.put(DONE);
    assert.deepEqual(await done, { kind: 'done', isOvertaken: false });
  });

  it('says nothing by a part of what there is, nor by a state that cannot be read', async () => {
    const { cluster, isOpen, done } = following({ isSilent: true });
    cluster.tell(ref, { kind: 'begun', items: [DONE] });
    assert.ok(await isOpen());
    cluster.tell(ref, { kind: 'changed', item: readingWorkload('CronJob', 'web') });
    assert.equal((await done).kind, 'gone', 'that is another one');
    const again = following({ isSilent: true });
    const { rollout, ...unread } = DONE;
    assert.ok(rollout !== undefined);
    again.cluster.tell(ref, { kind: 'changed', item: unread });
    assert.ok(await again.isOpen());
  });

  it('is overtaken where somebody began another one meanwhile, and that is done', async () => {
    const { cluster, done, isOpen } = following({}, WRITTEN);
    const later = { generation: GENERATION + 1, restartedAt: '2026-11-24T02:00:08Z' };
    cluster.put(web({ ...later, observed: GENERATION }));
    assert.ok(await isOpen());
    cluster.put(web({ ...later, observed: GENERATION + 1 }));
    assert.deepEqual(await done, { kind: 'done', isOvertaken: true });
  });

  it('is not overtaken by another number of pods', async () => {
    const { cluster, done } = following({}, WRITTEN);
    const more = { desired: 4, updated: 4, current: 4, ready: 4, available: 4 };
    cluster.put(web({ ...more, generation: GENERATION + 1, observed: GENERATION + 1 }));
    assert.deepEqual(await done, { kind: 'done', isOvertaken: false });
  });

  it('is not overtaken by a change that begins no other one', async () => {
    const { cluster, done } = following({}, WRITTEN);
    cluster.put(web({ generation: GENERATION + 1, observed: GENERATION + 1 }));
    assert.deepEqual(await done, { kind: 'done', isOvertaken: false });
  });

  it('is overtaken by another template, of as many pods or others, also where nobody restarted it', async () => {
    for (const pods of [3, 4]) {
      const { cluster, done } = following({}, WRITTEN);
      const counts = { desired: pods, updated: pods, current: pods, available: pods };
      const later = { ...counts, generation: GENERATION + 1, observed: GENERATION + 1 };
      cluster.put({ ...web(later), template: 'another' });
      assert.deepEqual(await done, { kind: 'done', isOvertaken: true });
    }
  });

  it('says that it is paused while it is', () => {
    const { cluster, heard } = following({}, WRITTEN);
    cluster.put(web({ observed: GENERATION, updated: 1, isPaused: true }));
    const [, [, words] = [undefined, '']] = heard;
    assert.match(words, /^paused: .*1 of 3/);
    assert.doesNotMatch(heard[0]?.[1] ?? '', /paused/);
  });
});

describe('A rollout whose cluster is not to be had', () => {
  it('is followed on, and it is told that nothing is known meanwhile', async () => {
    const { cluster, heard, done, isOpen } = following({}, WRITTEN);
    for (const reason of ['Unreachable', 'Timeout', 'InternalError'] as const) {
      cluster.tell(ref, failed(reason));
      assert.ok(await isOpen());
      assert.equal(heard.at(-1)?.[0], undefined);
      assert.match(heard.at(-1)?.[1] ?? '', new RegExp(`^No ${reason}\\..*goes on`));
    }
    cluster.tell(ref, { kind: 'all', items: [DONE] });
    assert.equal((await done).kind, 'done');
  });

  it('is unseen where it may be neither watched nor read', async () => {
    const { cluster, heard, done } = following({ isSilent: true });
    cluster.tell(ref, failed('Forbidden'));
    assert.deepEqual(await done, { kind: 'unseen' });
    assert.deepEqual([heard, cluster.following], [[], 0]);
  });

  it('is read where it may not be watched: each time before it is told that it may not', async () => {
    const { cluster, heard, done, isOpen } = following({ isSilent: true });
    for (let round = 0; round < 3; round++) {
      cluster.tell(ref, { kind: 'all', items: [WRITTEN] });
      cluster.tell(ref, failed('Forbidden'));
      assert.ok(await isOpen());
    }
    assert.equal(heard.length, 3, 'that is no outage');
    assert.ok(heard.every(([workload]) => workload === WRITTEN));
    cluster.tell(ref, { kind: 'all', items: [DONE] });
    assert.equal((await done).kind, 'done');
  });

  it('is unseen once it may not be read any more', async () => {
    const { cluster, done } = following({ isSilent: true });
    cluster.tell(ref, { kind: 'all', items: [WRITTEN] });
    cluster.tell(ref, failed('Forbidden'));
    cluster.tell(ref, failed('Forbidden'));
    assert.deepEqual(await done, { kind: 'unseen' });
  });
});
