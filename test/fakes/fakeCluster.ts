import type { CacheContent } from '../../src/domain/cache.ts';
import { cacheId, type CacheRef } from '../../src/domain/ref.ts';
import { isNewer } from '../../src/domain/history/version.ts';
import type { CacheWrite, Cluster, Contexts } from '../../src/operations/ports.ts';
import type { DeleteOutcome, NewCache, WriteOutcome } from '../../src/operations/written.ts';

/** One write as the cluster got it; a creation has no version. */
export type RecordedWrite =
  | { readonly write: CacheWrite; readonly resourceVersion: string }
  | { readonly cache: NewCache; readonly resourceVersion: undefined };

/** A cluster in memory that keeps ConfigMaps by the rules of the API server, and can lose its voice. */
export class FakeCluster implements Cluster {
  readonly #caches = new Map<string, CacheContent>();
  readonly #states: CacheContent[] = [];
  #version = 1000;
  readonly writes: RecordedWrite[] = [];
  /** The next write gets no answer: the connection breaks before or after it is carried out. */
  cut: 'before' | 'after' | undefined;
  /** True where it remembers no states but those of now. */
  forgets = false;
  /** What every read throws from now on. */
  readFailure: Error | undefined;
  /** What was asked whether it could be created, and what that throws from now on. */
  readonly tried: NewCache[] = [];
  tryFailure: Error | undefined;
  /** What every write throws from now on, without being carried out. */
  writeFailure: Error | undefined;

  constructor(...caches: readonly CacheContent[]) {
    for (const cache of caches) this.put(cache);
  }

  /** Somebody else writes the cache: it is at another version from now on. */
  put(cache: CacheContent): CacheContent {
    this.#version += 1;
    const stored = {
      ...cache,
      resourceVersion: String(this.#version),
      keys: [...cache.values.keys()].sort(),
    };
    this.#caches.set(cacheId(cache.ref), stored);
    this.#states.push(stored);
    return stored;
  }

  /** Somebody else deletes the cache. */
  delete(ref: CacheRef): void {
    this.#caches.delete(cacheId(ref));
  }

  /** The cache as it is now, without a request. */
  peek(ref: CacheRef): CacheContent | undefined {
    return this.#caches.get(cacheId(ref));
  }

  async readCache(ref: CacheRef, signal: AbortSignal): Promise<CacheContent | undefined> {
    await Promise.resolve();
    signal.throwIfAborted();
    if (this.readFailure !== undefined) throw this.readFailure;
    return this.peek(ref);
  }

  async statesSince(
    { name }: CacheRef,
    { from, to }: { readonly from: string; readonly to: string | undefined },
  ): Promise<readonly CacheContent[] | undefined> {
    await Promise.resolve();
    if (this.forgets) return undefined;
    return this.#states.filter(
      ({ ref, resourceVersion }) =>
        ref.name === name &&
        isNewer(resourceVersion, from) &&
        (to === undefined || isNewer(to, resourceVersion)),
    );
  }

  async changeKeys(
    write: CacheWrite,
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    await this.#receive({ write, resourceVersion }, signal);
    const cache = this.peek(write.ref);
    if (cache === undefined) return { kind: 'gone' };
    if (cache.resourceVersion !== resourceVersion) return { kind: 'conflict' };
    return this.#carryOut(() => this.put(changed(cache, write)));
  }

  async createCache(cache: NewCache, signal: AbortSignal): Promise<WriteOutcome> {
    await this.#receive({ cache, resourceVersion: undefined }, signal);
    if (this.peek(cache.ref) !== undefined) return { kind: 'conflict' };
    return this.#carryOut(() =>
      this.put({
        ...cache,
        uid: `uid-${this.#version}`,
        resourceVersion: '',
        createdAt: '2026-01-02T03:04:05Z',
        keys: [],
        owners: cache.owners ?? [],
        finalizers: [],
        writers: [],
      }),
    );
  }

  async tryCreate(cache: NewCache, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.tried.push(cache);
    if (this.tryFailure !== undefined) throw this.tryFailure;
  }

  async deleteCache(
    { ref, uid, resourceVersion }: Pick<CacheContent, 'ref' | 'uid' | 'resourceVersion'>,
    signal: AbortSignal,
  ): Promise<DeleteOutcome> {
    await Promise.resolve();
    signal.throwIfAborted();
    const cache = this.peek(ref);
    if (cache === undefined) return { kind: 'gone' };
    if (cache.uid !== uid || cache.resourceVersion !== resourceVersion) return { kind: 'conflict' };
    this.delete(ref);
    return { kind: 'deleted' };
  }

  identity(context: string): Promise<readonly string[]> {
    return Promise.resolve([`uid of ${context}`, `address of ${context}`]);
  }

  followContent(): void {
    throw new Error('The fake follows nothing.');
  }

  followContexts(): void {
    throw new Error('The fake has no contexts.');
  }

  may(): Promise<boolean> {
    throw new Error('The fake has no rights.');
  }

  contexts(): Promise<Contexts> {
    throw new Error('The fake has no contexts.');
  }

  followNamespaces(): void {
    throw new Error('The fake follows nothing.');
  }

  followCaches(): void {
    throw new Error('The fake follows nothing.');
  }

  setLabel(): Promise<void> {
    throw new Error('The fake sets no labels.');
  }

  reset(): void {
    throw new Error('The fake has nothing to reset.');
  }

  async #receive(recorded: RecordedWrite, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.writes.push(recorded);
    if (this.writeFailure !== undefined) throw this.writeFailure;
  }

  #carryOut(store: () => CacheContent): WriteOutcome {
    const { cut } = this;
    this.cut = undefined;
    const unanswered = { kind: 'unanswered', detail: 'read ECONNRESET' } as const;
    if (cut === 'before') return unanswered;
    const stored = store();
    return cut === 'after' ? unanswered : { kind: 'written', cache: stored };
  }
}

function changed(cache: CacheContent, { values, removed, annotations }: CacheWrite): CacheContent {
  const kept = [...cache.values].filter(([key]) => !removed.has(key));
  const noted = Object.entries({ ...cache.annotations, ...annotations });
  return {
    ...cache,
    values: new Map([...kept, ...values]),
    annotations: Object.fromEntries(
      noted.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
  };
}
