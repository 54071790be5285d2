import type { CacheSummary } from '../../domain/cache.ts';
import type { KeyDetail } from '../../domain/detail.ts';
import type { Failure } from '../../domain/failure.ts';
import type { CacheJob } from '../../domain/jobs/cacheJob.ts';
import type { CacheChange, Reader } from '../../domain/readers/reader.ts';
import { workloadId, type Workload } from '../../domain/readers/workload.ts';
import { cacheId, type CacheRef } from '../../domain/ref.ts';
import type { Standing } from '../../operations/following.ts';
import type { UnknownKind } from '../../operations/readers/followedNamespace.ts';

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

/** The row of a ConfigMap of which that is known. */
export function cacheNode(summary: CacheSummary): CacheNode {
  return { kind: 'cache', ref: summary.ref, summary };
}

/** A row for one key of a ConfigMap. */
export interface KeyNode {
  readonly kind: 'key';
  readonly ref: CacheRef;
  readonly summary: CacheSummary;
  readonly detail: KeyDetail;
}

/** A row for those who read a ConfigMap. */
export interface ReadersNode {
  readonly kind: 'readers';
  readonly ref: CacheRef;
  readonly summary: CacheSummary;
}

/** A row for one of those who read a ConfigMap. */
export interface ReaderNode {
  readonly kind: 'reader';
  readonly ref: CacheRef;
  readonly reader: Reader;
  readonly change: CacheChange;
  /** Its pods, where they may be seen; and those of them that run content from before. */
  readonly pods: readonly Workload[] | undefined;
  readonly stale: readonly Workload[];
}

/** A row for the jobs that refresh a ConfigMap. */
export interface JobsNode {
  readonly kind: 'jobs';
  readonly ref: CacheRef;
  readonly summary: CacheSummary;
}

/** A row for one of the jobs that refresh a ConfigMap. */
export interface JobNode {
  readonly kind: 'job';
  readonly ref: CacheRef;
  readonly summary: CacheSummary;
  readonly job: CacheJob;
}

/** Why there is nothing to show in a place: nothing there, or a failure. */
export type Sight =
  | { readonly kind: 'noCaches' }
  | { readonly kind: 'noKeys' }
  | { readonly kind: 'noReaders' }
  | { readonly kind: 'ended'; readonly ended: number }
  | { readonly kind: 'unknownKinds'; readonly unknown: readonly UnknownKind[] }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** A row that says why there is nothing to show, in the place of what is missing. */
export interface NoticeNode {
  readonly kind: 'notice';
  /** The id of the row it stands under; empty at the top. */
  readonly under: string;
  readonly sight: Sight;
}

/** Any row. Nodes are values; a row is known again by its id. */
export type Node =
  | ContextNode
  | NamespaceNode
  | CacheNode
  | KeyNode
  | ReadersNode
  | ReaderNode
  | JobsNode
  | JobNode
  | NoticeNode;

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
    case 'readers':
      return readersId(node.ref);
    case 'reader':
      return `reader ${JSON.stringify([cacheId(node.ref), workloadId(node.reader.workload.ref)])}`;
    case 'jobs':
      return jobsId(node.ref);
    case 'job':
      return `job ${JSON.stringify([cacheId(node.ref), workloadId(node.job.workload.ref)])}`;
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

/** The id of the row for the readers of a cache. */
export function readersId(ref: CacheRef): string {
  return `readers ${cacheId(ref)}`;
}

/** The id of the row for the jobs that refresh a cache. */
export function jobsId(ref: CacheRef): string {
  return `jobs ${cacheId(ref)}`;
}

/** True for a value that is a row of this tree: any extension may call a command with anything. */
export function isNode(value: unknown): value is Node {
  const kinds: readonly Node['kind'][] = [
    'context',
    'namespace',
    'cache',
    'key',
    'readers',
    'reader',
    'jobs',
    'job',
    'notice',
  ];
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    kinds.some((kind) => kind === value.kind)
  );
}
