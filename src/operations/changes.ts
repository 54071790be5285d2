import { isMemoization, type CacheContent } from '../domain/cache.ts';
import {
  planChange,
  readContent,
  type Birth,
  type CachePlan,
  type NewContent,
} from '../domain/cachePlan.ts';
import { sameValue, type Value } from '../domain/content.ts';
import { CACHE_LABEL } from '../domain/facts.ts';
import { writeUnclear } from '../domain/failure.ts';
import { factChanges } from '../domain/planFacts.ts';
import { changedKeys, stateOf } from '../domain/planState.ts';
import { printCache, type CacheRef } from '../domain/ref.ts';
import { digestOf } from './digests.ts';
import type { History } from './history.ts';
import type { CacheWrite, Cluster, NewCache, WriteOutcome } from './ports.ts';

/** How applying a plan ended. */
export type ChangeOutcome =
  | { readonly kind: 'written'; readonly cache: CacheContent; readonly confirmedByReading: boolean }
  /** The connection broke, and the cache, read again, is at the version at which it was before. */
  | { readonly kind: 'notWritten' }
  /**
   * The connection broke, and somebody else wrote the cache meanwhile: whether the new content was there in
   * between is not known. Here is the plan as of now.
   */
  | { readonly kind: 'overtaken'; readonly plan: CachePlan }
  /** The cache changed after the plan was made. Nothing was written; here is the plan as of now. */
  | { readonly kind: 'conflict'; readonly plan: CachePlan }
  /** The cache was deleted after the plan was made. Nothing was written; this plan would create it. */
  | { readonly kind: 'gone'; readonly plan: CachePlan };

/** How often entries of a memoization map, which Argo writes at each hit, are tried to be deleted. */
const TRIES = 20;

/** Changing keys of a cache: plan first, then apply that plan and no other. */
export class Changes {
  readonly #cluster: Cluster;
  readonly #history: History;
  readonly #now: () => Date;

  constructor(cluster: Cluster, history: History, now: () => Date) {
    this.#cluster = cluster;
    this.#history = history;
    this.#now = now;
  }

  /** Reads the cache and compares the new content with it; `birth` is for one that is not there. */
  async plan(
    ref: CacheRef,
    contents: readonly NewContent[],
    signal: AbortSignal,
    birth?: Birth,
  ): Promise<CachePlan> {
    const asked = this.#cluster.readCache(ref, signal);
    await Promise.race([asked, questionsLeave()]);
    // Done while the cluster answers, which takes longer.
    const read = contents.map(readContent);
    for (const { value } of read) if (value) digestOf(value.bytes).catch(() => undefined);
    return planChange(ref, await asked, read, birth);
  }

  /**
   * Writes exactly what the plan shows, if the cache is still at the version that was compared, and if
   * what is there could be kept in the history. Throws a `Failure` where the cluster refuses, where it
   * cannot be told what happened, or where the history cannot be written; an `Error` for a plan that is
   * refused or changes nothing, which nobody may be offered to apply. Of a memoization map only the entries
   * of the plan have to be as they were: Argo writes others all the time.
   */
  async apply(plan: CachePlan, signal: AbortSignal): Promise<ChangeOutcome> {
    let outcome = await this.#applyOnce(plan, signal);
    for (let tries = 1; tries < TRIES; tries += 1) {
      if (outcome.kind !== 'conflict' || !onlyOthersChanged(plan, outcome.plan)) break;
      outcome = await this.#applyOnce(outcome.plan, signal);
    }
    return outcome;
  }

