import type { CacheContent } from '../domain/cache.ts';
import type { CachePlan } from '../domain/plan/cachePlan.ts';
import { sameValue } from '../domain/content/content.ts';
import {
  deletionLost,
  hasFinalizers,
  isFailure,
  leftDeleted,
  neverCreated,
  notDeleted,
  writeUnclear,
  type Failure,
} from '../domain/failure.ts';
import { writeOf } from './changes.ts';
import type { History } from './history/history.ts';
import type { Cluster } from './ports.ts';
import type { NewCache } from './written.ts';

/** It was made anew. */
interface Recreated {
  readonly kind: 'recreated';
  readonly cache: CacheContent;
  /** The id of the write in the history. */
  readonly write: string;
}

/** The same before the history has heard of it. */
type Replaced = Exclude<RecreateOutcome, Recreated> | Omit<Recreated, 'write'>;

/** How making a ConfigMap anew ended. */
export type RecreateOutcome =
  | Recreated
  /** It changed, or was deleted, before anything was done. */
  | { readonly kind: 'conflict' }
  /** It could not be made anew, and what was there before is there again. */
  | { readonly kind: 'putBack'; readonly because: string }
  /** After it was deleted, somebody else made one of its name: that one was left alone. */
  | { readonly kind: 'taken' };

/** Attempts to create what gets no answer, and to put back what was deleted, before it is given up. */
const ATTEMPTS = 3;

/** What making a ConfigMap anew needs from outside. */
export interface RecreationSurroundings {
  readonly now: () => Date;
  /** False where the person has turned the history off. */
  readonly isKept: () => boolean;
}

/** Making an immutable ConfigMap anew: the only way to change its content. */
export class Recreation {
  readonly #cluster: Cluster;
  readonly #history: History;
  readonly #surroundings: RecreationSurroundings;

  constructor(cluster: Cluster, history: History, surroundings: RecreationSurroundings) {
    this.#cluster = cluster;
    this.#history = history;
    this.#surroundings = surroundings;
  }

  /** The ConfigMap as it is, but that its content may be changed from then on. */
  changeable(cache: CacheContent): NewCache {
    return { ...asNew(cache), immutable: false };
  }

