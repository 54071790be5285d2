import type { CacheRef } from '../ref.ts';
import { Workloads, type Reader } from './reader.ts';
import type { Workload, WorkloadKind } from './workload.ts';

/**
 * The kinds that can refer to a ConfigMap of another namespace: by a semaphore of Argo, or by an annotation of
 * wave. Pods cannot.
 */
export const FAR_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Workflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'CronWorkflow',
] as const satisfies readonly WorkloadKind[];

export type FarKind = (typeof FAR_KINDS)[number];

/** Those of other namespaces that read a cache, among the workloads of all; by namespace. */
export function readersElsewhere(
  all: readonly Workload[],
  cache: Pick<CacheRef, 'namespace' | 'name'>,
): readonly Reader[] {
  const { [EVERYWHERE]: clusterWide = [], ...others } = Object.groupBy(
    all,
    ({ ref }) => ref.namespace,
  );
  return Object.keys(others)
    .filter((namespace) => namespace !== cache.namespace)
    .sort()
    .flatMap((namespace) => {
      const members = others[namespace] ?? [];
      const found = new Workloads([...members, ...clusterWide]).readersOf(cache);
      return found.filter(({ workload: { ref } }) => ref.namespace === namespace);
    });
}

/** The namespace of what belongs to none. */
const EVERYWHERE = '';
