/** Which ConfigMap: the context it is reached through, its namespace and its name. */
export interface CacheRef {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
}

/** True when both name the same object through the same context. */
export function sameCache(one: CacheRef, other: CacheRef): boolean {
  return (
    one.context === other.context && one.namespace === other.namespace && one.name === other.name
  );
}

/** The cache as people write it, `namespace/name`. */
export function printCache(ref: CacheRef): string {
  return `${ref.namespace}/${ref.name}`;
}

/** The cache with the context it is reached through, for every question before a change. */
export function printCacheAndContext(ref: CacheRef): string {
  return `${printCache(ref)} in context ${ref.context}`;
}

/**
 * One string per cache, for use as a map key. Names of contexts may hold any character, so the parts
 * are quoted and not merely joined.
 */
export function cacheId(ref: CacheRef): string {
  return JSON.stringify([ref.context, ref.namespace, ref.name]);
}

/** The cache that an id stands for. Throws where it is none. */
export function cacheOf(id: string): CacheRef {
  const [context, namespace, name] = JSON.parse(id) as [string, string, string];
  return { context, namespace, name };
}

/** Which namespace, and the context it is reached through. */
export type NamespaceRef = Omit<CacheRef, 'name'>;

/** True when both are the same namespace, reached through the same context. */
export function sameNamespace(one: NamespaceRef, other: NamespaceRef): boolean {
  return one.context === other.context && one.namespace === other.namespace;
}

/** One string per namespace, for use as a map key. */
export function namespaceKey({ context, namespace }: NamespaceRef): string {
  return JSON.stringify([context, namespace]);
}

/** The namespace that a key stands for. Throws where it is none. */
export function namespaceOf(key: string): NamespaceRef {
  const [context, namespace] = JSON.parse(key) as [string, string];
  return { context, namespace };
}
