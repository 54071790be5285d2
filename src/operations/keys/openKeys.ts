import { isMemoization, type CacheContent } from '../../domain/cache.ts';
import type { CachePlan } from '../../domain/plan/cachePlan.ts';
import { sameValue, type Value } from '../../domain/content/content.ts';
import { cacheId, type CacheRef } from '../../domain/ref.ts';
import type { Changes } from '../changes.ts';
import { addressId, checked, valueOf, type KeyAddress } from './keyAddress.ts';
import { OpenCache, type Hear, type ReadOnly } from './openCache.ts';
import type { Cluster } from '../ports.ts';
import type { Rights } from '../rights.ts';

/** A key as a file. */
export interface KeyStat {
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /**
   * Goes on with each change of this key's content and with no other, though `resourceVersion` does: of what
   * happens to another key or a label, VS Code would say that the file is newer, and hold back a save. It begins
   * with the time that the cluster tells, and while an editor shows the key it never goes back.
   */
  readonly changed: number;
  readonly readOnly: ReadOnly | undefined;
}

/** What a save would write, and whether the person has seen what it replaces. */
export interface Save {
  readonly plan: CachePlan;
  /** What the text was made from; nothing where that is not known in this window. */
  readonly base: Value | undefined;
  /** True where the cluster holds for this key what the text was made from. */
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
  /** What the text of each open document was made from, as long as it is open. */
  readonly #documents = new Map<string, Value | undefined>();

  /** `now` gives milliseconds since the epoch. */
  constructor(
    cluster: Cluster,
    { changes, rights, now }: { changes: Changes; rights: Rights; now: () => number },
  ) {
    this.#cluster = cluster;
    this.#changes = changes;
    this.#rights = rights;
    this.#now = now;
    rights.onReset(() => {
      for (const open of this.#open.values()) {
        this.#relearn(open).catch(() => undefined);
      }
    });
  }

  /** How a key is as a file. Throws a `Failure` where it is not there, or not the one that is meant. */
  async stat(address: KeyAddress, signal: AbortSignal): Promise<KeyStat> {
    const open = this.#opened(address.ref);
    const { ref } = address;
    const [cache] = await Promise.all([
      this.#current(open, address, signal),
      this.#rights.learn(ref, [ref.name], signal),
    ]);
    const readOnly = this.#readOnly(cache);
    open.lock = { readOnly };
    return {
      bytes: valueOf(cache, address).bytes.length,
      created: Date.parse(cache.createdAt),
      changed: open.changed(address.key),
      readOnly,
    };
  }

  /** The bytes of a key. Whether a document shows them is told by `shown`. */
  async read(address: KeyAddress, signal: AbortSignal): Promise<Uint8Array> {
    const open = this.#opened(address.ref);
    const value = valueOf(await this.#current(open, address, signal), address);
    open.read.set(address.key, value);
    return value.bytes;
  }

  /** What was read of a key last. */
  lastRead({ ref, key }: KeyAddress): Value | undefined {
    return this.#open.get(cacheId(ref))?.read.get(key);
  }

  /** A document of the key is open, and its text was made from this value; nothing where that is not known. */
  shown(address: KeyAddress, value: Value | undefined): void {
    const id = addressId(address);
    if (value !== undefined || !this.#documents.has(id)) this.#documents.set(id, value);
  }

  /** The document of the key is closed. */
  closed(address: KeyAddress): void {
    this.#documents.delete(addressId(address));
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
    const base = this.#base(address);
    const now = plan.before?.values.get(key);
    return { plan, base, seen: base !== undefined && sameValue(base, now) };
  }

  /** Takes the cache as a save has left it: what was saved is what the person has seen. */
  saved(address: KeyAddress, cache: CacheContent): void {
    const open = this.#opened(address.ref);
    open.put(cache);
    const value = cache.values.get(address.key);
    if (value === undefined) return;
    open.read.set(address.key, value);
    if (this.#documents.has(addressId(address))) this.shown(address, value);
  }

  /** What the text was made from, and what the cluster holds. */
  async versions(
    address: KeyAddress,
    signal: AbortSignal,
  ): Promise<{ readonly base?: Value; readonly now?: Value }> {
    const { ref, uid, key } = address;
    const open = this.#opened(ref);
    const isLive = await open.isLive();
    const cache = isLive ? open.cache : await this.#cluster.readCache(ref, signal);
    const base = this.#base(address);
    const now = cache?.uid === uid ? cache.values.get(key) : undefined;
    return { ...(base && { base }), ...(now && { now }) };
  }

  /**
   * Tells of each change of a key, and of whether it can be changed, until the signal aborts; the cache is
   * followed that long. What changed since the document was given its text is told at once.
   */
  follow(
    address: KeyAddress,
    listener: (change: 'changed' | 'removed') => void,
    signal: AbortSignal,
  ): void {
    const open = this.#opened(address.ref);
    let told: Value | 'removed' | undefined = this.#base(address);
    const hear: Hear = (cache) => {
      const value = cache?.uid === address.uid ? cache.values.get(address.key) : undefined;
      const before = told;
      told = value ?? 'removed';
      if (cache === undefined || value === undefined) listener('removed');
      else if (before === 'removed' || this.#isOtherLock(open, cache)) listener('changed');
      else if (before !== undefined && !sameValue(before, value)) listener('changed');
    };
    open.listeners.add(hear);
    if (open.isKnown) hear(open.cache);
    signal.addEventListener('abort', () => {
      open.listeners.delete(hear);
      this.#leaveLater(open);
    });
  }

  /** Stops following caches of other contexts than these. */
  keepTo(contexts: readonly string[]): void {
    for (const [id, open] of this.#open) {
      if (contexts.includes(open.ref.context)) continue;
      open.stop();
      this.#open.delete(id);
    }
  }

  /** Stops following everything. */
  reset(): void {
    this.keepTo([]);
  }

  /** What the text of a key was made from. Editors that have no document show what was read last. */
  #base(address: KeyAddress): Value | undefined {
    const id = addressId(address);
    return this.#documents.has(id) ? this.#documents.get(id) : this.lastRead(address);
  }

  /** Asks anew whether a cache may be changed. */
  async #relearn(open: OpenCache): Promise<void> {
    if (open.listeners.size === 0) return;
    await this.#rights.learn(open.ref, [open.ref.name], new AbortController().signal);
    if (open.isKnown) open.tell();
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

  #isOtherLock({ lock }: OpenCache, cache: CacheContent): boolean {
    return lock !== undefined && lock.readOnly !== this.#readOnly(cache);
  }

  #readOnly(cache: CacheContent): ReadOnly | undefined {
    if (isMemoization(cache)) return 'memoization';
    if (cache.immutable) return 'immutable';
    return this.#rights.mayChange(cache.ref) ? undefined : 'forbidden';
  }
}
