import type { CacheSummary } from '../../domain/cache.ts';
import type { KeyDetail } from '../../domain/detail.ts';
import type { Failure } from '../../domain/failure.ts';
import { cacheId, type CacheRef } from '../../domain/ref.ts';
import type { Standing } from '../../operations/following.ts';

/** A row of the tree for a context of the kubeconfig. */
export interface ContextNode {
  readonly kind: 'context';
  readonly context: string;
  readonly standing: Standing;
}

/** A row for a namespace. `caches` is absent while it is not known what is in it. */
export interface NamespaceNode {
  readonly kind: 'namespace';
  readonly context: string;
  readonly namespace: string;
  readonly caches: readonly CacheSummary[] | undefined;
}

/** A row for a ConfigMap. */
export interface CacheNode {
  readonly kind: 'cache';
  readonly ref: CacheRef;
  readonly summary: CacheSummary;
}

/** A row for one key of a ConfigMap. */
export interface KeyNode {
  readonly kind: 'key';
  readonly ref: CacheRef;
  readonly summary: CacheSummary;
  readonly detail: KeyDetail;
}

/** Why there is nothing to show in a place: nothing there, or a failure. */
export type Sight =
  | { readonly kind: 'noCaches' }
  | { readonly kind: 'noKeys' }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** A row that says why there is nothing to show, in the place of what is missing. */
export interface NoticeNode {
  readonly kind: 'notice';
  /** The id of the row it stands under; empty at the top. */
  readonly under: string;
  readonly sight: Sight;
}

/** Any row. Nodes are values; a row is known again by its id. */
export type Node = ContextNode | NamespaceNode | CacheNode | KeyNode | NoticeNode;

/** The same row has the same id from one rendering to the next. */
export function idOf(node: Node): string {
  switch (node.kind) {
    case 'context':
      return contextId(node.context);
    case 'namespace':
      return namespaceId(node.context, node.namespace);
    case 'cache':
      return cacheRowId(node.ref);
    case 'key':
      return `key ${JSON.stringify([cacheId(node.ref), node.detail.key])}`;
    case 'notice':
      return `notice under ${node.under}`;
  }
}

/** The id of the row of a context. */
export function contextId(context: string): string {
  return `context ${JSON.stringify(context)}`;
}

/** The id of the row of a namespace. */
export function namespaceId(context: string, namespace: string): string {
  return `namespace ${JSON.stringify([context, namespace])}`;
}

/** The id of the row of a cache. */
export function cacheRowId(ref: CacheRef): string {
  return `cache ${cacheId(ref)}`;
}

/** True for a value that is a row of this tree: any extension may call a command with anything. */
export function isNode(value: unknown): value is Node {
  const kinds = ['context', 'namespace', 'cache', 'key', 'notice'] satisfies Node['kind'][];
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    kinds.some((kind) => kind === value.kind)
  );
}
