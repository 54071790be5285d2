import type { CacheContent } from '../../domain/cache.ts';
import { sameValue, type Value } from '../../domain/content/content.ts';
import { writtenAt } from '../../domain/owners.ts';
import type { CacheRef } from '../../domain/ref.ts';
import { isNewer } from '../../domain/history/version.ts';
import { Following, type Heard } from '../following.ts';
import type { Cluster } from '../ports.ts';

/** Hears how a cache is; nothing where it is not there. */
export type Hear = (cache: CacheContent | undefined) => void;

/** Why a key cannot be changed. */
export type ReadOnly = 'immutable' | 'memoization' | 'forbidden';

/** A cache of which a key is open: it is followed with its content. */
export class OpenCache {
  readonly ref: CacheRef;
  readonly listeners = new Set<Hear>();
  /** By key: what was read of it last, by an editor or by anybody else. */
  readonly read = new Map<string, Value>();
  /** Whether its keys could be changed when that was asked last. */
  lock: { readonly readOnly: ReadOnly | undefined } | undefined;
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

  /** True where it is known whether the cache is there, and how it was when the cluster was heard last. */
  get isKnown(): boolean {
    return this.cache !== undefined || this.#following.standing.kind === 'live';
  }

  /** When the content of a key changed last, in milliseconds since the epoch. */
  changed(key: string): number {
    const known = this.#times.get(key);
    if (known !== undefined) return known;
    const time = this.cache === undefined ? 0 : writtenAt(this.cache, key);
    this.#times.set(key, time);
    return time;
  }

  /** Takes a cache that is not older than the one that is held. */
  put(after: CacheContent): void {
    const before = this.cache;
    if (before?.uid === after.uid && !isNewer(after.resourceVersion, before.resourceVersion))
      return;
    this.#take(after);
  }

  #take(after: CacheContent): void {
    const before = this.cache;
    this.cache = after;
    for (const [key, time] of this.#times) {
      if (before?.uid === after.uid && sameValue(before.values.get(key), after.values.get(key))) {
        continue;
      }
      // The cluster's clock has seconds: two changes in one of them are told apart all the same.
      this.#times.set(key, Math.max(time + 1, writtenAt(after, key)));
    }
    this.tell();
  }

  /** Tells the listeners how the cache is. */
  tell(): void {
    for (const hear of this.listeners) hear(this.cache);
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
    switch (event.kind) {
      case 'changed':
        this.put(event.item);
        return;
      case 'begun':
      case 'all': {
        // A cluster that was restored from a backup holds an older version of the same object.
        const [only] = event.items;
        if (only === undefined) this.#lose();
        else this.#take(only);
        return;
      }
      case 'removed':
        this.#lose();
    }
  };

  #lose(): void {
    this.cache = undefined;
    this.tell();
  }
}
