import assert from 'node:assert/strict';
import { rolloutWith } from '../../../test/fakes/workloads.ts';
import { chance } from '../../../test/fakes/chance.ts';
import { progressOf, type Progress } from './rolloutProgress.ts';
import type { RolloutState } from './rolloutState.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from './workload.ts';

/** A state that answers one question, and the verdict; every earlier question is answered with no. */
type Question = readonly [
  what: string,
  answer: Partial<RolloutState>,
  verdict: Progress['kind'],
  words?: RegExp,
];
const AFTER = '2026-11-24T02:00:07Z';
const BEFORE = '2026-11-24T02:00:06Z';

const stuck = (reason: string, type = 'Progressing') => ({
  conditions: [
    { type: 'Available', status: 'False', reason: 'x', message: '' },
    { type, status: 'False', reason, message: '' },
  ],
});

/** The questions of each kind in the order in which kubectl asks them; Argo's plugin for a Rollout. */
const QUESTIONS: Partial<Record<WorkloadKind, readonly Question[]>> = {
  Deployment: [
    ['its controller has not seen it', { observed: 1 }, 'progressing', /controller/],
    ['its deadline has passed', stuck('ProgressDeadlineExceeded'), 'failed', /deadline/],
    ['new pods are missing', { updated: 1 }, 'progressing', /\b1 of 3\b/],
    ['old pods are there', { current: 5 }, 'progressing', /\b2 old/],
    ['new pods are not available', { available: 2 }, 'progressing', /\b2 of 3\b/],
  ],
  DaemonSet: [
    ['it replaces pods only when they are deleted', { strategy: 'OnDelete' }, 'failed', /deleted/],
    ['its controller has not seen it', { observed: 1 }, 'progressing', /controller/],
    ['new pods are missing', { updated: 2 }, 'progressing', /\b2 of 3\b/],
    ['new pods are not available', { available: 0 }, 'progressing', /\b0 of 3\b/],
  ],
  StatefulSet: [
    ['it replaces pods only when they are deleted', { strategy: 'OnDelete' }, 'failed', /deleted/],
    ['its controller has not seen it', { observed: 1 }, 'progressing', /controller/],
    ['its pods are not ready', { ready: 2 }, 'progressing', /\b2 of 3\b/],
    ['new pods are missing', { updateRevision: 'newer', updated: 1 }, 'progressing', /\b1 of 3\b/],
  ],
  Rollout: [
    ['its controller has not seen it', { observed: 1 }, 'progressing', /controller/],
    ['old pods are there', { restartedAt: AFTER, restarted: BEFORE }, 'progressing', /old pods/],
    [
      'it is degraded before enough new pods are available',
      { phase: 'Degraded', message: 'no node', available: 2 },
      'failed',
      /^no node$/,
    ],
    ['new pods are not available', { available: 1 }, 'progressing', /\b1 of 3\b/],
  ],
};

for (const [kind, questions] of Object.entries(QUESTIONS) as [WorkloadKind, Question[]][]) {
  const settled = (...more: readonly Partial<RolloutState>[]) =>
    progressOf(kind, rolloutWith(Object.assign({}, ...more) as Partial<RolloutState>));

  describe(`The rollout of a ${kind}`, () => {
    it('is done where no question is answered with yes', () => {
      assert.deepEqual(settled(), { kind: 'done' });
    });

    for (const [what, answer, verdict, words] of questions) {
      it(`is ${verdict} where ${what}`, () => {
        const progress = settled(answer);
        assert.equal(progress.kind, verdict);
        assert.ok(progress.kind !== 'done');
        assert.match(progress.words, words ?? /./);
      });
    }

    it('is what the first of the questions says that is answered with yes', () => {
      for (const [index, [first, answer]] of questions.entries()) {
        for (const [later, other] of questions.slice(index + 1)) {
          assert.deepEqual(settled(other, answer), settled(answer), `${first}, and ${later}`);
        }
      }
    });
  });
}

