import { EventEmitter, type Memento } from 'vscode';
import type { MemoOrder } from '../domain/memoization.ts';
import { needsConsent, type Owner } from '../domain/owners.ts';
import { cacheId, namespaceKey, type CacheRef, type NamespaceRef } from '../domain/ref.ts';
import type { Source } from '../domain/source.ts';

/** What is remembered from one day to the next, on this machine only. */
interface RememberedTypes {
  /** The contexts that the person chose; absent before the first choice. */
  readonly contexts: readonly string[];
  /** By context: the namespaces that the person named. */
  readonly namespaces: Readonly<Record<string, readonly string[]>>;
  /** By `namespaceKey`: the caches that the person named where they cannot be listed. */
  readonly caches: Readonly<Record<string, readonly string[]>>;
  readonly showAll: boolean;
  /** By key of a cache (`keyId`): the source that was used last. */
  readonly sources: Readonly<Record<string, Source>>;
  /** By `cacheId`: owners of a cache in spite of whom the person went on. */
  readonly accepted: Readonly<Record<string, readonly Owner[]>>;
  /** How entries of memoization maps are sorted; absent for their keys. */
  readonly memoOrder: MemoOrder;
  /** Origins for which a credential is in secret storage. */
  readonly origins: readonly string[];
}

/** Keys of caches whose last source is remembered; the ones used longest ago are forgotten first. */
const MAX_SOURCES = 500;

/** The choices of the person, kept in the extension's global state. */
export class Remembered {
  readonly #memento: Memento;
  readonly #chosen = new EventEmitter<void>();
  /** Tells when contexts were chosen. */
  readonly onDidChoose = this.#chosen.event;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  /** The remembered value, or nothing. */
  get<K extends keyof RememberedTypes>(name: K): RememberedTypes[K] | undefined {
    return this.#memento.get<RememberedTypes[K]>(name);
  }

  /** Remembers a value; nothing forgets it. */
  async set<K extends keyof RememberedTypes>(
    name: K,
    value: RememberedTypes[K] | undefined,
  ): Promise<void> {
    await this.#memento.update(name, value);
    if (name === 'contexts') this.#chosen.fire();
  }

  /** The namespaces that were named for a context; nothing before the first choice. */
  namespacesOf(context: string): readonly string[] | undefined {
    return this.get('namespaces')?.[context];
  }

  /** Remembers the namespaces for a context; with nothing, all are shown again. */
  async setNamespaces(context: string, names: readonly string[] | undefined): Promise<void> {
    const others = Object.entries(this.get('namespaces') ?? {}).filter(
      ([name]) => name !== context,
    );
    const entries = names === undefined ? others : [...others, [context, names] as const];
    await this.set('namespaces', Object.fromEntries(entries));
  }

  /** The caches that were named in a namespace. */
  readonly cachesOf = (context: string, namespace: string): readonly string[] =>
    this.get('caches')?.[namespaceKey({ context, namespace })] ?? [];

  /** Remembers the caches that were named in a namespace. */
  async setCaches(where: NamespaceRef, names: readonly string[]): Promise<void> {
    await this.set('caches', { ...this.get('caches'), [namespaceKey(where)]: names });
  }

  /** The owners of a cache in spite of whom the person has not gone on yet. */
  notAccepted(ref: CacheRef, owners: readonly Owner[]): readonly Owner[] {
    const accepted = new Set(this.get('accepted')?.[cacheId(ref)]?.map((each) => idOf(each)));
    return owners.filter((owner) => needsConsent(owner) && !accepted.has(idOf(owner)));
  }

  /** Remembers that the person went on in spite of these owners. */
  async accept(ref: CacheRef, owners: readonly Owner[]): Promise<void> {
    await this.set('accepted', { ...this.get('accepted'), [cacheId(ref)]: owners });
  }

  /** Remembers the source that was used for a key of a cache, without user name and password. */
  async setSource(id: string, source: Source): Promise<void> {
    const others = Object.entries(this.get('sources') ?? {}).filter(([key]) => key !== id);
    const entries = [...others, [id, withoutUser(source)] as const].slice(-MAX_SOURCES);
    await this.set('sources', Object.fromEntries(entries));
  }
}

function idOf(owner: Owner): string {
  return JSON.stringify(owner);
}

function withoutUser(source: Source): Source {
  if (source.kind === 'file') return source;
  const url = new URL(source.url);
  url.username = '';
  url.password = '';
  return { kind: 'url', url: url.href };
}
