import type { RightsQuestion } from '../domain/accessRequest.ts';
import type { CacheContent, CacheSummary } from '../domain/cache.ts';
import type { Value } from '../domain/content/content.ts';
import type { Failure } from '../domain/failure.ts';
import type { HistoryPlace, HistoryRecord } from '../domain/history/history.ts';
import type { ClusterEvent } from '../domain/readers/clusterEvent.ts';
import type { FarKind } from '../domain/readers/elsewhere.ts';
import type { RestartPatch } from '../domain/readers/restartPatch.ts';
import type { Workload, WorkloadKind, WorkloadRef } from '../domain/readers/workload.ts';
import type { CacheRef, NamespaceRef } from '../domain/ref.ts';
import type { Source, SourceContent } from '../domain/source.ts';
import type { DeleteOutcome, NewCache, Unanswered, WriteOutcome } from './written.ts';

/** One context of the kubeconfig. */
export interface ContextSummary {
  readonly name: string;
  /** The URL of the API server, or nothing when the context names no cluster that is there. */
  readonly server: string | undefined;
  /** The namespace that the context names, else `default`. */
  readonly namespace: string;
}

/** The contexts of the person's kubeconfig, and which of them is the current one. */
export interface Contexts {
  readonly all: readonly ContextSummary[];
  readonly current: string | undefined;
  /** The files they were read from, or would be. */
  readonly files: readonly string[];
}

