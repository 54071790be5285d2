import { isMemoization, type CacheSummary } from '../domain/cache.ts';
import { detailOf, type CacheDetail } from '../domain/detail.ts';
import { cacheId, type CacheRef } from '../domain/ref.ts';
import { ContextInventory, type Change, type Named, type Picture } from './contextInventory.ts';
import type { Standing } from './following.ts';
import type { Cluster } from './ports.ts';

/**
 * The live picture of what is being looked at: namespaces and caches of the contexts that somebody
 * asked for. It is followed from the first question on, until the context is left.
 */
export class Inventory {
  readonly #cluster: Cluster;
  readonly #now: () => number;
  readonly #named: Named;
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #contexts = new Map<string, ContextInventory>();
  readonly #details = new Map<string, CacheDetail>();

  /** `now` gives milliseconds since the epoch, `named` the caches to follow by name where they cannot be listed. */
  constructor(cluster: Cluster, now: () => number, named: Named = () => []) {
    this.#cluster = cluster;
    this.#now = now;
    this.#named = named;
  }

  /** Tells the listener of every change until the signal aborts. */
  subscribe(listener: (change: Change) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  /** The names of a context's namespaces; waits for the first answer. */
  async namespaces(context: string): Promise<Picture<string>> {
    return await this.#context(context).namespaces();
  }

  /** The ConfigMaps of a namespace, by name; waits for the first answer. */
  async caches(context: string, namespace: string): Promise<Picture<CacheSummary>> {
    return await this.#context(context).caches(namespace);
  }

  /**
   * The ConfigMaps of all namespaces together, where the person may list them, by namespace and name;
   * nothing where not. Waits for the first answer.
   */
  async allCaches(
    context: string,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, CacheSummary>> | undefined> {
    return await this.#context(context).allCaches();
  }

  /**
   * Keys, sizes and entries of a cache: what only its content tells. It is read when nothing is known
   * of the version that the summary has. Nothing if the cache is gone.
   */
  async detail(summary: CacheSummary, signal: AbortSignal): Promise<CacheDetail | undefined> {
    const known = this.#details.get(cacheId(summary.ref));
    if (known?.resourceVersion === summary.resourceVersion) return known;
    return await this.read(summary.ref, signal);
  }

  /** The same as the cluster has it now, read again whatever is known. */
  async read(ref: CacheRef, signal: AbortSignal): Promise<CacheDetail | undefined> {
    const content = await this.#cluster.readCache(ref, signal);
    if (content === undefined) return undefined;
    const detail = detailOf(content);
    this.#details.set(cacheId(ref), detail);
    return detail;
  }

  /**
   * What is known of a cache's content without asking for it, if it is of the summary's version. For a
   * memoization map also what was known before its entries were hit.
   */
  knownDetail(summary: CacheSummary): CacheDetail | undefined {
    const detail = this.#details.get(cacheId(summary.ref));
    if (detail?.resourceVersion === summary.resourceVersion) return detail;
    if (detail === undefined || !isMemoization(summary)) return undefined;
    return sameNames(new Set(summary.keys), new Set(detail.keys.map(({ key }) => key)))
      ? detail
      : undefined;
  }

  /** How far the picture of a context can be believed; what was not asked for yet is loading. */
  standing(context: string): Standing {
    return this.#contexts.get(context)?.standing ?? { kind: 'loading' };
  }

  /** Stops following a context and forgets it. */
  leave(context: string): void {
    this.#contexts.get(context)?.stop();
    this.#contexts.delete(context);
  }

  /** Stops everything and begins anew at the next question. */
  reset(): void {
    for (const context of [...this.#contexts.keys()]) this.leave(context);
    this.#details.clear();
    this.#cluster.reset();
  }

  #context(name: string): ContextInventory {
    const known = this.#contexts.get(name);
    if (known !== undefined) return known;
    const fresh = new ContextInventory(name, this.#cluster, {
      tell: (change) => {
        this.#tell(change);
      },
      now: this.#now,
      named: this.#named,
    });
    this.#contexts.set(name, fresh);
    return fresh;
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function sameNames(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((name) => others.has(name));
}
