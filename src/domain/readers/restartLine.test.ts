import assert from 'node:assert/strict';
import { readingWorkload, rolloutWith, useWith } from '../../../test/fakes/workloads.ts';
import type { Reader } from './reader.ts';
import { restartLineOf, wantedAmong } from './restartLine.ts';
import { isRestartable } from './restartPatch.ts';
import type { RolloutState } from './rolloutState.ts';
import { WORKLOAD_KINDS, workloadId, type Workload, type WorkloadKind } from './workload.ts';

const CHANGE = { isImmutable: false };
const yes = () => true;

/** The line of a reader of that kind, whose pods are in that state. */
function lineOf(
  kind: WorkloadKind,
  state: Partial<RolloutState> = {},
  more: { workload?: Partial<Workload>; reader?: Partial<Reader>; mayPatch?: () => boolean } = {},
) {
  const made = readingWorkload(kind, 'web');
  const rollout = made.rollout && rolloutWith(state);
  const workload = { ...made, ...(rollout ? { rollout } : {}), ...more.workload };
  const reader = { workload, uses: [useWith()], ...more.reader };
  return restartLineOf(reader, CHANGE, more.mayPatch ?? yes);
}

describe('Readers with pods from before', () => {
  it('are ticked where they need a restart that nobody else makes, and that replaces pods', () => {
    const lines = [
      lineOf('Deployment'),
      lineOf('StatefulSet', { partition: 3 }),
      lineOf('DaemonSet', {}, { reader: { restarters: { none: 'Reloader' } } }),
      lineOf('Rollout', {}, { mayPatch: () => false }),
    ];
    const ids = lines.map(({ reader }) => workloadId(reader.workload.ref));
    assert.deepEqual([...wantedAmong(lines, new Set(ids))], ids.slice(0, 1));
    assert.deepEqual([...wantedAmong(lines, new Set(ids.slice(1)))], []);
  });
});

describe('The offer of a restart', () => {
  it('is there for each kind that can be restarted, and says for all others what to do instead', () => {
    for (const kind of WORKLOAD_KINDS) {
      const { refusal, isWanted } = lineOf(kind);
      assert.equal(refusal === undefined, isRestartable(kind), kind);
      if (refusal === undefined) continue;
      assert.notEqual(refusal, '');
      assert.ok(!isWanted, kind);
    }
  });

  it('says of whose next run it is enough, and whose is not made again', () => {
    for (const kind of ['CronJob', 'WorkflowTemplate', 'CronWorkflow'] as const) {
      assert.match(lineOf(kind).refusal ?? '', /next run/);
    }
    assert.match(lineOf('Workflow').refusal ?? '', /next pods/);
    for (const kind of ['Pod', 'Job', 'ReplicaSet'] as const) {
      assert.match(lineOf(kind).refusal ?? '', /delete/);
    }
  });

  it('says by what a change does whether anything is to be done', () => {
    const mount = useWith({ way: 'volume', role: 'container', place: 'c' });
    const variable = useWith({ way: 'env' });
    const text = useWith({ way: 'text', role: 'none' });
    const repository = useWith({ way: 'artifactRepository', role: 'none' });
    const controller = { kind: 'StrimziPodSet', group: 'core.strimzi.io', name: 'kafka', uid: '1' };
    const cases = [
      ['Pod', mount, {}, /^it needs nothing$/],
      ['Job', mount, {}, /^it needs nothing$/],
      ['ReplicaSet', mount, {}, /^it needs nothing$/],
      ['Pod', variable, {}, /^nothing makes it again/],
      ['Pod', variable, { controller }, /^StrimziPodSet kafka makes it/],
      ['Job', variable, {}, /let it end/],
      ['Job', variable, { life: 'toCome' }, /when it is resumed/],
      ['Workflow', repository, {}, /keeps what it began with/],
      ['Workflow', mount, {}, /its next pods/],
      ['WorkflowTemplate', text, {}, /is not known$/],
      ['Pod', text, {}, /is not known$/],
    ] as const;
    for (const [kind, use, workload, words] of cases) {
      const { refusal } = lineOf(kind, {}, { workload, reader: { uses: [use] } });
      assert.match(refusal ?? '', words, `${kind} ${use.way}`);
    }
  });

  it('is refused for what is paused, as kubectl does, what replaces no pods, or may not be patched', () => {
    const paused = lineOf('Deployment', { isPaused: true });
    assert.match(paused.refusal ?? '', /paused.*resume/);
    assert.ok(!paused.isWanted);
    for (const kind of ['DaemonSet', 'StatefulSet'] as const) {
      const onDelete = lineOf(kind, { strategy: 'OnDelete' });
      assert.match(onDelete.refusal ?? '', /nothing restarts.*OnDelete/);
      assert.ok(!onDelete.isWanted);
      assert.match(onDelete.remarks.join(), /^3 (pods|replicas)$/);
    }
    const forbidden = lineOf('Deployment', {}, { mayPatch: () => false });
    assert.match(forbidden.refusal ?? '', /may not/);
    assert.ok(!forbidden.isWanted);
  });

  it('says of a pod that only somebody looks into what helps there', () => {
    const shell = useWith({ role: 'ephemeral', place: 'shell' });
    assert.match(lineOf('Pod', {}, { reader: { uses: [shell] } }).refusal ?? '', /add another/);
    assert.match(
      lineOf('Pod', {}, { reader: { uses: [shell, useWith()] } }).refusal ?? '',
      /delete/,
    );
  });

  it('asks about the very workload', () => {
    const asked: Workload[] = [];
    const workload = readingWorkload('Deployment', 'web');
    restartLineOf({ workload, uses: [useWith()] }, CHANGE, (one) => {
      asked.push(one);
      return true;
    });
    assert.deepEqual(asked, [workload]);
  });
});

