import assert from 'node:assert/strict';
import { objectNamed, type Parts } from '../../../test/fakes/workloads.ts';
import { rolloutStateOf, type RolloutState } from './rolloutState.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from './workload.ts';

const TIME = '2026-11-24T02:00:07Z';

function stateOf(kind: WorkloadKind, parts: Parts = {}): RolloutState {
  return rolloutStateOf(kind, objectNamed(kind, 'one', parts)) ?? assert.fail();
}

describe('The state of a rollout', () => {
  it('is there for the kinds that keep a number of pods', () => {
    const kinds = WORKLOAD_KINDS.filter(
      (kind) => rolloutStateOf(kind, objectNamed(kind, 'one')) !== undefined,
    );
    assert.deepEqual(kinds.toSorted(), [
      'DaemonSet',
      'Deployment',
      'ReplicaSet',
      'ReplicationController',
      'Rollout',
      'StatefulSet',
    ]);
  });

  it('has the numbers of the API: those of a DaemonSet have names of their own', () => {
    const status = {
      updatedReplicas: 1,
      replicas: 2,
      readyReplicas: 3,
      availableReplicas: 4,
      updatedNumberScheduled: 11,
      currentNumberScheduled: 12,
      numberReady: 13,
      numberAvailable: 14,
      desiredNumberScheduled: 15,
    };
    const numbers = (kind: WorkloadKind) => {
      const parts = { spec: { replicas: 5 }, status };
      const { updated, current, ready, available, desired } = stateOf(kind, parts);
      return [updated, current, ready, available, desired];
    };
    for (const kind of ['Deployment', 'StatefulSet', 'Rollout', 'ReplicaSet'] as const) {
      assert.deepEqual(numbers(kind), [1, 2, 3, 4, 5], kind);
    }
    assert.deepEqual(numbers('DaemonSet'), [11, 12, 13, 14, 15]);
  });

  it('is of one pod where nothing is said, and of none for a DaemonSet', () => {
    const { updated, current, ready, available, desired } = stateOf('Deployment');
    assert.deepEqual([updated, current, ready, available, desired], [0, 0, 0, 0, 1]);
    assert.equal(stateOf('DaemonSet').desired, 0);
    assert.equal(stateOf('Deployment', { spec: { replicas: 0 } }).desired, 0);
  });

  it('tells how far the controller is; Argo says it in a text', () => {
    const metadata = { generation: 7 };
    const seen = (observedGeneration: unknown) =>
      stateOf('Rollout', { metadata, status: { observedGeneration } });
    assert.deepEqual([seen(6).generation, seen(6).observed], [7, 6]);
    assert.equal(seen('6').observed, 6);
    for (const other of [undefined, null, 'abc123', {}]) assert.equal(seen(other).observed, 0);
  });

  it('tells the strategy, which each kind keeps elsewhere', () => {
    const type = { type: 'OnDelete' };
    assert.equal(stateOf('StatefulSet', { spec: { updateStrategy: type } }).strategy, 'OnDelete');
    assert.equal(stateOf('DaemonSet', { spec: { updateStrategy: type } }).strategy, 'OnDelete');
    assert.equal(
      stateOf('Deployment', { spec: { strategy: { type: 'Recreate' } } }).strategy,
      'Recreate',
    );
    for (const strategy of ['canary', 'blueGreen']) {
      assert.equal(
        stateOf('Rollout', { spec: { strategy: { [strategy]: {} } } }).strategy,
        strategy,
      );
    }
    assert.equal(stateOf('Rollout', { spec: { strategy: {} } }).strategy, '');
  });

  it('tells the partition of a StatefulSet that has one, and of nothing else', () => {
    const partition = (rollingUpdate: unknown, kind: WorkloadKind = 'StatefulSet') =>
      stateOf(kind, { spec: { updateStrategy: { rollingUpdate } } }).partition;
    assert.equal(partition({ partition: 2 }), 2);
    assert.equal(partition({}), 0, 'it is set, and so counts from the first');
    assert.equal(partition(undefined), undefined);
    assert.equal(partition({ partition: 2 }, 'DaemonSet'), undefined);
  });

  it('tells the last restart, which Argo keeps elsewhere, and how far that is', () => {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': TIME };
    const byKubectl = { template: { metadata: { annotations } } };
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
      assert.equal(stateOf(kind, { spec: byKubectl }).restartedAt, TIME, kind);
    }
    const rollout = stateOf('Rollout', {
      spec: { ...byKubectl, restartAt: 'later' },
      status: { restartedAt: 'before' },
    });
    assert.deepEqual([rollout.restartedAt, rollout.restarted], ['later', 'before']);
    assert.equal(stateOf('Deployment').restartedAt, '');
  });

  it('tells when it was last written, and not when its controller last told its status', () => {
    const wrote = (time: unknown, more: object = {}) => ({ manager: 'x', time, ...more });
    const at = (...managedFields: readonly object[]) =>
      stateOf('Deployment', { metadata: { managedFields } }).written;
    const restarted = wrote('2026-11-24T02:00:07Z');
    const status = wrote('2026-11-24T03:00:00Z', { subresource: 'status' });
    const made = wrote('2026-11-24T01:00:00Z');
    assert.equal(at(made, restarted, status), Date.parse('2026-11-24T02:00:07Z'));
    assert.equal(at(status), undefined);
    assert.equal(at(wrote('yesterday')), undefined);
    assert.equal(stateOf('Deployment').written, undefined);
  });

  it('tells whether it is paused, its revisions, and what it says of itself', () => {
    const message = 'quota';
    const condition = { type: 'ReplicaFailure', status: 'True', reason: 'x', message };
    const state = stateOf('Deployment', {
      spec: { paused: true },
      status: {
        currentRevision: 'a',
        updateRevision: 'b',
        phase: 'Healthy',
        message,
        conditions: [{ ...condition, lastUpdateTime: TIME }, 'strange', { type: 4 }],
      },
    });
    assert.ok(state.isPaused);
    assert.deepEqual([state.currentRevision, state.updateRevision], ['a', 'b']);
    assert.deepEqual([state.phase, state.message], ['Healthy', message]);
    const empty = { type: '', status: '', reason: '', message: '' };
    assert.deepEqual(state.conditions, [condition, empty]);
    assert.equal(stateOf('Deployment', { spec: { paused: 'true' } }).isPaused, false);
  });

  it('is paused for a Deployment alone: Argo restarts the pods of a paused Rollout', () => {
    const paused = WORKLOAD_KINDS.filter((kind) => {
      const parts = { spec: { paused: true }, status: { pauseConditions: [{ reason: 'x' }] } };
      return rolloutStateOf(kind, objectNamed(kind, 'one', parts))?.isPaused === true;
    });
    assert.deepEqual(paused, ['Deployment']);
  });
});
