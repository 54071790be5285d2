import { isMemoization, type CacheContent } from '../domain/cache.ts';
import type { CachePlan } from '../domain/cachePlan.ts';
import { sameValue, type Value } from '../domain/content.ts';
import { factsOf } from '../domain/facts.ts';
import {
  sameSnapshot,
  snapshotOf,
  type HistoryPlace,
  type HistoryRecord,
  type Version,
  type WrittenKey,
} from '../domain/history.ts';
import { FIELD_MANAGER, lastWriter } from '../domain/owners.ts';
import { Past } from '../domain/past.ts';
import { changedKeys } from '../domain/planState.ts';
import type { CacheRef } from '../domain/ref.ts';
import { digestOf } from './digests.ts';
import { Seen } from './seen.ts';
import type { CacheWrite, Cluster, HistoryStore } from './ports.ts';

/** What was kept before a write, until it is known how the write ended. */
export interface Kept {
  /** Takes the cache as it is after the write; nothing where it was not written. */
  readonly ended: (cache: CacheContent | undefined) => void;
}

/** What the history needs from outside. */
export interface HistorySurroundings {
  readonly now: () => Date;
  /** Takes a line for the person's log. */
  readonly log: (line: string) => void;
  /** Gives a new id for a write. */
  readonly newId: () => string;
}

/** Records and contents that are kept together. */
interface Batch {
  readonly records: HistoryRecord[];
  readonly contents: Map<string, Uint8Array>;
}

/** Keeps what is replaced: by us before it is written, by others once it is seen. */
export class History {
  readonly #store: HistoryStore;
  readonly #cluster: Pick<Cluster, 'identity'>;
  readonly #surroundings: HistorySurroundings;
  readonly #seen = new Seen();
  #background: Promise<void> = Promise.resolve();

  constructor(
    store: HistoryStore,
    cluster: Pick<Cluster, 'identity'>,
    surroundings: HistorySurroundings,
  ) {
    this.#store = store;
    this.#cluster = cluster;
    this.#surroundings = surroundings;
  }

  /** Where the history of a cache is: the first place is written to, all of them are read. */
  async places(ref: CacheRef, signal: AbortSignal): Promise<readonly HistoryPlace[]> {
    const { namespace, name } = ref;
    const identities = await this.#cluster.identity(ref.context, signal);
    return identities.map((cluster) => ({ cluster, namespace, name }));
  }

