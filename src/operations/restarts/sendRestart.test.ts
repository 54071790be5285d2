import assert from 'node:assert/strict';
import { FakeWorkloads, restartTimeOf } from '../../../test/fakes/fakeWorkloads.ts';
import { readingWorkload, rolloutWith } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import {
  RESTARTABLE,
  restartPatch,
  type RestartableKind,
} from '../../domain/readers/restartPatch.ts';
import type { RolloutState } from '../../domain/readers/rolloutState.ts';
import { WORKLOAD_KINDS, type Workload } from '../../domain/readers/workload.ts';
import { sendRestart } from './sendRestart.ts';

const DATE = new Date('2026-11-24T02:00:07.400Z');
const SECOND = Date.parse('2026-11-24T02:00:07Z');
const forbidden = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });

const made = (kind: RestartableKind, state: Partial<RolloutState> = {}): Workload => ({
  ...readingWorkload(kind, 'web'),
  rollout: rolloutWith(state),
});
const WEB = made('Deployment');
const ANOTHER: Workload = { ...WEB, uid: 'another' };

/** Sends the restart of a workload that is followed, on a cluster that may have other ideas. */
async function sent(
  cluster: FakeWorkloads,
  of: { meant?: Workload; known?: Workload | undefined | 'unknown'; date?: Date } = {},
) {
  const { meant = WEB, date = DATE } = of;
  const known = 'known' in of ? of.known : cluster.peek(meant.ref);
  return await sendRestart(meant, cluster, { date, known });
}

const isUnclear = (outcome: Awaited<ReturnType<typeof sent>>, words: RegExp) => {
  assert.ok('kind' in outcome && outcome.kind === 'unclear');
  assert.match(outcome.words, words);
};

const isRefused = (outcome: Awaited<ReturnType<typeof sent>>, words: RegExp) => {
  assert.ok('kind' in outcome && outcome.kind === 'refused');
  assert.match(outcome.words, words);
};

