import assert from 'node:assert/strict';
import { podOf, rolloutWith, workloadNamed } from '../../../test/fakes/workloads.ts';
import type { ClusterEvent } from './clusterEvent.ts';
import { causeOf } from './rolloutCause.ts';

const event = (reason: string, message: string): ClusterEvent => ({
  type: 'Warning',
  reason,
  message,
  time: '2026-11-24T02:00:07Z',
  count: 1,
});
const refusing = (message: string, status = 'True') => ({
  rollout: rolloutWith({
    conditions: [{ type: 'ReplicaFailure', status, reason: 'FailedCreate', message }],
  }),
});
const failing = (pod: string, message: string) => {
  const status = { phase: 'Failed', message };
  return podOf('ReplicaSet', 'web', { pod, status });
};
const EVENTS = [
  event('FailedCreate', 'the first'),
  event('FailedCreate', 'the last'),
  event('ScalingReplicaSet', 'no cause'),
];

describe('Why a rollout does not come to its end', () => {
  it('is first what its condition says of pods that may not be made', () => {
    const pods = [failing('one', 'out of memory')];
    assert.equal(causeOf(refusing('exceeded quota'), pods, EVENTS), 'exceeded quota');
  });

  it('is then what a pod suffers from, by its name', () => {
    const pods = [workloadNamed('Pod', 'fine'), failing('one', 'out of memory')];
    const cause = causeOf(refusing('over', 'False'), pods, EVENTS) ?? '';
    assert.ok(cause.includes('one') && cause.includes('out of memory'));
    assert.ok(!cause.includes('fine'));
  });

  it('is not what a pod suffers from that is being deleted', () => {
    const one = failing('one', 'out of memory');
    const pod = { isReady: false, ...one.pod, isEnding: true };
    assert.equal(causeOf({}, [{ ...one, pod }], []), undefined);
  });

  it('is at last what the cluster told of pods that were not made', () => {
    assert.equal(causeOf({}, [], EVENTS), 'the last');
    for (const reason of ['FailedScheduling', 'FailedMount']) {
      assert.equal(causeOf({}, [], [...EVENTS, event(reason, 'of a pod')]), 'of a pod');
    }
    assert.equal(
      causeOf({ rollout: rolloutWith() }, [workloadNamed('Pod', 'fine')], []),
      undefined,
    );
    assert.equal(causeOf({}, [], [event('Killing', 'no cause')]), undefined);
  });
});
