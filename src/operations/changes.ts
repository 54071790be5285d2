import { writeUnclear } from '../domain/failure.ts';
import type { CacheContent } from '../domain/cache.ts';
import { sameValue } from '../domain/content.ts';
import { factAnnotations } from '../domain/facts.ts';
import { changedKeys, stateOf } from '../domain/planState.ts';
import { planChange, readContent, type NewContent, type CachePlan } from '../domain/cachePlan.ts';
import { printCache, type CacheRef } from '../domain/ref.ts';
import { printSource } from '../domain/source.ts';
import type { CacheWrite, Cluster, WriteOutcome } from './ports.ts';

/** How applying a plan ended. */
export type ChangeOutcome =
  | { readonly kind: 'written'; readonly cache: CacheContent; readonly confirmedByReading: boolean }
  /** The connection broke, and the cache, read again, does not hold the new content. */
  | { readonly kind: 'notWritten' }
  /** The cache changed after the plan was made. Nothing was written; here is the plan as of now. */
  | { readonly kind: 'conflict'; readonly plan: CachePlan }
  /** The cache was deleted after the plan was made. Nothing was written; this plan would create it. */
  | { readonly kind: 'gone'; readonly plan: CachePlan };

/** Refreshing keys of a cache: plan first, then apply that plan and no other. */
export class Changes {
  readonly #cluster: Cluster;
  readonly #now: () => Date;
  readonly #digests = new WeakMap<Uint8Array, Promise<string>>();

  constructor(cluster: Cluster, now: () => Date) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** Reads the cache and compares the new content with it. Nothing is written. */
  async plan(
    ref: CacheRef,
    contents: readonly NewContent[],
    signal: AbortSignal,
  ): Promise<CachePlan> {
    const asked = this.#cluster.readCache(ref, signal);
    await Promise.race([asked, questionsLeave()]);
    // Done while the cluster answers, which takes longer.
    const read = contents.map(readContent);
    for (const { value } of read) this.#digest(value.bytes).catch(() => undefined);
    return planChange(ref, await asked, read);
  }

  /**
   * Writes exactly what the plan shows, if the cache is still at the version that was compared.
   * Throws a `Failure` where the cluster refuses, or where it cannot be told what happened; an `Error`
   * for a plan that is refused or changes nothing, which nobody may be offered to apply.
   */
  async apply(plan: CachePlan, signal: AbortSignal): Promise<ChangeOutcome> {
    const { kind } = stateOf(plan);
    if (kind === 'refused' || kind === 'nothingToChange') {
      throw new Error(`A plan that is ${kind} was to be applied to ${printCache(plan.ref)}.`);
    }
    const write = await this.#writeOf(plan, this.#now());
    const outcome = await this.#send(plan, write, signal);
    switch (outcome.kind) {
      case 'written':
        return { kind: 'written', cache: outcome.cache, confirmedByReading: false };
      case 'conflict':
      case 'gone': {
        const again = await this.#again(plan, signal);
        return { kind: again.baseline.kind === 'absent' ? 'gone' : 'conflict', plan: again };
      }
      case 'unanswered':
        return await this.#readBack(plan.ref, write, { detail: outcome.detail, signal });
    }
  }

  async #send(plan: CachePlan, write: CacheWrite, signal: AbortSignal): Promise<WriteOutcome> {
    return plan.baseline.kind === 'absent'
      ? await this.#cluster.createCache(write, signal)
      : await this.#cluster.changeKeys(write, plan.baseline.resourceVersion, signal);
  }

  async #again(plan: CachePlan, signal: AbortSignal): Promise<CachePlan> {
    const contents = plan.keys.map(({ key, source, after }) => ({
      key,
      source,
      content: { bytes: after.bytes },
    }));
    return await this.plan(plan.ref, contents, signal);
  }

  /** The write that a plan stands for: its changed keys and their annotations, nothing else. */
  async #writeOf(plan: CachePlan, now: Date): Promise<CacheWrite> {
    const keys = changedKeys(plan);
    const annotations = await Promise.all(
      keys.map(async ({ key, source, after }) =>
        factAnnotations(key, {
          source: printSource(source),
          refreshed: now.toISOString().replace(/\.\d+Z$/, 'Z'),
          sha256: await this.#digest(after.bytes),
        }),
      ),
    );
    return {
      ref: plan.ref,
      values: new Map(keys.map(({ key, after }) => [key, after])),
      moved: keys.flatMap(({ key, before, after }) =>
        before !== undefined && before.kind !== after.kind ? [key] : [],
      ),
      annotations: Object.assign({}, ...annotations) as Record<string, string>,
    };
  }

  /** SHA-256 of bytes, found once: content is planned and then written. */
  #digest(bytes: Uint8Array): Promise<string> {
    const digest = this.#digests.get(bytes) ?? sha256(bytes);
    this.#digests.set(bytes, digest);
    return digest;
  }

  /** Reads the cache after a connection broke in mid-write, to say which of the two happened. */
  async #readBack(
    ref: CacheRef,
    write: CacheWrite,
    { detail, signal }: { detail: string; signal: AbortSignal },
  ): Promise<ChangeOutcome> {
    let cache: CacheContent | undefined;
    try {
      cache = await this.#cluster.readCache(ref, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      throw writeUnclear(ref, detail);
    }
    return cache !== undefined && holds(cache, write)
      ? { kind: 'written', cache, confirmedByReading: true }
      : { kind: 'notWritten' };
  }
}

/** Ends once requests that were begun have left: work that keeps the thread busy would hold them back. */
function questionsLeave(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** True when the cache holds every value and annotation of the write, its time stamp included. */
function holds(cache: CacheContent, { values, annotations }: CacheWrite): boolean {
  return (
    [...values].every(([key, value]) => sameValue(cache.values.get(key), value)) &&
    Object.entries(annotations).every(([name, value]) => cache.annotations[name] === value)
  );
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
