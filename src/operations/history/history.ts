import { isMemoization, valueBytes, type CacheContent } from '../../domain/cache.ts';
import type { CachePlan } from '../../domain/plan/cachePlan.ts';
import { sameValue } from '../../domain/content/content.ts';
import { snapshotOf, type HistoryPlace, type HistoryRecord } from '../../domain/history/history.ts';
import { changedKeys } from '../../domain/plan/planState.ts';
import type { CacheRef } from '../../domain/ref.ts';
import { isNewer } from '../../domain/history/version.ts';
import {
  addWrite,
  batchOf,
  broughtAnew,
  broughtBy,
  emptyBatch,
  type Batch,
  type Brought,
  type Keeping,
} from './historyBatch.ts';
import { HistoryLater } from './historyLater.ts';
import type { CacheWrite, Cluster, HistoryStore } from '../ports.ts';
import { Seen } from '../seen.ts';
import type { NewCache } from '../written.ts';

/** What was kept before a write, until it is known how the write ended. */
export interface Kept {
  /** The id of the write. */
  readonly id: string;
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
  readonly #later: HistoryLater;

  constructor(
    store: HistoryStore,
    cluster: Pick<Cluster, 'identity'>,
    surroundings: HistorySurroundings,
  ) {
    this.#store = store;
    this.#cluster = cluster;
    this.#surroundings = surroundings;
    this.#later = new HistoryLater(surroundings.log);
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
    const { before, ref } = plan;
    const replaced = new Set(changedKeys(plan).map(({ key }) => key));
    const keys = before === undefined ? [] : keysToKeep(before, replaced);
    const kept = await this.#before(ref, {
      ...{ before, keys, replaced, signal },
      brought: broughtBy(plan, write),
    });
    if (before !== undefined) this.#remember(before);
    return kept;
  }

  /** The same before a cache, as it was read, is deleted and made anew. */
  async beforeRecreation(
    before: CacheContent,
    after: NewCache,
    signal: AbortSignal,
  ): Promise<Kept> {
    const keys = [...before.values.keys()];
    const brought = broughtAnew(before, after);
    const of = { before, keys, replaced: new Set(keys), brought, signal };
    return await this.#before(before.ref, of);
  }

  /** Takes a cache as the cluster holds it now. What it held before and holds no more is kept, in the background. */
  readonly found = (cache: CacheContent): void => {
    if (isMemoization(cache)) return;
    const before = this.#seen.get(cache.ref);
    for (const old of this.#seen.put(cache)) this.#keepLater(old, new Set());
    if (before === undefined || before.resourceVersion === cache.resourceVersion) return;
    const another = before.uid !== cache.uid;
    const replaced = [...before.values.keys()].filter(
      (key) => another || !sameValue(before.values.get(key), cache.values.get(key)),
    );
    // What our own write replaces is kept already, before anybody hears of it.
    if (replaced.length > 0 && !this.#kept.has(stateOf(before))) {
      this.#keepLater(before, new Set(replaced));
    }
  };

  /** Takes a cache as it was told; one that is older than what is known already is passed over. */
  readonly saw = (cache: CacheContent): void => {
    const known = this.#seen.get(cache.ref);
    if (known?.uid === cache.uid && isNewer(known.resourceVersion, cache.resourceVersion)) return;
    this.found(cache);
  };

  /** Called before a cache is asked for; takes the answer, which may be older than what is told meanwhile. */
  asks(ref: CacheRef): (answer: CacheContent | undefined) => void {
    const before = this.#seen.get(ref);
    return (answer) => {
      const known = this.#seen.get(ref);
      if (known !== undefined && known !== before) {
        if (answer !== undefined && isNewer(answer.resourceVersion, known.resourceVersion)) {
          this.found(answer);
        }
      } else if (answer === undefined) this.lost(ref);
      else this.found(answer);
    };
  }

  /** Takes the word that a cache is gone: all that was read of it is kept, in the background. */
  lost(ref: CacheRef): void {
    const before = this.#seen.take(ref);
    if (before !== undefined) this.#keepLater(before, new Set(before.values.keys()));
  }

  /** Ends when all that is kept in the background is kept; what failed of this cache is tried once more. */
  async settled(ref?: CacheRef): Promise<void> {
    await this.#later.settled(ref);
  }

  /** The same before the window closes, which waits for so many milliseconds at most: all is tried once more. */
  async ended(milliseconds: number): Promise<void> {
    await this.#later.ended(milliseconds);
  }

  async #place(ref: CacheRef, signal: AbortSignal): Promise<HistoryPlace> {
    const [place] = await this.places(ref, signal);
    if (place === undefined) throw new Error('A cluster has no identity.');
    return place;
  }

  async #before(ref: CacheRef, of: Sending): Promise<Kept> {
    const answer = this.asks(ref);
    const place = await this.#place(ref, of.signal);
    const known = await this.#store.records(place);
    const [id, at] = [this.#surroundings.newId(), this.#after(known)];
    const batch = of.before ? await batchOf(of.before, { ...of, known, at }) : emptyBatch();
    await addWrite(batch, { ...of.brought, id, at });
    await this.#store.keep(place, batch.records, batch.contents);
    return {
      id,
      ended: (cache) => {
        const written = cache !== undefined;
        const work = async () => {
          const ended = this.#after(batch.records);
          // Nothing is known yet of what a ConfigMap that was created has beside its content.
          const around = written && of.brought.uid === '' ? [snapshotOf(cache, ended)] : [];
          const outcome = { kind: 'outcome', at: ended, id, written } as const;
          const uid = cache?.uid ?? of.brought.uid;
          await this.#store.keep(place, [...around, { ...outcome, uid }], NONE);
        };
        this.#later.add({ ref, bytes: 0, work });
        if (written) answer(cache);
      },
    };
  }

  #remember(cache: CacheContent): void {
    this.#kept.add(stateOf(cache));
    const [oldest] = this.#kept;
    if (this.#kept.size > MOST_STATES && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Keeps the keys that were replaced; where none were, all keys as far as they are not known. */
  #keepLater(cache: CacheContent, replaced: ReadonlySet<string>): void {
    const work = async () => {
      const place = await this.#place(cache.ref, new AbortController().signal);
      const { records, contents } = await this.#batch(place, cache, replaced);
      if (records.length > 0) await this.#store.keep(place, records, contents);
    };
    this.#later.add({ ref: cache.ref, bytes: valueBytes(cache.values), work });
  }

  async #batch(
    place: HistoryPlace,
    cache: CacheContent,
    replaced: ReadonlySet<string>,
  ): Promise<Batch> {
    const known = await this.#store.records(place);
    const keys = [...(replaced.size > 0 ? replaced : cache.values.keys())];
    return await batchOf(cache, { keys, replaced, known, at: this.#after(known) });
  }

  /** The time, but none before those records: clocks are set, and what comes later is later. */
  #after(known: readonly HistoryRecord[]): string {
    const now = this.#surroundings.now().toISOString();
    const last = known.at(-1)?.at ?? now;
    return last > now ? last : now;
  }
}

/** What is about to be sent. */
interface Sending extends Pick<Keeping, 'keys' | 'replaced'> {
  /** The cache as it was read; absent where there is none. */
  readonly before: CacheContent | undefined;
  readonly brought: Brought;
  readonly signal: AbortSignal;
}

const NONE: ReadonlyMap<string, Uint8Array> = new Map<string, Uint8Array>();

/** States of caches that are remembered as kept. */
const MOST_STATES = 1000;

function stateOf({ uid, resourceVersion }: CacheContent): string {
  return `${uid} ${resourceVersion}`;
}

/** All keys, so that a cache that is deleted can be restored; of a memoization map those that change. */
function keysToKeep(before: CacheContent, replaced: ReadonlySet<string>): readonly string[] {
  return [...(isMemoization(before) ? replaced : before.values.keys())];
}
