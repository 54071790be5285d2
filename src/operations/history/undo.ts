import {
  readValue,
  type Birth,
  type CachePlan,
  type NewContent,
  type ReadValue,
} from '../../domain/plan/cachePlan.ts';
import type { CacheContent } from '../../domain/cache.ts';
import type { Value } from '../../domain/content/content.ts';
import { changedSince, historyFailure, isFailure, type Failure } from '../../domain/failure.ts';
import { inOrder, type Version, type Write } from '../../domain/history/history.ts';
import { Past } from '../../domain/history/past.ts';
import { versionDetail } from '../../domain/history/pastChange.ts';
import { printCache, type CacheRef } from '../../domain/ref.ts';
import type { Changes } from '../changes.ts';
import { digestOf } from '../digests.ts';
import type { History } from './history.ts';
import type { Cluster, HistoryStore } from '../ports.ts';

/** A cache as it was and as it is. */
export interface Look {
  readonly past: Past;
  readonly cache: CacheContent | undefined;
  readonly now: ReadonlyMap<string, string>;
}

/** Going back: what was kept becomes a plan like any other. Every method throws a `Failure`. */
export class Undo {
  readonly #store: HistoryStore;
  readonly #history: History;
  readonly #changes: Changes;
  readonly #cluster: Cluster;

  constructor(
    store: HistoryStore,
    of: { readonly history: History; readonly changes: Changes; readonly cluster: Cluster },
  ) {
    this.#store = store;
    this.#history = of.history;
    this.#changes = of.changes;
    this.#cluster = of.cluster;
  }

