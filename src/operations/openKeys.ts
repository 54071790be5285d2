import { isMemoization, type CacheContent } from '../domain/cache.ts';
import type { CachePlan } from '../domain/cachePlan.ts';
import { sameValue, type Value } from '../domain/content.ts';
import { anotherCache, cacheGone, keyGone } from '../domain/failure.ts';
import { cacheId, type CacheRef } from '../domain/ref.ts';
import type { Changes } from './changes.ts';
import { OpenCache, type Hear } from './openCache.ts';
import type { Cluster } from './ports.ts';
import type { Rights } from './rights.ts';

/** One key of one ConfigMap: of the object with this uid, not of another that got its name. */
export interface KeyAddress {
  readonly ref: CacheRef;
  readonly uid: string;
  readonly key: string;
}

/** Why a key cannot be changed. */
export type ReadOnly = 'immutable' | 'memoization' | 'forbidden';

/** A key as a file. */
export interface KeyStat {
  readonly bytes: number;
  /** Milliseconds since the epoch. The change advances with each change of the key's content. */
  readonly created: number;
  readonly changed: number;
  readonly readOnly: ReadOnly | undefined;
}

/** What a save would write, and whether the person has seen what it replaces. */
export interface Save {
  readonly plan: CachePlan;
  /** What the editor was given last; nothing where this window has given it nothing yet. */
  readonly base: Value | undefined;
  /** True where the cluster holds for this key what the editor was given last. */
  readonly seen: boolean;
}

/** Milliseconds for which a cache is followed after the last question about it. */
const LINGER = 30_000;

/** Keys that are open in an editor: their content follows the cluster, and a save becomes a plan. */
export class OpenKeys {
  readonly #cluster: Cluster;
  readonly #changes: Changes;
  readonly #rights: Rights;
  readonly #now: () => number;
  readonly #open = new Map<string, OpenCache>();

  /** `now` gives milliseconds since the epoch. */
  constructor(
    cluster: Cluster,
    { changes, rights, now }: { changes: Changes; rights: Rights; now: () => number },
  ) {
    this.#cluster = cluster;
    this.#changes = changes;
    this.#rights = rights;
    this.#now = now;
  }

  /** How a key is as a file. Throws a `Failure` where it is not there, or not the one that is meant. */
  async stat(address: KeyAddress, signal: AbortSignal): Promise<KeyStat> {
    const open = this.#opened(address.ref);
    const { ref } = address;
    const [cache] = await Promise.all([
      this.#current(open, address, signal),
      this.#rights.learn(ref, [ref.name], signal),
    ]);
    return {
      bytes: valueOf(cache, address).bytes.length,
      created: Date.parse(cache.createdAt),
      changed: open.changed(address.key),
      readOnly: this.#readOnly(cache),
    };
  }

  /** The bytes of a key. From now on they are what the person has seen. */
  async read(address: KeyAddress, signal: AbortSignal): Promise<Uint8Array> {
    const open = this.#opened(address.ref);
    const value = valueOf(await this.#current(open, address, signal), address);
    open.bases.set(address.key, value);
    return value.bytes;
  }

  /** The names of a cache's keys. */
  async keys(address: Omit<KeyAddress, 'key'>, signal: AbortSignal): Promise<readonly string[]> {
    const open = this.#opened(address.ref);
    return (await this.#current(open, address, signal)).keys;
  }

  /** What a save of these bytes would do to the cluster as it is now. */
  async planSave(address: KeyAddress, bytes: Uint8Array, signal: AbortSignal): Promise<Save> {
    const { ref, uid, key } = address;
    const source = { kind: 'editor' } as const;
    const plan = await this.#changes.plan(ref, [{ key, source, content: { bytes } }], signal);
    checked(plan.before, { ref, uid });
    const base = this.#opened(ref).bases.get(key);
    const now = plan.before?.values.get(key);
    return { plan, base, seen: base !== undefined && sameValue(base, now) };
  }

  /** Takes the cache as a save has left it: what was saved is what the person has seen. */
  saved(address: KeyAddress, cache: CacheContent): void {
    const open = this.#opened(address.ref);
    open.put(cache);
    const value = cache.values.get(address.key);
    if (value !== undefined) open.bases.set(address.key, value);
  }

  /** What the editor was given last, and what the cluster holds, as far as it is known. */
  versions({ ref, key }: KeyAddress): { readonly base?: Value; readonly now?: Value } {
    const open = this.#open.get(cacheId(ref));
    const [base, now] = [open?.bases.get(key), open?.cache?.values.get(key)];
    return { ...(base && { base }), ...(now && { now }) };
  }

  /** Tells of each change of a key until the signal aborts; the cache is followed that long. */
  follow(
    address: KeyAddress,
    listener: (change: 'changed' | 'removed') => void,
    signal: AbortSignal,
  ): void {
    const open = this.#opened(address.ref);
    const hear: Hear = (before, after) => {
      const isThere = after?.uid === address.uid && after.values.has(address.key);
      if (!isThere) listener('removed');
      else if (!sameValue(before?.values.get(address.key), after.values.get(address.key))) {
        listener('changed');
      }
    };
    open.listeners.add(hear);
    signal.addEventListener('abort', () => {
      open.listeners.delete(hear);
      this.#leaveLater(open);
    });
  }

  /** Stops following everything. */
  reset(): void {
    for (const open of this.#open.values()) open.stop();
    this.#open.clear();
  }

  #opened(ref: CacheRef): OpenCache {
    const known = this.#open.get(cacheId(ref));
    const open = known ?? new OpenCache(ref, this.#cluster, this.#now);
    this.#open.set(cacheId(ref), open);
    this.#leaveLater(open);
    return open;
  }

  /** Stops following a cache once nobody has asked about it for a while and no editor shows it. */
  #leaveLater(open: OpenCache): void {
    open.leaveAfter(LINGER, () => {
      if (open.listeners.size > 0) return;
      open.stop();
      if (this.#open.get(cacheId(open.ref)) === open) this.#open.delete(cacheId(open.ref));
    });
  }

  /** The cache as it is now: as it is followed, or asked for where that is not live. */
  async #current(
    open: OpenCache,
    address: Omit<KeyAddress, 'key'>,
    signal: AbortSignal,
  ): Promise<CacheContent> {
    if (!(await open.isLive())) {
      const cache = await this.#cluster.readCache(address.ref, signal);
      if (cache !== undefined) open.put(cache);
      return checked(cache, address);
    }
    return checked(open.cache, address);
  }

  #readOnly(cache: CacheContent): ReadOnly | undefined {
    if (isMemoization(cache)) return 'memoization';
    if (cache.immutable) return 'immutable';
    return this.#rights.mayChange(cache.ref) ? undefined : 'forbidden';
  }
}

function checked(
  cache: CacheContent | undefined,
  { ref, uid }: Omit<KeyAddress, 'key'>,
): CacheContent {
  if (cache === undefined) throw cacheGone(ref);
  if (cache.uid !== uid) throw anotherCache(ref);
  return cache;
}

function valueOf(cache: CacheContent, { ref, key }: KeyAddress): Value {
  const value = cache.values.get(key);
  if (value === undefined) throw keyGone(ref, key);
  return value;
}
