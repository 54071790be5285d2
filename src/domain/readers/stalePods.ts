import { effectOf, type Effect } from './effect.ts';
import { isFromBefore } from './pod.ts';
import type { CacheManner, Earlier, Reader } from './reader.ts';
import { isByKubelet, readsKeys } from './use.ts';
import type { Workload } from './workload.ts';

/** When the content of the keys of a cache changed last, in milliseconds since the epoch. */
export interface KeyTimes extends CacheManner {
  /** Also of keys that are not there any more, as far as it is known when they were removed. */
  readonly times: ReadonlyMap<string, number>;
}

/** True for a pod that runs, or will: one that was evicted or has failed stays as a record only. */
export function isThere({ pod, life }: Workload): boolean {
  return pod !== undefined && !pod.isEnding && life !== 'ended';
}

/**
 * The pods of a reader that still run content from before: those that began before a key changed that they
 * see only when they begin, and those that keep what an earlier ConfigMap held.
 */
export function stalePods(
  reader: Reader,
  pods: readonly Workload[],
  { isImmutable, times, earlier }: KeyTimes,
): readonly Workload[] {
  const { life } = reader.workload;
  const changes = reader.uses.flatMap((use) => {
    if (!isSeenOnce(effectOf(use, life, isImmutable))) return [];
    const read = [...times].filter(([key]) => readsKeys(use, [key]));
    const last = read.reduce((latest, [, time]) => Math.max(latest, time), -Infinity);
    return [{ last, ...(use.started === undefined ? {} : { started: use.started }) }];
  });
  const kept = earlier?.isCertain === true ? keepingPods(reader, pods, earlier) : [];
  return pods.filter((one) => {
    const { pod } = one;
    if (!isThere(one) || pod === undefined) return false;
    const isOld = changes.some(({ last, ...began }) => isFromBefore({ ...pod, ...began }, last));
    return isOld || kept.includes(one);
  });
}

/** The reader as its pods are: whether some of them keep what an earlier ConfigMap of the name held. */
export function asItsPodsAre(
  reader: Reader,
  pods: readonly Workload[],
  earlier: Earlier | undefined,
): Reader {
  if (earlier === undefined || keepingPods(reader, pods, earlier).length === 0) return reader;
  return { ...reader, keepsEarlier: earlier.isCertain ? 'certainly' : 'perhaps' };
}

function keepingPods(
  { workload, uses }: Reader,
  pods: readonly Workload[],
  { until }: Earlier,
): readonly Workload[] {
  const keeps = uses.some(
    (use) => isByKubelet(use) && isSeenOnce(effectOf(use, workload.life, true)),
  );
  if (!keeps) return [];
  return pods.filter(
    (one) => isThere(one) && one.pod !== undefined && isFromBefore(one.pod, until),
  );
}

/** True for what a pod that runs does not see by itself. */
function isSeenOnce(effect: Effect): boolean {
  return effect === 'restart' || effect === 'recreate' || effect === 'never';
}
