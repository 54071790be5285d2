import { effectOf } from './effect.ts';
import { isFromBefore } from './pod.ts';
import type { CacheManner, Reader } from './reader.ts';
import { readsKeys } from './use.ts';
import type { Workload } from './workload.ts';

/** When the content of the keys of a cache changed last, in milliseconds since the epoch. */
export interface KeyTimes extends CacheManner {
  readonly times: ReadonlyMap<string, number>;
}

/** True for a pod that runs, or will: one that was evicted or has failed stays as a record only. */
export function isThere({ pod, life }: Workload): boolean {
  return pod !== undefined && !pod.isEnding && life !== 'ended';
}

/**
 * The pods of a reader that still run content from before: those that began before a key changed that they
 * see only when they begin.
 */
export function stalePods(
  { workload, uses }: Reader,
  pods: readonly Workload[],
  { isImmutable, times }: KeyTimes,
): readonly Workload[] {
  const changes = uses.flatMap((use) => {
    const effect = effectOf(use, workload.life, isImmutable);
    if (effect !== 'restart' && effect !== 'recreate' && effect !== 'never') return [];
    return [...times].filter(([key]) => readsKeys(use, [key])).map(([, time]) => time);
  });
  const last = changes.reduce((one, other) => Math.max(one, other), -Infinity);
  return pods.filter((one) => isThere(one) && one.pod !== undefined && isFromBefore(one.pod, last));
}
