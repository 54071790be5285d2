import assert from 'node:assert/strict';
import { readingWorkload, workloadNamed } from '../../../test/fakes/workloads.ts';
import { firstReplaced, isBelowPartition, replacedPods } from './partition.ts';

/** A StatefulSet of five pods, with a partition and a first ordinal as they are given. */
const set = (rollingUpdate?: object, ordinals?: object) =>
  readingWorkload('StatefulSet', 'web', {
    spec: { replicas: 5, ordinals, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
  });
const stateOf = (workload: ReturnType<typeof set>) => workload.rollout ?? assert.fail();

/** The ordinals of these pods that a restart of the set leaves as they are. */
const left = (workload: ReturnType<typeof set>, ...ordinals: readonly number[]) =>
  ordinals.filter((each) => isBelowPartition(workload, workloadNamed('Pod', `web-${each}`)));

describe('The partition of a StatefulSet', () => {
  it('leaves the pods below it as they are', () => {
    const parted = set({ partition: 2 });
    assert.deepEqual([replacedPods(stateOf(parted)), firstReplaced(stateOf(parted))], [3, 2]);
    assert.deepEqual(left(parted, 0, 1, 2, 3, 4), [0, 1]);
  });

  it('counts from the first ordinal, which need not be 0', () => {
    const parted = set({ partition: 2 }, { start: 5 });
    assert.deepEqual([replacedPods(stateOf(parted)), firstReplaced(stateOf(parted))], [3, 7]);
    assert.deepEqual(left(parted, 5, 6, 7, 8, 9), [5, 6]);
    assert.deepEqual(left(set({}, { start: 5 }), 5, 6), []);
  });

  it('may be above all pods, and is mostly not there', () => {
    assert.equal(replacedPods(stateOf(set({ partition: 9 }))), 0);
    assert.deepEqual(left(set(), 0, 1), []);
    assert.equal(replacedPods(stateOf(set())), 5);
  });

  it('is of a StatefulSet alone', () => {
    const deployment = readingWorkload('Deployment', 'web');
    assert.equal(isBelowPartition(deployment, workloadNamed('Pod', 'web--1')), false);
  });
});
