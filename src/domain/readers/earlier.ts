import type { CacheSummary } from '../cache.ts';
import type { Past } from '../history/past.ts';
import type { Earlier } from './reader.ts';

/**
 * Up to when pods may have begun with an earlier ConfigMap of the name that was immutable, by the history: once
 * immutable is immutable for good, so the last that is known of each says it. Nothing where all that are known
 * could be changed.
 */
export function earlierOf(
  past: Past,
  present: Pick<CacheSummary, 'uid' | 'createdAt'>,
): Earlier | undefined {
  const uids = past.uids().filter((uid) => uid !== present.uid);
  const index = uids.findIndex((uid) => past.last(uid)?.snapshot.immutable === true);
  const created = Date.parse(present.createdAt);
  if (index < 0) {
    const isKnown = uids.length > 0 && uids.every((uid) => past.last(uid) !== undefined);
    return isKnown ? undefined : unknownBefore(created);
  }
  // Another may have come between the two: pods that began with that one follow the name.
  const next = index === 0 ? undefined : past.firstKeptAt(uids[index - 1] ?? '');
  const until = next === undefined ? created : Math.min(created, Date.parse(next));
  return { until, isCertain: true };
}

/**
 * The same where nothing is known of an earlier ConfigMap. A pod from before the present one was created may have
 * begun with one, or have waited for the present one, or do without where it may be absent: the cluster tells no
 * difference, since the time of a pod is when its node took it up. So nothing is claimed of such a pod, and it counts
 * neither as fresh nor as stale; a pod of the same second is no such pod. `created` is in milliseconds since the epoch.
 */
export function unknownBefore(created: number): Earlier {
  return { until: created - 1000, isCertain: false };
}
