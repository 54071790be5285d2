import { briefly } from '../text.ts';
import type { ClusterEvent } from './clusterEvent.ts';
import type { Workload } from './workload.ts';

/** Events that say what keeps a pod from being made, from a node, or from its start. */
const HINDRANCES = new Set(['FailedCreate', 'FailedScheduling', 'FailedMount']);

/**
 * Why a rollout does not come to its end, in the cluster's own words: pods that may not be made, for a quota or
 * by admission; pods that find no node; containers that do not start; volumes that cannot be mounted. It is a part of
 * a sentence. Nothing where the cluster says nothing. `events` are of this rollout, the newest last.
 */
export function causeOf(
  { rollout }: Pick<Workload, 'rollout'>,
  pods: readonly Workload[],
  events: readonly ClusterEvent[],
): string | undefined {
  const words = wordsOf(rollout, pods, events);
  return words === undefined ? undefined : briefly(words);
}

function wordsOf(
  rollout: Workload['rollout'],
  pods: readonly Workload[],
  events: readonly ClusterEvent[],
): string | undefined {
  const refused = rollout?.conditions.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  if (refused !== undefined) return refused.message;
  const troubled = pods.find(({ pod }) => pod?.trouble !== undefined && !pod.isEnding);
  if (troubled !== undefined) return `pod ${troubled.ref.name} ${troubled.pod?.trouble ?? ''}`;
  return events.findLast(({ reason }) => HINDRANCES.has(reason))?.message;
}
