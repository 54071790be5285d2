import { isMemoization, type CacheContent } from '../domain/cache.ts';
import type { CachePlan } from '../domain/cachePlan.ts';
import { sameValue } from '../domain/content.ts';
import type { HistoryPlace } from '../domain/history.ts';
import { changedKeys } from '../domain/planState.ts';
import type { CacheRef } from '../domain/ref.ts';
import { addWrite, batchOf, type Batch } from './historyBatch.ts';
import type { CacheWrite, Cluster, HistoryStore } from './ports.ts';
import { Seen } from './seen.ts';

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

/** Keeps what is replaced: by us before it is written, by others once it is seen. */
export class History {
  readonly #store: HistoryStore;
  readonly #cluster: Pick<Cluster, 'identity'>;
  readonly #surroundings: HistorySurroundings;
  readonly #seen = new Seen();
  /** The states of caches that were kept before a write: the last ones. */
  readonly #kept = new Set<string>();
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
    const batch = await this.#batch(place, before, keysToKeep(before, plan));
    await addWrite(batch, { plan, write, id, at: this.#at() });
    await this.#store.keep(place, batch.records, batch.contents);
    this.#remember(before);
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
    // What our own write replaces is kept already, before anybody hears of it.
    if (replaced.length > 0 && !this.#kept.has(stateOf(before))) this.#keepLater(before, replaced);
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
    const { records, contents } = await this.#batch(place, cache, [...cache.values.keys()]);
    await this.#store.keep(place, records, contents);
  }

  /** Ends when all that is kept in the background is kept. */
  async settled(): Promise<void> {
    await this.#background;
  }

  #remember(cache: CacheContent): void {
    this.#kept.add(stateOf(cache));
    const [oldest] = this.#kept;
    if (this.#kept.size > MOST_STATES && oldest !== undefined) this.#kept.delete(oldest);
  }

  #keepLater(cache: CacheContent, keys: readonly string[]): void {
    this.#later(async () => {
      const [place] = await this.places(cache.ref, new AbortController().signal);
      if (place === undefined) return;
      const { records, contents } = await this.#batch(place, cache, keys);
      if (records.length > 0) await this.#store.keep(place, records, contents);
    });
  }

  #later(work: () => Promise<void>): void {
    this.#background = this.#background.then(work).catch((error: unknown) => {
      this.#surroundings.log(`What was replaced could not be kept. ${String(error)}`);
    });
  }

  async #batch(place: HistoryPlace, cache: CacheContent, keys: readonly string[]): Promise<Batch> {
    const known = await this.#store.records(place);
    return await batchOf(cache, { keys, known, at: this.#at() });
  }

  #at(): string {
    return this.#surroundings.now().toISOString();
  }
}

const NONE: ReadonlyMap<string, Uint8Array> = new Map<string, Uint8Array>();

/** States of caches that are remembered as kept. */
const MOST_STATES = 1000;

function stateOf({ uid, resourceVersion }: CacheContent): string {
  return `${uid} ${resourceVersion}`;
}

/** All keys, so that a cache that is deleted can be restored; of a memoization map those that change. */
function keysToKeep(before: CacheContent, plan: CachePlan): readonly string[] {
  return isMemoization(before)
    ? changedKeys(plan).map(({ key }) => key)
    : [...before.values.keys()];
}