describe('The end of a rollout', () => {
  const of = (kind: WorkloadKind, more: Partial<RolloutState>) =>
    progressOf(kind, rolloutWith(more)).kind;

  it('is there without pods where there shall be none', () => {
    const none = { desired: 0, updated: 0, current: 0, ready: 0, available: 0 };
    for (const kind of ['Deployment', 'DaemonSet', 'StatefulSet'] as const) {
      assert.equal(of(kind, none), 'done', kind);
    }
  });

  it('is for a Deployment that failed for another reason not there by that alone', () => {
    assert.equal(of('Deployment', stuck('ReplicaSetUpdated')), 'done');
    assert.equal(of('Deployment', stuck('ProgressDeadlineExceeded', 'Other')), 'done');
  });

  it('is for a Deployment with any strategy the same, and for the others only with updates', () => {
    assert.equal(of('Deployment', { strategy: 'Recreate' }), 'done');
    for (const kind of ['DaemonSet', 'StatefulSet'] as const) {
      assert.equal(of(kind, { strategy: '' }), 'failed', kind);
    }
  });

  it('is for a StatefulSet not there before its controller has seen anything', () => {
    assert.equal(of('StatefulSet', { generation: 0, observed: 0 }), 'progressing');
    assert.equal(of('Deployment', { generation: 0, observed: 0 }), 'done');
  });

  it('is for a StatefulSet with a partition there once the pods above it are new', () => {
    const parted = (partition: number, updated: number) =>
      // The revisions differ as long as there are old pods.
      of('StatefulSet', { partition, updated, updateRevision: 'newer' });
    assert.equal(parted(1, 1), 'progressing');
    assert.equal(parted(1, 2), 'done');
    assert.equal(parted(0, 2), 'progressing');
    assert.equal(parted(0, 3), 'done');
    assert.equal(parted(3, 0), 'done', 'with all of them below it nothing is restarted');
    assert.equal(parted(9, 0), 'done');
  });

  it('is for a Rollout not there before the restart that was asked for', () => {
    const rollout = (restartedAt: string, restarted: string) =>
      of('Rollout', { phase: 'Healthy', restartedAt, restarted });
    assert.equal(rollout(AFTER, ''), 'progressing');
    assert.equal(rollout(AFTER, BEFORE), 'progressing');
    assert.equal(rollout(AFTER, AFTER), 'done');
    assert.equal(rollout(BEFORE, AFTER), 'done');
    assert.equal(rollout('', ''), 'done');
    assert.equal(rollout('2026-11-24T03:00:07+01:00', AFTER), 'done', 'in whatever zone');
  });

  it('is for a Rollout there whatever is said beside its restart: a pause, or an abort before', () => {
    for (const phase of ['Healthy', 'Paused', 'Degraded', 'Progressing', '']) {
      const state = { phase, message: 'x', restartedAt: AFTER, restarted: AFTER };
      assert.equal(of('Rollout', state), 'done', phase);
      assert.equal(of('Rollout', { ...state, restarted: BEFORE }), 'progressing', phase);
    }
  });

  it('has words for a Rollout that says nothing', () => {
    const progress = progressOf('Rollout', rolloutWith({ phase: 'Degraded', available: 0 }));
    assert.ok(progress.kind === 'failed' && progress.words !== '');
  });

  it('is for a Rollout not kept off by a time that is none', () => {
    assert.equal(of('Rollout', { restartedAt: 'soon', restarted: '' }), 'done');
  });

  it('is a failure for kinds that are not rolled out', () => {
    for (const kind of WORKLOAD_KINDS) {
      if (kind in QUESTIONS) continue;
      const progress = progressOf(kind, rolloutWith());
      assert.ok(progress.kind === 'failed' && progress.words.includes(kind));
    }
  });

  it('says nothing that cannot be: no more than all, and no number below none', () => {
    const below = chance(11);
    for (let round = 0; round < 3000; round++) {
      const [desired, updated, current, ready, available] = [0, 0, 0, 0, 0].map(() => below(5));
      const parts = { desired, updated, current, ready, available } as Partial<RolloutState>;
      const partition = below(2) === 0 ? {} : { partition: below(6) };
      for (const kind of ['Deployment', 'DaemonSet', 'StatefulSet', 'Rollout'] as const) {
        const progress = progressOf(kind, rolloutWith({ ...parts, ...partition }));
        if (progress.kind !== 'progressing') continue;
        const [part = -1, all] = (progress.words.match(/-?\d+/g) ?? []).map(Number);
        assert.ok(part >= 0 && part < (all ?? part + 1), progress.words);
      }
    }
  });
});
