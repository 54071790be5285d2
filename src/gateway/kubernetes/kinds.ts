import type { WorkloadKind, WorkloadRef } from '../../domain/readers/workload.ts';

/** Where the API server keeps the objects of a kind. */
interface Resource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly isClusterWide?: boolean;
}

const ARGO = { group: 'argoproj.io', version: 'v1alpha1' } as const;

const RESOURCES: Readonly<Record<WorkloadKind, Resource>> = {
  Deployment: { group: 'apps', version: 'v1', resource: 'deployments' },
  StatefulSet: { group: 'apps', version: 'v1', resource: 'statefulsets' },
  DaemonSet: { group: 'apps', version: 'v1', resource: 'daemonsets' },
  ReplicaSet: { group: 'apps', version: 'v1', resource: 'replicasets' },
  ReplicationController: { group: '', version: 'v1', resource: 'replicationcontrollers' },
  Job: { group: 'batch', version: 'v1', resource: 'jobs' },
  CronJob: { group: 'batch', version: 'v1', resource: 'cronjobs' },
  Pod: { group: '', version: 'v1', resource: 'pods' },
  Rollout: { ...ARGO, resource: 'rollouts' },
  Workflow: { ...ARGO, resource: 'workflows' },
  WorkflowTemplate: { ...ARGO, resource: 'workflowtemplates' },
  ClusterWorkflowTemplate: { ...ARGO, resource: 'clusterworkflowtemplates', isClusterWide: true },
  CronWorkflow: { ...ARGO, resource: 'cronworkflows' },
};

/** The group and resource of a kind, as rules of RBAC name them. */
export function resourceOf(kind: WorkloadKind): Pick<Resource, 'group' | 'resource'> {
  const { group, resource } = RESOURCES[kind];
  return { group, resource };
}

/** True for kinds that a cluster knows only where somebody has installed them. */
export function isCustom(kind: WorkloadKind): boolean {
  return RESOURCES[kind].group === ARGO.group;
}

/** The path under which a cluster says what it knows of the group of a kind. */
export function pathOfGroup(kind: WorkloadKind): string {
  const { group, version } = RESOURCES[kind];
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** The path of the objects of a kind in a namespace, or in all where none is given. */
export function pathOfKind(kind: WorkloadKind, namespace?: string): string {
  const { resource, isClusterWide } = RESOURCES[kind];
  const api = pathOfGroup(kind);
  if (isClusterWide === true || namespace === undefined) return `${api}/${resource}`;
  return `${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}

/** The path of one object. */
export function pathOf({ kind, namespace, name }: WorkloadRef): string {
  return `${pathOfKind(kind, namespace)}/${encodeURIComponent(name)}`;
}
