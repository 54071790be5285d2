import type { CacheContent } from '../../domain/cache.ts';
import type { Value } from '../../domain/content/content.ts';
import { anotherCache, cacheGone, keyGone } from '../../domain/failure.ts';
import { cacheId, type CacheRef } from '../../domain/ref.ts';

/** One key of one ConfigMap: of the object with this uid, not of another that got its name. */
export interface KeyAddress {
  readonly ref: CacheRef;
  readonly uid: string;
  readonly key: string;
}

/** Tells addresses apart. */
export function addressId({ ref, uid, key }: KeyAddress): string {
  return JSON.stringify([cacheId(ref), uid, key]);
}

/** The cache, if it is the one that is meant; throws a `Failure` where it is not. */
export function checked(
  cache: CacheContent | undefined,
  { ref, uid }: Omit<KeyAddress, 'key'>,
): CacheContent {
  if (cache === undefined) throw cacheGone(ref);
  if (cache.uid !== uid) throw anotherCache(ref);
  return cache;
}

/** What the cache holds for the key; throws a `Failure` where there is no such key. */
export function valueOf(cache: CacheContent, { ref, key }: KeyAddress): Value {
  const value = cache.values.get(key);
  if (value === undefined) throw keyGone(ref, key);
  return value;
}
