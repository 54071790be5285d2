import type { CachePlan, NewContent } from '../../domain/plan/cachePlan.ts';
import { factsOf } from '../../domain/facts.ts';
import { cacheGone, keyGone } from '../../domain/failure.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { Changes } from '../changes.ts';
import type { Cluster } from '../ports.ts';

/** A key that is to have its content under another name, too, or instead. */
export interface KeyCopy {
  readonly ref: CacheRef;
  readonly key: string;
  readonly other: string;
  readonly keepsOld: boolean;
}

/**
 * A plan that gives another key of a cache the content that this key has in the version on which the plan
 * stands, with its source and dates. Throws a `Failure` where the key is not there any more.
 */
export async function planCopy(
  { cluster, changes }: { cluster: Pick<Cluster, 'readCache'>; changes: Pick<Changes, 'plan'> },
  { ref, key, other, keepsOld }: KeyCopy,
  signal: AbortSignal,
): Promise<CachePlan> {
  const cache = await cluster.readCache(ref, signal);
  if (cache === undefined) throw cacheGone(ref);
  const value = cache.values.get(key);
  if (value === undefined) throw keyGone(ref, key);
  const copy: NewContent = {
    key: other,
    source: { kind: 'key', key, facts: factsOf(cache.annotations, key), value },
    content: { bytes: value.bytes },
    stored: value.kind,
  };
  const old: NewContent = { key, source: { kind: 'editor' }, content: undefined };
  const plan = await changes.plan(ref, keepsOld ? [copy] : [copy, old], signal);
  if (plan.before === undefined) throw cacheGone(ref);
  if (!plan.before.values.has(key)) throw keyGone(ref, key);
  return plan;
}
