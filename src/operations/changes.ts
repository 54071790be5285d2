import { isMemoization, type CacheContent } from '../domain/cache.ts';
import {
  planChange,
  readContent,
  type Birth,
  type CachePlan,
  type NewContent,
} from '../domain/plan/cachePlan.ts';
import { sameValue } from '../domain/content/content.ts';
import { isFailure, writeUnclear, type Failure } from '../domain/failure.ts';
import { factChanges } from '../domain/plan/planFacts.ts';
import { changedKeys, stateOf } from '../domain/plan/planState.ts';
import { printCache, type CacheRef } from '../domain/ref.ts';
import { digestOf } from './digests.ts';
import type { History, Kept } from './history/history.ts';
import { holds, newCacheOf, type Unanswered, type WriteOutcome, type Written } from './written.ts';
import type { CacheWrite, Cluster } from './ports.ts';

/** How applying a plan ended. */
export type ChangeOutcome =
  | Written
  /**
   * No answer but perhaps `failure` came, and the cache, read again, is at the version at which it was before.
   * A request that is held up may yet write it: only a newer version rules that out. `check` reads once more.
   */
  | {
      readonly kind: 'notYet';
      readonly failure: Failure | undefined;
      readonly check: (signal: AbortSignal) => Promise<ChangeOutcome>;
    }
  /** It was written, and then somebody else wrote over it or deleted it. Here is the plan as of now. */
  | { readonly kind: 'overwritten'; readonly plan: CachePlan }
  /**
   * No answer tells how it ended, and somebody else wrote the cache meanwhile: whether the new content was
   * there in between is not known, for the server has forgotten it. Here is the plan as of now.
   */
  | { readonly kind: 'overtaken'; readonly plan: CachePlan }
  /** The cache changed after the plan was made. Nothing was written; here is the plan as of now. */
  | { readonly kind: 'conflict'; readonly plan: CachePlan }
  /** The cache was deleted after the plan was made. Nothing was written; this plan would create it. */
  | { readonly kind: 'gone'; readonly plan: CachePlan };

/** How often entries of a memoization map, which Argo writes at each hit, are tried to be deleted. */
const TRIES = 20;

/** How often it is asked what became of a write, where the connection breaks again. */
const READS = 3;

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
      // What is no failure, such as an abort, may have come while it was being written.
      if (isFailure(error)) kept.ended(undefined);
      throw error;
    });
    switch (outcome.kind) {
      case 'written':
        kept.ended(outcome.cache);
        return { ...outcome, confirmedByReading: false, write: kept.id };
      case 'conflict':
      case 'gone': {
        kept.ended(undefined);
        const again = await this.#again(plan, signal);
        return { kind: again.before === undefined ? 'gone' : 'conflict', plan: again };
      }
      case 'unanswered':
        return await this.#findOut({ plan, write, kept }, outcome, signal);
    }
  }

  /** Finds out by reading how a write ended of which no answer tells. */
  async #findOut(sent: Sent, unanswered: Unanswered, signal: AbortSignal): Promise<ChangeOutcome> {
    const { plan, kept } = sent;
    const { detail, failure } = unanswered;
    const found = await this.#readBack(plan.ref, { detail, signal });
    if (found !== undefined && isOf(sent, found)) {
      kept.ended(found);
      return { kind: 'written', cache: found, confirmedByReading: true, write: kept.id };
    }
    if (found?.resourceVersion === plan.before?.resourceVersion) {
      return { kind: 'notYet', failure, check: (later) => this.#findOut(sent, unanswered, later) };
    }
    const states = await this.#statesSince(plan, found, signal);
    // It was sent for one version, so that it made the very next state, or none.
    const next = states?.[0];
    const isWritten = next !== undefined && isOf(sent, next);
    if (states !== undefined) kept.ended(isWritten ? (found ?? next) : undefined);
    const again = await this.#again(plan, signal);
    if (states === undefined) return { kind: 'overtaken', plan: again };
    if (isWritten) return { kind: 'overwritten', plan: again };
    return { kind: again.before === undefined ? 'gone' : 'conflict', plan: again };
  }

  /** The states between what was compared and what is there now, where the server still knows them. */
  async #statesSince(
    { ref, before }: CachePlan,
    found: CacheContent | undefined,
    signal: AbortSignal,
  ): Promise<readonly CacheContent[] | undefined> {
    // What was not there had no version to ask from.
    if (before === undefined) return undefined;
    const between = { from: before.resourceVersion, to: found?.resourceVersion };
    try {
      return await persistently(() => this.#cluster.statesSince(ref, between, signal));
    } catch (error) {
      if (!isFailure(error)) throw error;
      return undefined;
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
    return { ...(await this.plan(plan.ref, contents, signal, plan.birth)), missing: plan.missing };
  }

  /** Reads the cache after a connection broke in mid-write. */
  async #readBack(
    ref: CacheRef,
    { detail, signal }: { detail: string; signal: AbortSignal },
  ): Promise<CacheContent | undefined> {
    try {
      return await persistently(() => this.#cluster.readCache(ref, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      throw writeUnclear(ref, detail);
    }
  }
}

/** Asks again, a few times, where the connection breaks once more. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let asked = 1; ; asked++) {
    try {
      return await ask();
    } catch (error) {
      const isBroken = isFailure(error) && error.reason === 'Unreachable';
      if (!isBroken || asked === READS) throw error;
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

/** A write that was sent for a plan, and what was kept before it. */
interface Sent {
  readonly plan: CachePlan;
  readonly write: CacheWrite;
  readonly kept: Kept;
}

/** True when a state is what the write made of the cache, or has it still. */
function isOf({ plan: { before }, write }: Sent, state: CacheContent): boolean {
  return (before === undefined || state.uid === before.uid) && holds(state, write);
}