  /**
   * Keeps all that a plan would replace, and what it would write. Throws a `Failure` where that cannot be:
   * then the write must not be sent.
   */
  async beforeWrite(plan: CachePlan, write: CacheWrite, signal: AbortSignal): Promise<Kept> {
    const { before } = plan;
    // What is created replaces nothing.
    if (before === undefined)
      return {
        ended: (cache) => {
          if (cache !== undefined) this.saw(cache);
        },
      };
    const [place] = await this.places(plan.ref, signal);
    if (place === undefined) throw new Error('A cluster has no identity.');
    const id = this.#surroundings.newId();
    const batch = await this.#batchOf(place, before, keysToKeep(before, plan));
    const annotations = changedAnnotations(before.annotations, write.annotations);
    await this.#addWrite(batch, plan, { id, uid: before.uid, annotations });
    await this.#store.keep(place, batch.records, batch.contents);
    return {
      ended: (cache) => {
        const { uid } = before;
        const written = cache !== undefined;
        this.#later(() =>
          this.#store.keep(place, [{ kind: 'outcome', at: this.#at(), uid, id, written }], NONE),
        );
        if (written) this.#seen.put(cache);
      },
    };
  }

  /** Takes a cache as it was read. What it held before and holds no more is kept, in the background. */
  readonly saw = (cache: CacheContent): void => {
    if (isMemoization(cache)) return;
    const before = this.#seen.get(cache.ref);
    for (const old of this.#seen.put(cache)) this.#keepLater(old, [...old.values.keys()]);
    if (before === undefined || before.resourceVersion === cache.resourceVersion) return;
    const another = before.uid !== cache.uid;
    const replaced = [...before.values.keys()].filter(
      (key) => another || !sameValue(before.values.get(key), cache.values.get(key)),
    );
    if (replaced.length > 0) this.#keepLater(before, replaced);
  };

  /** Takes the word that a cache is gone: all that was read of it is kept, in the background. */
  lost(ref: CacheRef): void {
    const before = this.#seen.take(ref);
    if (before !== undefined) this.#keepLater(before, [...before.values.keys()]);
  }

  /** Keeps all that a cache holds, as it was read, before it is deleted. Throws a `Failure`. */
  async keep(cache: CacheContent, signal: AbortSignal): Promise<void> {
    const [place] = await this.places(cache.ref, signal);
    if (place === undefined) return;
    const { records, contents } = await this.#batchOf(place, cache, [...cache.values.keys()]);
    await this.#store.keep(place, records, contents);
  }

  /** Ends when all that is kept in the background is kept. */
  async settled(): Promise<void> {
    await this.#background;
  }

  #keepLater(cache: CacheContent, keys: readonly string[]): void {
    this.#later(async () => {
      const [place] = await this.places(cache.ref, new AbortController().signal);
      if (place === undefined) return;
      const { records, contents } = await this.#batchOf(place, cache, keys);
      if (records.length > 0) await this.#store.keep(place, records, contents);
    });
  }

  #later(work: () => Promise<void>): void {
    this.#background = this.#background.then(work).catch((error: unknown) => {
      this.#surroundings.log(`What was replaced could not be kept. ${String(error)}`);
    });
  }

  /** The versions of these keys that are not the last ones kept already, and how the cache is around them. */
  async #batchOf(
    place: HistoryPlace,
    cache: CacheContent,
    keys: readonly string[],
  ): Promise<Batch> {
    const known = await this.#store.records(place);
    const last = new Map<string, string>();
    for (const { uid, key, sha256 } of new Past(known).versions().toReversed()) {
      if (uid === cache.uid) last.set(key, sha256);
    }
    const batch: Batch = { records: [], contents: new Map() };
    for (const key of keys) {
      const value = cache.values.get(key);
      if (value === undefined) continue;
      const sha256 = await digestOf(value.bytes);
      if (last.get(key) === sha256) continue;
      batch.records.push(this.#versionOf(cache, { key, value, sha256 }));
      batch.contents.set(sha256, value.bytes);
    }
    const snapshot = snapshotOf(cache, this.#at());
    const before = known.findLast(({ kind, uid }) => kind === 'snapshot' && uid === cache.uid);
    if (!sameSnapshot(before, snapshot)) batch.records.push(snapshot);
    return batch;
  }

  #versionOf(cache: CacheContent, { key, value, sha256 }: KeyContent): Version {
    const writer = lastWriter(cache, key);
    return {
      kind: 'version',
      at: this.#at(),
      uid: cache.uid,
      key,
      sha256,
      bytes: value.bytes.length,
      stored: value.kind,
      ...(writer === undefined ? {} : { manager: writer.manager, time: writer.time }),
      facts: factsOf(cache.annotations, key),
    };
  }

  async #addWrite(
    { records, contents }: Batch,
    plan: CachePlan,
    { id, uid, annotations }: Begun,
  ): Promise<void> {
    const at = this.#at();
    const keys: WrittenKey[] = [];
    for (const { key, before, after } of changedKeys(plan)) {
      const sha256 = after && (await digestOf(after.bytes));
      const replaced = before && (await digestOf(before.bytes));
      keys.push({
        key,
        ...(replaced === undefined ? {} : { before: replaced }),
        ...(sha256 === undefined ? {} : { after: sha256 }),
      });
      if (after === undefined || sha256 === undefined) continue;
      const facts = factsOf(annotations, key);
      const written = { sha256, bytes: after.bytes.length, stored: after.kind, write: id };
      const by = { manager: FIELD_MANAGER, time: at };
      records.push({ kind: 'version', at, uid, key, ...written, ...by, facts });
      contents.set(sha256, after.bytes);
    }
    records.push({ kind: 'write', at, uid, id, keys });
  }

  #at(): string {
    return this.#surroundings.now().toISOString();
  }
}

/** A write that begins, and the annotations that the cache has after it. */
interface Begun {
  readonly id: string;
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
}

interface KeyContent {
  readonly key: string;
  readonly value: Value;
  readonly sha256: string;
}

const NONE: ReadonlyMap<string, Uint8Array> = new Map<string, Uint8Array>();

function changedAnnotations(
  before: Readonly<Record<string, string>>,
  changes: CacheWrite['annotations'],
): Readonly<Record<string, string>> {
  const after = Object.entries({ ...before, ...changes });
  return Object.fromEntries(
    after.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

/** All keys, so that a cache that is deleted can be restored; of a memoization map those that change. */
function keysToKeep(before: CacheContent, plan: CachePlan): readonly string[] {
  return isMemoization(before)
    ? changedKeys(plan).map(({ key }) => key)
    : [...before.values.keys()];
}
