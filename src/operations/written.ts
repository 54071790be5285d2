import type { CacheContent } from '../domain/cache.ts';
import type { CachePlan } from '../domain/cachePlan.ts';
import { sameValue, type Value } from '../domain/content.ts';
import { CACHE_LABEL } from '../domain/facts.ts';
import type { CacheWrite, NewCache } from './ports.ts';

/** The ConfigMap that the write of a plan makes where there was none. */
export function newCacheOf(
  { birth }: CachePlan,
  { ref, values, annotations }: CacheWrite,
): NewCache {
  const facts = Object.entries(annotations).filter(([, value]) => value !== null);
  return {
    ref,
    values,
    labels: birth?.labels ?? { [CACHE_LABEL]: 'true' },
    annotations: {
      ...birth?.annotations,
      ...(Object.fromEntries(facts) as Record<string, string>),
    },
    immutable: birth?.immutable ?? false,
  };
}

/** True when the cache holds every value and annotation of the write, its time stamp included. */
export function holds(cache: CacheContent, { values, removed, annotations }: CacheWrite): boolean {
  const is = (key: string, value: Value | undefined) => sameValue(cache.values.get(key), value);
  return (
    [...values].every(([key, value]) => is(key, value)) &&
    [...removed.keys()].every((key) => is(key, values.get(key))) &&
    Object.entries(annotations).every(
      ([name, value]) => cache.annotations[name] === (value ?? undefined),
    )
  );
}