  /** What is known of the past of a cache, also of one that is deleted. */
  async past(ref: CacheRef, signal: AbortSignal): Promise<Past> {
    await this.#history.settled(ref);
    const places = await this.#history.places(ref, signal);
    const records = await Promise.all(places.map((place) => this.#store.records(place)));
    return new Past(inOrder(records.flat()));
  }

  /** The namespaces of a context in which a name has a past, sorted. */
  async namespaces(context: string, signal: AbortSignal): Promise<readonly string[]> {
    const places = await this.#history.places({ context, namespace: '', name: '' }, signal);
    const found = places.map(({ cluster }) => this.#store.namespaces(cluster));
    return [...new Set((await Promise.all(found)).flat())].sort();
  }

  /** The names in a namespace that have a past, sorted. */
  async names(
    { context, namespace }: Pick<CacheRef, 'context' | 'namespace'>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const places = await this.#history.places({ context, namespace, name: '' }, signal);
    const names = await Promise.all(places.map((place) => this.#store.names(place)));
    return [...new Set(names.flat())].sort();
  }

  /** The bytes of a version. */
  async content({ key, sha256 }: Pick<Version, 'key' | 'sha256'>): Promise<Uint8Array> {
    const bytes = await this.#store.content(sha256);
    if (bytes === undefined) throw historyFailure(`no longer holds that content of ${key}`);
    return bytes;
  }

  /** A version as the value of its key. */
  async value(version: Version): Promise<Value> {
    return { kind: version.stored, bytes: await this.content(version) };
  }

  /**
   * What each of some versions, newest first, changed of the one before it in its key, in words, one after the
   * other. Each content is read once; of one that cannot be read, that is said.
   */
  async *details<V extends Version>(versions: readonly V[]): AsyncGenerator<readonly [V, string]> {
    const older = olderOf(versions);
    const known = new Map<Version, ReadValue | Failure>();
    const reading = async (version: Version) => {
      const read = known.get(version) ?? (await this.#read(version));
      known.set(version, read);
      return read;
    };
    for (const version of versions) {
      const before = older.get(version);
      const words = detailOf(before && (await reading(before)), await reading(version));
      known.delete(version);
      yield [version, words];
    }
  }

  /** The past of a cache, what it is now, and the SHA-256 of what its keys hold now. */
  async look(ref: CacheRef, signal: AbortSignal): Promise<Look> {
    // The past has also what only this answer tells of: that the cache is gone, or was changed by others.
    const cache = await this.#cluster.readCache(ref, signal);
    const past = await this.past(ref, signal);
    return { past, cache, now: await digestsOf(cache) };
  }

  /** A plan that takes back what our last write did to a cache, or the last one that changed this key to it alone. */
  async planUndo(ref: CacheRef, signal: AbortSignal, key?: string): Promise<CachePlan> {
    const { past, cache, now } = await this.look(ref, signal);
    const write = past.lastWrite(cache?.uid ?? '', (name) => now.get(name), key);
    if (write === undefined) {
      const what = key === undefined ? printCache(ref) : `${key} of ${printCache(ref)}`;
      throw historyFailure(`knows no refresh of ${what} that could be undone`);
    }
    return await this.#planBack(ref, { past, write }, signal);
  }

  async #planBack(
    ref: CacheRef,
    { past, write }: { readonly past: Past; readonly write: Pick<Write, 'at' | 'keys'> },
    signal: AbortSignal,
  ): Promise<CachePlan> {
    const contents = write.keys.map(async ({ key: name, before }): Promise<NewContent> => {
      if (before === undefined) return removal(name, write.at);
      const version = past.contentOf(name, before, write.at);
      if (version === undefined) throw historyFailure(`no longer holds what ${name} was before`);
      return await this.#restored(version);
    });
    return await this.#changes.plan(ref, await Promise.all(contents), signal);
  }

  /** A plan that takes back that very write, where its keys hold what it brought; fails where they do not. */
  async planUndoOf(ref: CacheRef, id: string, signal: AbortSignal): Promise<CachePlan> {
    const { past, cache, now } = await this.look(ref, signal);
    const write = past.write(id);
    if (write === undefined) throw historyFailure(`does not hold that write of ${printCache(ref)}`);
    const isThere = write.keys.every(({ key, after }) => now.get(key) === after);
    if (write.uid !== cache?.uid || !isThere) throw changedSince(ref);
    return await this.#planBack(ref, { past, write }, signal);
  }

  /** A plan that gives keys of a cache the content of these versions. */
  async planRestore(
    ref: CacheRef,
    versions: readonly Version[],
    signal: AbortSignal,
  ): Promise<CachePlan> {
    const contents = await Promise.all(versions.map((version) => this.#restored(version)));
    return await this.#changes.plan(ref, contents, signal);
  }

  /**
   * A plan that creates a deleted cache again, with its labels and annotations and all keys that are known. It
   * names those that are not known any more, or whose content cannot be read.
   */
  async planReturn(ref: CacheRef, uid: string, signal: AbortSignal): Promise<CachePlan> {
    const last = (await this.past(ref, signal)).last(uid);
    if (last === undefined) throw historyFailure(`knows nothing of ${printCache(ref)}`);
    const { labels, annotations, immutable } = last.snapshot;
    const restored = await Promise.all(
      last.versions.map((version) => this.#restoredOrKey(version)),
    );
    const contents = restored.filter((each) => typeof each !== 'string');
    const missing = [
      ...last.missing,
      ...restored.filter((each) => typeof each === 'string'),
    ].sort();
    if (contents.length === 0 && missing.length > 0) {
      throw historyFailure(`no longer holds any content of ${printCache(ref)}`);
    }
    const birth: Birth = { labels, annotations, immutable };
    return { ...(await this.#changes.plan(ref, contents, signal, birth)), missing };
  }

  /** The content of a version, or its key where that cannot be read. */
  async #restoredOrKey(version: Version): Promise<NewContent | string> {
    try {
      return await this.#restored(version);
    } catch (error) {
      if (isFailure(error)) return version.key;
      throw error;
    }
  }

  async #read(version: Version): Promise<ReadValue | Failure> {
    try {
      return readValue(version.key, await this.value(version));
    } catch (error) {
      if (isFailure(error)) return error;
      throw error;
    }
  }

  async #restored(version: Version): Promise<NewContent> {
    const { key, at, facts, stored } = version;
    const content = { bytes: await this.content(version) };
    return { key, source: { kind: 'history', at, facts }, content, stored };
  }
}

/** Of each version the one before it in its key; they come newest first. */
function olderOf(versions: readonly Version[]): ReadonlyMap<Version, Version> {
  const newest = new Map<string, Version>();
  const older = new Map<Version, Version>();
  for (const version of versions.toReversed()) {
    const before = newest.get(version.key);
    if (before !== undefined) older.set(version, before);
    newest.set(version.key, version);
  }
  return older;
}

function detailOf(before: ReadValue | Failure | undefined, after: ReadValue | Failure): string {
  if (isFailure(after)) return after.message;
  if (isFailure(before)) return 'what was before it cannot be read';
  return versionDetail(before, after);
}

function removal(key: string, at: string): NewContent {
  return { key, source: { kind: 'history', at, facts: {} }, content: undefined };
}

async function digestsOf(cache: CacheContent | undefined): Promise<ReadonlyMap<string, string>> {
  const values = [...(cache?.values ?? [])];
  return new Map(
    await Promise.all(
      values.map(async ([key, { bytes }]) => [key, await digestOf(bytes)] as const),
    ),
  );
}