describe('Sending a restart', () => {
  for (const kind of RESTARTABLE) {
    it(`is the patch for a ${kind}, at the second that it is, and gives it as it is then`, async () => {
      const workload = made(kind);
      const cluster = new FakeWorkloads(workload);
      const outcome = await sent(cluster, { meant: workload });
      assert.equal(outcome, cluster.peek(workload.ref));
      const [one, ...more] = cluster.patches;
      assert.ok(one !== undefined);
      assert.deepEqual(more, []);
      const time = restartTimeOf(one.patch);
      assert.equal(Date.parse(time), SECOND);
      assert.deepEqual(one, { ref: workload.ref, patch: restartPatch(kind, time) });
    });
  }

  it('asks for nothing before where it is followed, and reads it where it is not', async () => {
    const followed = new FakeWorkloads(WEB);
    await sent(followed);
    assert.deepEqual(followed.asked, ['restart Deployment web']);
    const unknown = new FakeWorkloads(WEB);
    await sent(unknown, { known: 'unknown' });
    assert.deepEqual(unknown.asked, ['read Deployment web', 'restart Deployment web']);
  });

  it('is not done to a kind that has no restart', async () => {
    for (const kind of WORKLOAD_KINDS) {
      if (RESTARTABLE.some((each) => each === kind)) continue;
      const workload = readingWorkload(kind, 'web');
      const cluster = new FakeWorkloads(workload);
      isRefused(await sent(cluster, { meant: workload }), /cannot be restarted/);
      assert.deepEqual(cluster.asked, [], kind);
    }
  });

  it('is not done to another object of that name, nor to none', async () => {
    for (const now of [ANOTHER, undefined]) {
      const cluster = new FakeWorkloads(...(now === undefined ? [] : [now]));
      assert.deepEqual(await sent(cluster, { known: now }), { kind: 'gone' });
      assert.deepEqual(await sent(cluster, { known: 'unknown' }), { kind: 'gone' });
      assert.deepEqual(cluster.patches, []);
    }
  });

  it('is not refused for what is followed alone, which may be a moment late', async () => {
    for (const late of [ANOTHER, undefined, made('Deployment', { isPaused: true })]) {
      const cluster = new FakeWorkloads(WEB);
      await sent(cluster, { known: late });
      assert.equal(cluster.patches.length, 1);
      assert.ok(cluster.asked.includes('read Deployment web'));
    }
  });

  it('is refused while it is paused, also where that came after it was meant', async () => {
    const cluster = new FakeWorkloads(made('Deployment', { isPaused: true }));
    isRefused(await sent(cluster), /paused.*resume/);
    isRefused(await sent(cluster, { known: 'unknown' }), /paused.*resume/);
    assert.deepEqual(cluster.patches, []);
  });

  it('is refused a second time within a second, since it would change nothing', async () => {
    for (const kind of RESTARTABLE) {
      const workload = made(kind);
      const cluster = new FakeWorkloads(workload);
      await sent(cluster, { meant: workload });
      const soon = new Date(SECOND + 999);
      isRefused(await sent(cluster, { meant: workload, date: soon }), /past second/);
      assert.equal(cluster.patches.length, 1);
      const later = new Date(SECOND + 1000);
      await sent(cluster, { meant: workload, date: later });
      assert.equal(cluster.patches.length, 2);
    }
  });

  it('is told as gone where it was deleted while the request was on its way', async () => {
    assert.deepEqual(await sent(new FakeWorkloads(), { known: WEB }), { kind: 'gone' });
  });

  it('is unclear where it reached another one that was made under that name meanwhile', async () => {
    const cluster = new FakeWorkloads(WEB);
    cluster.gate = Promise.resolve().then(() => {
      cluster.put(ANOTHER);
    });
    isUnclear(await sent(cluster, { known: WEB }), /created again .* new one was restarted/);
    assert.equal(cluster.patches.length, 1);
  });

  it('throws what the cluster refuses, and what cannot be read before', async () => {
    const refusing = new FakeWorkloads(WEB);
    refusing.refusals.set('web', forbidden);
    await assert.rejects(sent(refusing), (error) => error === forbidden);
    const unread = new FakeWorkloads(WEB);
    unread.readFailure = forbidden;
    await assert.rejects(sent(unread, { known: 'unknown' }), (error) => error === forbidden);
    assert.deepEqual(unread.patches, []);
  });
});

describe('A restart without an answer', () => {
  const cutting = (cut: 'before' | 'after', ...workloads: readonly Workload[]) => {
    const cluster = new FakeWorkloads(...workloads);
    cluster.cut = cut;
    return cluster;
  };

  it('is found out by reading to have been carried out', async () => {
    const cluster = cutting('after', WEB);
    const outcome = await sent(cluster);
    assert.equal(outcome, cluster.peek(WEB.ref));
    assert.equal(cluster.patches.length, 1, 'it is never sent twice');
  });

  it('is never said not to be carried out: what was not seen may land later', async () => {
    const cluster = cutting('before', WEB);
    const words = /^is not restarted so far; .* may yet restart it \(socket hang up\)$/;
    isUnclear(await sent(cluster), words);
    assert.equal(cluster.patches.length, 1, 'it is never sent twice');
  });

  it('is not taken for that of somebody else at another second', async () => {
    const cluster = cutting('before', WEB);
    cluster.gate = Promise.resolve().then(() => {
      cluster.put(made('Deployment', { restartedAt: '2026-11-24T02:00:06Z' }));
    });
    isUnclear(await sent(cluster, { known: WEB }), /not restarted so far/);
  });

  it('is told as gone where it is not there any more, or is another one', async () => {
    assert.deepEqual(await sent(cutting('before'), { known: WEB }), { kind: 'gone' });
    assert.deepEqual(await sent(cutting('before', ANOTHER), { known: WEB }), { kind: 'gone' });
  });

  it('stays unclear where it cannot be read, and says why it had no answer', async () => {
    for (const cut of ['before', 'after'] as const) {
      const cluster = cutting(cut, WEB);
      cluster.readFailure = forbidden;
      isUnclear(await sent(cluster), /cannot be read now \(socket hang up\)$/);
    }
  });
});
