import type { ArgoInstalled } from '../../domain/manifests/events/installed.ts';
import type { NamespaceRef } from '../../domain/ref.ts';

/** What is asked of Kubernetes about Argo. */
export interface ArgoCluster {
  /** What of Argo there is for a namespace. Throws a `Failure`, or the signal's reason. */
  readonly installed: (where: NamespaceRef, signal: AbortSignal) => Promise<ArgoInstalled>;
}
