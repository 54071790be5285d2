import type { CacheContent } from '../domain/cache.ts';
import { sameValue, type Value } from '../domain/content.ts';
import { lastWriter } from '../domain/owners.ts';
import type { CacheRef } from '../domain/ref.ts';
import { isNewer } from '../domain/version.ts';
import { Following, type Heard } from './following.ts';
import type { Cluster } from './ports.ts';

/** Hears how a cache was and how it is; nothing where it is not there. */
export type Hear = (before: CacheContent | undefined, after: CacheContent | undefined) => void;

/** A cache of which a key is open: it is followed with its content. */
export class OpenCache {
  readonly ref: CacheRef;
  readonly listeners = new Set<Hear>();
  /** By key: what an editor was given last. */
  readonly bases = new Map<string, Value>();
  cache: CacheContent | undefined;
  readonly #following: Following<CacheContent>;
  readonly #times = new Map<string, number>();
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(ref: CacheRef, cluster: Cluster, now: () => number) {
    this.ref = ref;
    this.#following = new Following<CacheContent>(
      (listener, signal) => {
        cluster.followContent(ref, listener, signal);
      },
      { hear: this.#hear, changed: () => undefined, now },
    );
  }

  /** True where what is held is what the cluster holds; waits for the first word of it. */
  async isLive(): Promise<boolean> {
    await this.#following.first;
    return this.#following.standing.kind === 'live';
  }

  /** When the content of a key changed last, in milliseconds since the epoch. */
  changed(key: string): number {
    const known = this.#times.get(key);
    if (known !== undefined) return known;
    const time = this.cache === undefined ? 0 : timeOf(this.cache, key);
    this.#times.set(key, time);
    return time;
  }

  /** Takes a cache that is not older than the one that is held. */
  put(after: CacheContent): void {
    const before = this.cache;
    if (before?.uid === after.uid && !isNewer(after.resourceVersion, before.resourceVersion))
      return;
    this.cache = after;
    for (const [key, time] of this.#times) {
      if (before?.uid === after.uid && sameValue(before.values.get(key), after.values.get(key))) {
        continue;
      }
      // The cluster's clock has seconds: two changes in one of them are told apart all the same.
      this.#times.set(key, Math.max(time + 1, timeOf(after, key)));
    }
    for (const hear of this.listeners) hear(before, after);
  }

  leaveAfter(milliseconds: number, leave: () => void): void {
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(leave, milliseconds);
    this.#leaving.unref();
  }

  stop(): void {
    clearTimeout(this.#leaving);
    this.#following.stop();
  }

  readonly #hear = (event: Heard<CacheContent>): void => {
    const [only] = event.kind === 'all' || event.kind === 'begun' ? event.items : [event.item];
    if (event.kind !== 'removed' && only !== undefined) {
      this.put(only);
      return;
    }
    const before = this.cache;
    this.cache = undefined;
    for (const hear of this.listeners) hear(before, undefined);
  };
}

/** The time of the last write of a key in milliseconds, as far as the cluster tells. */
function timeOf(cache: CacheContent, key: string): number {
  return Date.parse(lastWriter(cache, key)?.time ?? cache.createdAt);
}
