import { valueBytes, type CacheContent } from '../domain/cache.ts';
import { cacheId, type CacheRef } from '../domain/ref.ts';

/** Bytes of values that are held in memory at most. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Caches as they were last read, within a limit of memory. */
export class Seen {
  readonly #caches = new Map<string, CacheContent>();
  #bytes = 0;

  get(ref: CacheRef): CacheContent | undefined {
    return this.#caches.get(cacheId(ref));
  }

  /** Remembers a cache in the place of what was known of it; gives those that there is no room for any more. */
  put(cache: CacheContent): readonly CacheContent[] {
    this.take(cache.ref);
    this.#caches.set(cacheId(cache.ref), cache);
    this.#bytes += valueBytes(cache.values);
    const dropped: CacheContent[] = [];
    for (const oldest of this.#caches.values()) {
      if (this.#bytes <= MOST_BYTES || oldest === cache) break;
      this.take(oldest.ref);
      dropped.push(oldest);
    }
    return dropped;
  }

  /** Forgets a cache; gives what was known of it. */
  take(ref: CacheRef): CacheContent | undefined {
    const cache = this.get(ref);
    if (cache === undefined) return undefined;
    this.#caches.delete(cacheId(ref));
    this.#bytes -= valueBytes(cache.values);
    return cache;
  }
}