  async #applyOnce(plan: CachePlan, signal: AbortSignal): Promise<ChangeOutcome> {
    const { kind } = stateOf(plan);
    if (kind === 'refused' || kind === 'nothingToChange') {
      throw new Error(`A plan that is ${kind} was to be applied to ${printCache(plan.ref)}.`);
    }
    const write = await writeOf(plan, this.#now());
    const kept = await this.#history.beforeWrite(plan, write, signal);
    const outcome = await this.#send(plan, write, signal).catch((error: unknown) => {
      kept.ended(undefined);
      throw error;
    });
    switch (outcome.kind) {
      case 'written':
        kept.ended(outcome.cache);
        return { kind: 'written', cache: outcome.cache, confirmedByReading: false };
      case 'conflict':
      case 'gone': {
        kept.ended(undefined);
        const again = await this.#again(plan, signal);
        return { kind: again.before === undefined ? 'gone' : 'conflict', plan: again };
      }
      case 'unanswered': {
        const { detail } = outcome;
        const found = await this.#readBack(plan.ref, { detail, signal });
        if (found !== undefined && holds(found, write)) {
          kept.ended(found);
          return { kind: 'written', cache: found, confirmedByReading: true };
        }
        if (found?.resourceVersion !== plan.before?.resourceVersion) {
          return { kind: 'overtaken', plan: await this.#again(plan, signal) };
        }
        kept.ended(undefined);
        return { kind: 'notWritten' };
      }
    }
  }

  async #send(plan: CachePlan, write: CacheWrite, signal: AbortSignal): Promise<WriteOutcome> {
    return plan.before === undefined
      ? await this.#cluster.createCache(newCacheOf(plan, write), signal)
      : await this.#cluster.changeKeys(write, plan.before.resourceVersion, signal);
  }

  async #again(plan: CachePlan, signal: AbortSignal): Promise<CachePlan> {
    const contents = plan.keys.map(({ key, source, after }): NewContent => ({
      key,
      source,
      content: after && { bytes: after.bytes },
      ...(after === undefined ? {} : { stored: after.kind }),
    }));
    return await this.plan(plan.ref, contents, signal, plan.birth);
  }

  /** Reads the cache after a connection broke in mid-write. */
  async #readBack(
    ref: CacheRef,
    { detail, signal }: { detail: string; signal: AbortSignal },
  ): Promise<CacheContent | undefined> {
    try {
      return await this.#cluster.readCache(ref, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      throw writeUnclear(ref, detail);
    }
  }
}

/** Ends once requests that were begun have left: work that keeps the thread busy would hold them back. */
function questionsLeave(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** True for a memoization map of which Argo only touched other entries than those of the plan. */
function onlyOthersChanged({ before, keys }: CachePlan, again: CachePlan): boolean {
  if (before === undefined || again.before?.uid !== before.uid) return false;
  return (
    isMemoization(again.before) &&
    keys.every(({ before: value }, index) => sameValue(again.keys[index]?.before, value))
  );
}

/** The write that a plan stands for: its changed keys and their annotations, nothing else. */
export async function writeOf(plan: CachePlan, date: Date): Promise<CacheWrite> {
  const keys = changedKeys(plan);
  const annotations = plan.before?.annotations ?? {};
  const now = date.toISOString().replace(/\.\d+Z$/, 'Z');
  const facts = await Promise.all(
    keys.map(async (key) => {
      const sha256 = key.after && (await digestOf(key.after.bytes));
      return factChanges(key, { annotations, now, sha256 });
    }),
  );
  return {
    ref: plan.ref,
    values: new Map(keys.flatMap(({ key, after }) => (after ? [[key, after] as const] : []))),
    removed: new Map(
      keys.flatMap(({ key, before, after }) =>
        before !== undefined && before.kind !== after?.kind ? [[key, before.kind] as const] : [],
      ),
    ),
    annotations: Object.assign({}, ...facts) as Record<string, string | null>,
  };
}

function newCacheOf({ birth }: CachePlan, { ref, values, annotations }: CacheWrite): NewCache {
  const facts = Object.entries(annotations).filter(([, value]) => value !== null);
  return {
    ref,
    values,
    labels: birth?.labels ?? { [CACHE_LABEL]: 'true' },
    annotations: {
      ...birth?.annotations,
      ...(Object.fromEntries(facts) as Record<string, string>),
    },
    immutable: birth?.immutable ?? false,
  };
}

/** True when the cache holds every value and annotation of the write, its time stamp included. */
function holds(cache: CacheContent, { values, removed, annotations }: CacheWrite): boolean {
  const is = (key: string, value: Value | undefined) => sameValue(cache.values.get(key), value);
  return (
    [...values].every(([key, value]) => is(key, value)) &&
    [...removed.keys()].every((key) => is(key, values.get(key))) &&
    Object.entries(annotations).every(
      ([name, value]) => cache.annotations[name] === (value ?? undefined),
    )
  );
}
