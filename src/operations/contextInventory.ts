import type { CacheSummary } from '../domain/cache.ts';
import { Following, type Heard, type Standing } from './following.ts';
import type { Cluster } from './ports.ts';

/** A collection as it is known, by name, and how far it can be believed. */
export interface Picture<T> {
  readonly standing: Standing;
  readonly members: ReadonlyMap<string, T>;
}

/** What has changed: a whole context, one namespace of it, or one cache. */
export interface Change {
  readonly context: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What the inventory of a context needs from outside. */
interface Surroundings {
  readonly tell: (change: Change) => void;
  readonly now: () => number;
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();

/**
 * The live picture of one context. All ConfigMaps are followed at once where that is allowed; where it
 * is forbidden, each namespace is followed from the first question about it.
 */
export class ContextInventory {
  readonly #context: string;
  readonly #cluster: Cluster;
  readonly #surroundings: Surroundings;
  readonly #names = new Map<string, string>();
  readonly #caches = new Map<string, Map<string, CacheSummary>>();
  #namespaces: Following<string> | undefined;
  #wide: Following<CacheSummary> | undefined;
  readonly #narrow = new Map<string, Following<CacheSummary>>();

  constructor(context: string, cluster: Cluster, surroundings: Surroundings) {
    this.#context = context;
    this.#cluster = cluster;
    this.#surroundings = surroundings;
  }

  async namespaces(): Promise<Picture<string>> {
    this.#namespaces ??= new Following<string>(
      (listener, signal) => {
        this.#cluster.followNamespaces(this.#context, listener, signal);
      },
      { ...this.#told({}), hear: this.#hearNamespace },
    );
    await this.#namespaces.first;
    return { standing: this.#namespaces.standing, members: this.#names };
  }

  async caches(namespace: string): Promise<Picture<CacheSummary>> {
    const wide = await this.#followWide();
    const following = isForbidden(wide.standing) ? await this.#followNarrow(namespace) : wide;
    return { standing: following.standing, members: this.#caches.get(namespace) ?? NONE };
  }

  async allCaches(): Promise<ReadonlyMap<string, ReadonlyMap<string, CacheSummary>> | undefined> {
    const { standing } = await this.#followWide();
    return standing.kind === 'live' || standing.kind === 'stale' ? this.#caches : undefined;
  }

  /** How the context as a whole stands: as bad as the worst of what is followed. */
  get standing(): Standing {
    const all = [this.#namespaces, this.#wide, ...this.#narrow.values()];
    const standings = all.flatMap((one) => (one === undefined ? [] : [one.standing]));
    const bad = standings.find(
      (one) => one.kind === 'stale' || (one.kind === 'failed' && !isForbidden(one)),
    );
    return bad ?? standings[0] ?? { kind: 'loading' };
  }

  stop(): void {
    for (const one of [this.#namespaces, this.#wide, ...this.#narrow.values()]) one?.stop();
  }

  async #followWide(): Promise<Following<CacheSummary>> {
    this.#wide ??= this.#follow(undefined);
    await this.#wide.first;
    // Asking again would be forbidden again: what is allowed is followed namespace by namespace.
    if (isForbidden(this.#wide.standing)) this.#wide.stop();
    return this.#wide;
  }

  async #followNarrow(namespace: string): Promise<Following<CacheSummary>> {
    const following = this.#narrow.get(namespace) ?? this.#follow(namespace);
    this.#narrow.set(namespace, following);
    await following.first;
    return following;
  }

  #follow(namespace: string | undefined): Following<CacheSummary> {
    return new Following<CacheSummary>(
      (listener, signal) => {
        this.#cluster.followCaches({ context: this.#context, namespace }, listener, signal);
      },
      {
        ...this.#told(namespace === undefined ? {} : { namespace }),
        hear: (event) => {
          this.#hearCache(event, namespace);
        },
      },
    );
  }

  #told(where: { namespace?: string }): { changed: () => void; now: () => number } {
    const { tell, now } = this.#surroundings;
    const changed = () => {
      tell({ context: this.#context, ...where });
    };
    return { changed, now };
  }

  readonly #hearNamespace = (event: Heard<string>): void => {
    if (event.kind === 'all') {
      this.#names.clear();
      for (const name of event.items) this.#names.set(name, name);
    } else if (event.kind === 'changed') this.#names.set(event.item, event.item);
    else this.#names.delete(event.item);
    this.#surroundings.tell({ context: this.#context });
  };

  #hearCache(event: Heard<CacheSummary>, namespace: string | undefined): void {
    const context = this.#context;
    if (event.kind === 'all') {
      if (namespace === undefined) this.#caches.clear();
      else this.#caches.delete(namespace);
      for (const summary of event.items) this.#put(summary);
      this.#surroundings.tell(namespace === undefined ? { context } : { context, namespace });
      return;
    }
    const { ref } = event.item;
    if (event.kind === 'changed') this.#put(event.item);
    else this.#caches.get(ref.namespace)?.delete(ref.name);
    this.#surroundings.tell({ context, namespace: ref.namespace, name: ref.name });
  }

  #put(summary: CacheSummary): void {
    const { namespace, name } = summary.ref;
    const members = this.#caches.get(namespace) ?? new Map<string, CacheSummary>();
    this.#caches.set(namespace, members.set(name, summary));
  }
}

function isForbidden(standing: Standing): boolean {
  return standing.kind === 'failed' && standing.failure.reason === 'Forbidden';
}