  /** The ConfigMap with the content of a plan that was refused because it is immutable. */
  async changed(cache: CacheContent, plan: CachePlan): Promise<NewCache> {
    const write = await writeOf(plan, this.#surroundings.now());
    const kept = [...cache.values].filter(([key]) => !write.removed.has(key));
    const annotations = Object.entries({ ...cache.annotations, ...write.annotations });
    return {
      ...asNew(cache),
      values: new Map([...kept, ...write.values]),
      annotations: Object.fromEntries(
        annotations.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
      ),
    };
  }

  /** Asks the server whether a ConfigMap could be made anew. Throws a `Failure` where it could not. */
  async check(before: CacheContent, after: NewCache, signal: AbortSignal): Promise<void> {
    if (before.finalizers.length > 0) throw hasFinalizers(before.ref, before.finalizers);
    try {
      await this.#cluster.tryCreate(after, signal);
    } catch (error) {
      throw isFailure(error) ? notDeleted(error) : error;
    }
  }

  /**
   * Deletes a ConfigMap as it was read, and creates it again, if the server would let it be created. What it
   * held, and will hold, is kept in the history first; where it cannot be created nevertheless, it is put back.
   * Throws a `Failure` where nothing was done, or where even that failed.
   */
  async recreate(
    before: CacheContent,
    after: NewCache,
    signal: AbortSignal,
  ): Promise<RecreateOutcome> {
    await this.check(before, after, signal);
    const kept = await this.#history.beforeRecreation(before, after, signal);
    const outcome = await this.#replace(before, after, signal).catch((error: unknown) => {
      // Where nothing answered, it is not known how it ended.
      if (isFailure(error) && error.reason !== 'Unreachable') kept.ended(undefined);
      throw error;
    });
    const isRecreated = outcome.kind === 'recreated';
    kept.ended(isRecreated ? outcome.cache : undefined);
    return isRecreated ? { ...outcome, write: kept.id } : outcome;
  }

  async #replace(before: CacheContent, after: NewCache, signal: AbortSignal): Promise<Replaced> {
    const deleted = await this.#delete(before, signal);
    if (deleted !== 'deleted') return { kind: deleted };
    try {
      return await this.#create(after, signal);
    } catch (error) {
      if (!isFailure(error)) throw error;
      return await this.#putBack(before, { after, failure: error, signal });
    }
  }

  async #delete(
    cache: CacheContent,
    signal: AbortSignal,
  ): Promise<'deleted' | 'conflict' | 'taken'> {
    const outcome = await this.#cluster.deleteCache(cache, signal);
    if (outcome.kind === 'deleted') return 'deleted';
    if (outcome.kind !== 'unanswered') return 'conflict';
    const { detail, failure } = outcome;
    const found = await this.#cluster.readCache(cache.ref, signal).catch(() => {
      throw writeUnclear(cache.ref, detail);
    });
    if (found === undefined) return 'deleted';
    if (found.uid !== cache.uid) return 'taken';
    if (found.resourceVersion !== cache.resourceVersion) return 'conflict';
    throw deletionLost(cache.ref, detail, failure);
  }

  async #create(after: NewCache, signal: AbortSignal, attempt = 1): Promise<Replaced> {
    const outcome = await this.#cluster.createCache(after, signal);
    switch (outcome.kind) {
      case 'written':
        return { kind: 'recreated', cache: outcome.cache };
      case 'conflict':
      case 'gone':
        // What is there may have been made by an attempt of ours that was late.
        return (attempt > 1 ? await this.#held(after, signal) : undefined) ?? { kind: 'taken' };
      case 'unanswered': {
        const held = await this.#held(after, signal);
        if (held !== undefined) return held;
        const { failure, detail } = outcome;
        if (attempt === ATTEMPTS) throw failure ?? neverCreated(after.ref, detail);
        return await this.#create(after, signal, attempt + 1);
      }
    }
  }

  /** Tells by reading whether it was made, by us or by somebody else; nothing where it was not. */
  async #held(after: NewCache, signal: AbortSignal): Promise<Replaced | undefined> {
    const found = await this.#cluster.readCache(after.ref, signal);
    if (found === undefined) return undefined;
    return holdsAll(found, after) ? { kind: 'recreated', cache: found } : { kind: 'taken' };
  }

  async #putBack(before: CacheContent, of: Attempted): Promise<Replaced> {
    const { failure, signal } = of;
    for (let attempt = 1; ; attempt++) {
      try {
        const { kind } = await this.#create(asNew(before), signal);
        if (kind === 'taken') break;
        return { kind: 'putBack', because: failure.message };
      } catch (error) {
        if (attempt < ATTEMPTS) continue;
        const isKept = this.#surroundings.isKept();
        throw leftDeleted(before.ref, failure, { detail: String(error), isKept });
      }
    }
    return await this.#whose(before, of);
  }

  /** What is there may be ours: an answer may have been missing, or have come too late. */
  async #whose(before: CacheContent, { after, failure, signal }: Attempted): Promise<Replaced> {
    const found = await this.#cluster.readCache(before.ref, signal).catch(() => {
      throw writeUnclear(before.ref, failure.message);
    });
    if (found === undefined) return { kind: 'taken' };
    if (holdsAll(found, after)) return { kind: 'recreated', cache: found };
    if (!holdsAll(found, asNew(before))) return { kind: 'taken' };
    return { kind: 'putBack', because: failure.message };
  }
}

/** What was to be made of a ConfigMap that is deleted now, and why it was not. */
interface Attempted {
  readonly after: NewCache;
  readonly failure: Failure;
  readonly signal: AbortSignal;
}

function asNew({ ref, values, labels, annotations, immutable, owners }: CacheContent): NewCache {
  return { ref, values, labels, annotations, immutable, owners };
}

function holdsAll(cache: CacheContent, { values, immutable }: NewCache): boolean {
  return (
    cache.immutable === immutable &&
    cache.values.size === values.size &&
    [...values].every(([key, value]) => sameValue(cache.values.get(key), value))
  );
}