/** Which objects a follower follows: those of one namespace, or of all where it is absent; or one by its name. */
export interface Scope {
  readonly context: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * What a follower is told. At the very first, where there are many objects, `begun` with some of them; then
 * `all`, and the changes. After `failed` it goes on by itself until it is stopped.
 */
export type FollowEvent<T> =
  | { readonly kind: 'begun'; readonly items: readonly T[] }
  | { readonly kind: 'all'; readonly items: readonly T[] }
  | { readonly kind: 'changed'; readonly item: T }
  | { readonly kind: 'removed'; readonly item: T }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Hears what happens to the objects that are followed. It must not throw. */
export type FollowListener<T> = (event: FollowEvent<T>) => void;

/** A write of some keys and annotations of one ConfigMap. Text becomes `data`, binary `binaryData`. */
export interface CacheWrite {
  readonly ref: CacheRef;
  readonly values: ReadonlyMap<string, Value>;
  /** What leaves `data` or `binaryData`: keys that are deleted, or kept the other way from now on. */
  readonly removed: ReadonlyMap<string, Value['kind']>;
  /** `null` removes an annotation. */
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** All that is asked of Kubernetes. Every method throws a `Failure`, or the signal's reason. */
export interface Cluster {
  readonly contexts: (signal: AbortSignal) => Promise<Contexts>;
  /** Tells the listener when the contexts may have changed, until the signal aborts. */
  readonly followContexts: (listener: () => void, signal: AbortSignal) => void;
  readonly followNamespaces: (
    context: string,
    listener: FollowListener<string>,
    signal: AbortSignal,
  ) => void;
  readonly followCaches: (
    scope: Scope,
    listener: FollowListener<CacheSummary>,
    signal: AbortSignal,
  ) => void;
  /**
   * What the cluster of a context is known by, whatever the context's name: the uid of `kube-system` where
   * it may be read, and what can be said without that.
   */
  readonly identity: (context: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Follows one ConfigMap with its content. */
  readonly followContent: (
    ref: CacheRef,
    listener: FollowListener<CacheContent>,
    signal: AbortSignal,
  ) => void;
  /** Reads one ConfigMap whole; nothing if it does not exist. */
  readonly readCache: (ref: CacheRef, signal: AbortSignal) => Promise<CacheContent | undefined>;
  /**
   * The states that a ConfigMap went through after one version and before another, oldest first, or before it
   * was deleted. Nothing where the server does not know all of them any more.
   */
  readonly statesSince: (
    ref: CacheRef,
    between: { readonly from: string; readonly to: string | undefined },
    signal: AbortSignal,
  ) => Promise<readonly CacheContent[] | undefined>;
  /** Changes the given keys and annotations, provided the object is still at that version. */
  readonly changeKeys: (
    write: CacheWrite,
    resourceVersion: string,
    signal: AbortSignal,
  ) => Promise<WriteOutcome>;
  /** Makes a ConfigMap; a conflict means that one of that name exists. */
  readonly createCache: (cache: NewCache, signal: AbortSignal) => Promise<WriteOutcome>;
  /**
   * Asks the server whether a ConfigMap could be made, without making it; that there is one of its name is no
   * hindrance.
   */
  readonly tryCreate: (cache: NewCache, signal: AbortSignal) => Promise<void>;
  /** Deletes a ConfigMap, provided it is still the same object at the same version. */
  readonly deleteCache: (
    cache: Pick<CacheContent, 'ref' | 'uid' | 'resourceVersion'>,
    signal: AbortSignal,
  ) => Promise<DeleteOutcome>;
  /** Sets or, with `undefined`, removes one label, whatever the version. */
  readonly setLabel: (
    ref: CacheRef,
    label: readonly [name: string, value: string | undefined],
    signal: AbortSignal,
  ) => Promise<void>;
  /**
   * Whether the person may do this, as the cluster's own review says. A yes is no guarantee, and a no does
   * not stop anybody from trying.
   */
  readonly may: (
    context: string,
    question: RightsQuestion,
    signal: AbortSignal,
  ) => Promise<boolean>;
  /** Drops connections, credentials and what was read of the kubeconfig; the next call begins anew. */
  readonly reset: () => void;
}

/** How a request to restart or to run something ended, as far as the answer tells. */
export type PatchOutcome =
  { readonly kind: 'done'; readonly workload: Workload } | { readonly kind: 'gone' } | Unanswered;

/** All that is asked of Kubernetes about workloads. Every method throws a `Failure`, or the signal's reason. */
export interface WorkloadCluster {
  /**
   * Follows the objects of one kind in a namespace, where a label is named those that bear it; those of a
   * ClusterWorkflowTemplate in all. A kind that the cluster does not know has none.
   */
  readonly followKind: (
    where: NamespaceRef & { readonly label?: string },
    kind: WorkloadKind,
    listener: FollowListener<Workload>,
    signal: AbortSignal,
  ) => void;
  /**
   * The objects of a kind in all namespaces, as far as they can refer to a ConfigMap of another one: what has
   * ended is left out, and of the rest no more may be told than that.
   */
  readonly listEverywhere: (
    context: string,
    kind: FarKind,
    signal: AbortSignal,
  ) => Promise<readonly Workload[]>;
  /** Follows one workload; where it may not be watched, it is read again every few seconds. */
  readonly followWorkload: (
    ref: WorkloadRef,
    listener: FollowListener<Workload>,
    signal: AbortSignal,
  ) => void;
  /** Reads one workload; nothing if it does not exist. */
  readonly readWorkload: (ref: WorkloadRef, signal: AbortSignal) => Promise<Workload | undefined>;
  readonly restart: (
    ref: WorkloadRef,
    patch: RestartPatch,
    signal: AbortSignal,
  ) => Promise<PatchOutcome>;
  /**
   * Makes a Job of that name from a CronJob, as kubectl does, or a Workflow from a CronWorkflow, as argo does;
   * nothing if there is no such thing.
   */
  readonly runJob: (ref: WorkloadRef, name: string, signal: AbortSignal) => Promise<PatchOutcome>;
  /** What the cluster has told lately about an object, oldest first. */
  readonly events: (
    where: NamespaceRef,
    uid: string,
    signal: AbortSignal,
  ) => Promise<readonly ClusterEvent[]>;
  /** Whether the person may restart it, as the cluster's own review says. */
  readonly mayRestart: (ref: WorkloadRef, signal: AbortSignal) => Promise<boolean>;
}

/** Reports progress of a read: bytes so far, and in all where that is known. */
export type ReadProgress = (bytes: number, total: number | undefined) => void;

/** Reads sources of one kind, whole and within a limit of bytes. Throws a `Failure`. */
export interface SourceReader<S extends Source = Source> {
  readonly read: (
    source: S,
    limits: { readonly maxBytes: number; readonly progress?: ReadProgress },
    signal: AbortSignal,
  ) => Promise<SourceContent>;
}

/** The headers that a person gave for one origin of URLs, kept in secret storage. */
export interface CredentialStore {
  readonly headers: (origin: string) => Promise<Readonly<Record<string, string>>>;
}

/** Earlier contents of caches, on the person's machine. Every method throws a `Failure`. */
export interface HistoryStore {
  /**
   * Adds records to a history, and the contents that they name, by SHA-256. It ends when all of it would
   * survive the machine's dying; where it throws, none of the records is there.
   */
  readonly keep: (
    place: HistoryPlace,
    records: readonly HistoryRecord[],
    contents: ReadonlyMap<string, Uint8Array>,
  ) => Promise<void>;
  /** The records of a history in the order in which they were made, each once; none where there is none. */
  readonly records: (place: HistoryPlace) => Promise<readonly HistoryRecord[]>;
  /** The namespaces of a cluster in which a name has a history, sorted. */
  readonly namespaces: (cluster: string) => Promise<readonly string[]>;
  /** The names in a namespace of a cluster that have a history, sorted. */
  readonly names: (where: Omit<HistoryPlace, 'name'>) => Promise<readonly string[]>;
  /** The bytes of that SHA-256; nothing where they are not kept, or not any more. */
  readonly content: (sha256: string) => Promise<Uint8Array | undefined>;
  /** Forgets a history, or all of them. */
  readonly forget: (place?: HistoryPlace) => Promise<void>;
  /** Bytes that all contents take together. */
  readonly size: () => Promise<number>;
}
