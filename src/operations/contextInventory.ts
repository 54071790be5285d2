import { isChurn, type CacheSummary } from '../domain/cache.ts';
import { Following, type Heard, type Standing } from './following.ts';
import type { Cluster, Scope } from './ports.ts';

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

/** The names of caches that are followed one by one where those of a namespace may not be listed. */
export type Named = (context: string, namespace: string) => readonly string[];

/** What the inventory of a context needs from outside. */
interface Surroundings {
  readonly tell: (change: Change) => void;
  readonly now: () => number;
  readonly named: Named;
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();

/**
 * The live picture of one context. All ConfigMaps are followed at once where that is allowed; where it
 * is forbidden, each namespace is followed from the first question about it; and where that is forbidden,
 * too, the caches that the person named.
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
  /** By the name of a namespace and a name in it. */
  readonly #single = new Map<string, Map<string, Following<CacheSummary>>>();

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
    const narrow = isForbidden(wide.standing) ? await this.#followNarrow(namespace) : wide;
    const standing = isForbidden(narrow.standing)
      ? ((await this.#followNamed(namespace)) ?? narrow.standing)
      : narrow.standing;
    return { standing, members: this.#caches.get(namespace) ?? NONE };
  }

  async allCaches(): Promise<ReadonlyMap<string, ReadonlyMap<string, CacheSummary>> | undefined> {
    const { standing } = await this.#followWide();
    return standing.kind === 'failed' ? undefined : this.#caches;
  }

  /** How the context as a whole stands: as bad as the worst of what is followed. */
  get standing(): Standing {
    const all = this.#all();
    const standings = all.flatMap((one) => (one === undefined ? [] : [one.standing]));
    const bad = standings.find(
      (one) => one.kind === 'stale' || (one.kind === 'failed' && !isForbidden(one)),
    );
    const loading = standings.find(({ kind }) => kind === 'loading');
    return bad ?? loading ?? standings[0] ?? { kind: 'loading' };
  }

  stop(): void {
    for (const one of this.#all()) one?.stop();
  }

  #all(): readonly (Following<unknown> | undefined)[] {
    const singles = [...this.#single.values()].flatMap((each) => [...each.values()]);
    return [this.#namespaces, this.#wide, ...this.#narrow.values(), ...singles];
  }

  async #followWide(): Promise<Following<CacheSummary>> {
    this.#wide ??= this.#follow({});
    await this.#wide.first;
    // Asking again would be forbidden again: what is allowed is followed namespace by namespace.
    if (isForbidden(this.#wide.standing)) this.#wide.stop();
    return this.#wide;
  }

  async #followNarrow(namespace: string): Promise<Following<CacheSummary>> {
    const following = this.#narrow.get(namespace) ?? this.#follow({ namespace });
    this.#narrow.set(namespace, following);
    await following.first;
    if (isForbidden(following.standing) && this.#namedIn(namespace).length > 0) following.stop();
    return following;
  }

  /** Follows the caches that were named; gives how the best of them stands, and nothing where none was named. */
  async #followNamed(namespace: string): Promise<Standing | undefined> {
    const names = this.#namedIn(namespace);
    const known = this.#single.get(namespace) ?? new Map<string, Following<CacheSummary>>();
    this.#single.set(namespace, known);
    for (const [name, following] of known) {
      if (names.includes(name)) continue;
      following.stop();
      known.delete(name);
      this.#caches.get(namespace)?.delete(name);
    }
    for (const name of names) {
      if (!known.has(name)) known.set(name, this.#follow({ namespace, name }));
    }
    const followings = [...known.values()];
    await Promise.all(followings.map(({ first }) => first));
    const standings = followings.map(({ standing }) => standing);
    return standings.find(({ kind }) => kind !== 'failed') ?? standings[0];
  }

  #namedIn(namespace: string): readonly string[] {
    return this.#surroundings.named(this.#context, namespace);
  }

  #follow(where: Where): Following<CacheSummary> {
    return new Following<CacheSummary>(
      (listener, signal) => {
        this.#cluster.followCaches({ context: this.#context, ...where }, listener, signal);
      },
      {
        ...this.#told(where),
        hear: (event) => {
          this.#hearCache(event, where);
        },
      },
    );
  }

  #told({ namespace }: Where): { changed: () => void; now: () => number } {
    const { tell, now } = this.#surroundings;
    const changed = () => {
      tell({ context: this.#context, ...(namespace === undefined ? {} : { namespace }) });
    };
    return { changed, now };
  }

  readonly #hearNamespace = (event: Heard<string>): void => {
    if (event.kind === 'all' || event.kind === 'begun') {
      this.#names.clear();
      for (const name of event.items) this.#names.set(name, name);
    } else if (event.kind === 'changed') this.#names.set(event.item, event.item);
    else this.#names.delete(event.item);
    this.#surroundings.tell({ context: this.#context });
  };

  #hearCache(event: Heard<CacheSummary>, { namespace, name }: Where): void {
    const context = this.#context;
    if (event.kind === 'all' || event.kind === 'begun') {
      if (namespace === undefined) this.#caches.clear();
      else if (name === undefined) this.#caches.delete(namespace);
      else this.#caches.get(namespace)?.delete(name);
      for (const summary of event.items) this.#put(summary);
      this.#surroundings.tell(namespace === undefined ? { context } : { context, namespace });
      return;
    }
    const { ref } = event.item;
    const known = this.#caches.get(ref.namespace)?.get(ref.name);
    if (event.kind === 'changed') this.#put(event.item);
    else this.#caches.get(ref.namespace)?.delete(ref.name);
    if (event.kind === 'changed' && isChurn(known, event.item)) return;
    this.#surroundings.tell({ context, namespace: ref.namespace, name: ref.name });
  }

  #put(summary: CacheSummary): void {
    const { namespace, name } = summary.ref;
    const members = this.#caches.get(namespace) ?? new Map<string, CacheSummary>();
    this.#caches.set(namespace, members.set(name, summary));
  }
}

/** A part of a context: all of it, a namespace, or one ConfigMap. */
type Where = Omit<Scope, 'context'>;

function isForbidden(standing: Standing): boolean {
  return standing.kind === 'failed' && standing.failure.reason === 'Forbidden';
}