describe('A restart is wanted', () => {
  it('where the change needs one', () => {
    assert.ok(lineOf('Deployment').isWanted);
    const uses = [useWith({ way: 'volume', mountPath: '/x' })];
    const live = lineOf('Deployment', {}, { reader: { uses } });
    assert.deepEqual([live.effect, live.isWanted], ['live', false]);
    const unknown = lineOf('Deployment', {}, { reader: { uses: [useWith({ way: 'declared' })] } });
    assert.deepEqual([unknown.effect, unknown.isWanted], ['unknown', false]);
  });

  it('not where other keys are read', () => {
    const workload = readingWorkload('Deployment', 'web');
    const reader = { workload, uses: [useWith({ keys: ['a'] })] };
    const line = restartLineOf(reader, { isImmutable: false, keys: ['b'] }, yes);
    assert.deepEqual([line.effect, line.isWanted], [undefined, false]);
    assert.ok(!('refusal' in line), 'it could be restarted all the same');
  });

  it('where an immutable cache is made anew, also of whoever follows it', () => {
    const workload = readingWorkload('Deployment', 'web');
    const reader = { workload, uses: [useWith({ way: 'volume', mountPath: '/x' })] };
    const line = restartLineOf(reader, { isImmutable: true }, yes);
    assert.deepEqual([line.effect, line.isWanted], ['recreate', true]);
  });

  it('not where something else restarts it, which is said', () => {
    const { isWanted, remarks } = lineOf(
      'Deployment',
      {},
      {
        reader: { restarters: { none: 'Reloader' } },
      },
    );
    assert.ok(!isWanted);
    assert.ok(remarks.some((remark) => /Reloader.*itself/.test(remark)));
  });

  // Both are accepted by the API server, and nothing comes of them.
  const futile: readonly (readonly [string, WorkloadKind, Partial<RolloutState>, RegExp])[] = [
    ['there are no pods', 'Deployment', { desired: 0 }, /^0 .*nothing restarts/],
    ['the partition is above all pods', 'StatefulSet', { partition: 3 }, /nothing.*partition 3/],
  ];
  for (const [what, kind, state, said] of futile) {
    it(`not where ${what}, so that nothing would restart, which is said`, () => {
      const { isWanted, remarks, refusal } = lineOf(kind, state);
      assert.ok(
        remarks.some((remark) => said.test(remark)),
        remarks.join(),
      );
      assert.equal(refusal, undefined, 'it is accepted all the same');
      assert.ok(!isWanted);
    });
  }
});

describe('A restart is refused', () => {
  it('where pods are replaced only when they are deleted: nothing would restart', () => {
    const { isWanted, refusal } = lineOf('StatefulSet', { strategy: 'OnDelete' });
    assert.match(refusal ?? '', /nothing restarts.*OnDelete/);
    assert.ok(!isWanted);
  });
});

describe('What is said of a restart', () => {
  const remarks = (kind: WorkloadKind, state: Partial<RolloutState>) =>
    lineOf(kind, state).remarks.join('; ');

  it('is how many pods it restarts', () => {
    assert.match(remarks('Deployment', { desired: 1234 }), /1,234 replicas/);
    assert.match(remarks('DaemonSet', { desired: 4 }), /4 pods/);
    assert.match(remarks('Deployment', { desired: 1 }), /one replica;/);
    assert.match(remarks('DaemonSet', { desired: 1 }), /one pod;/);
    assert.match(remarks('DaemonSet', { desired: 0 }), /0 pods/);
  });

  it('is where only some of them restart', () => {
    const { remarks: said, isWanted } = lineOf('StatefulSet', { partition: 2 });
    assert.ok(said.some((remark) => /only.*from 2/.test(remark)));
    assert.ok(isWanted);
    assert.match(remarks('StatefulSet', { partition: 2, start: 5 }), /only ordinals from 7/);
    assert.doesNotMatch(remarks('StatefulSet', { partition: 0 }), /ordinals|partition/);
  });

  it('is how they are replaced: without the steps of a Rollout', () => {
    assert.match(remarks('Deployment', {}), /rolling/);
    assert.match(remarks('Rollout', { strategy: 'canary' }), /without canary/);
    assert.match(remarks('Rollout', { strategy: 'blueGreen' }), /without blue-green/);
    assert.match(remarks('Rollout', { strategy: 'new' }), /new/);
  });

  it('is that nobody answers meanwhile', () => {
    assert.match(remarks('Deployment', { strategy: 'Recreate' }), /downtime.*Recreate/);
    assert.match(remarks('Rollout', { desired: 1, strategy: 'canary' }), /downtime/);
    assert.doesNotMatch(remarks('Rollout', { desired: 2, strategy: 'canary' }), /downtime/);
    assert.doesNotMatch(remarks('Deployment', { desired: 1 }), /downtime/);
  });

  it('is who deploys it and may put it back', () => {
    const deployers = [
      { kind: 'argoCd', application: 'shop' },
      { kind: 'helm', release: 'web' },
    ] as const;
    const { remarks: said, isWanted } = lineOf('Deployment', {}, { workload: { deployers } });
    assert.ok(said.some((remark) => /Argo CD.*revert/.test(remark)));
    assert.ok(said.some((remark) => /Helm.*web/.test(remark)));
    assert.ok(isWanted, 'that stops nobody');
  });

  it('is nothing of what is no rollout', () => {
    assert.deepEqual(lineOf('CronJob').remarks, []);
  });
});
