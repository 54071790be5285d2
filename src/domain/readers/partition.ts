import type { RolloutState } from './rolloutState.ts';
import type { Workload } from './workload.ts';

/** How many pods a restart replaces: those of a StatefulSet from its partition on. */
export function replacedPods({ desired, partition = 0 }: RolloutState): number {
  return Math.max(desired - partition, 0);
}

/** The first ordinal that a restart reaches. Source: `newVersionedStatefulSetPod` of the controller. */
export function firstReplaced({ partition = 0, start = 0 }: RolloutState): number {
  return start + partition;
}

/** True for a pod of a StatefulSet that a restart leaves as it is. */
export function isBelowPartition(
  { ref, rollout }: Pick<Workload, 'ref' | 'rollout'>,
  pod: Pick<Workload, 'ref'>,
): boolean {
  if (ref.kind !== 'StatefulSet' || rollout === undefined) return false;
  return Number(pod.ref.name.slice(ref.name.length + 1)) < firstReplaced(rollout);
}
