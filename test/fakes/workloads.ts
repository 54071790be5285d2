import { Workloads, type Reader } from '../../src/domain/readers/reader.ts';
import type { RolloutState } from '../../src/domain/readers/rolloutState.ts';
import type { Use } from '../../src/domain/readers/use.ts';
import { workloadOf, type Workload, type WorkloadKind } from '../../src/domain/readers/workload.ts';
import { REF } from './caches.ts';

/** The parts of an object of the API server, beside its kind and its name. */
export interface Parts {
  readonly metadata?: object;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** An object as the API server sends it, in the namespace of the cache that tests speak of. */
export function objectNamed(
  kind: WorkloadKind,
  name: string,
  { metadata, ...parts }: Parts = {},
): Readonly<Record<string, unknown>> {
  const common = { name, namespace: REF.namespace, uid: uidOf(kind, name) };
  return { kind, metadata: { ...common, ...metadata }, ...parts };
}

/** What matters of such an object. */
export function workloadNamed(kind: WorkloadKind, name: string, parts: Parts = {}): Workload {
  return workloadOf(REF.context, kind, objectNamed(kind, name, parts));
}

/** The uid of an object that `objectNamed` makes. */
export function uidOf(kind: string, name: string): string {
  return `uid of ${kind} ${name}`;
}

/** The API of each kind that makes others by its template. */
const API_OF: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Rollout: 'argoproj.io/v1alpha1',
  Workflow: 'argoproj.io/v1alpha1',
  CronWorkflow: 'argoproj.io/v1alpha1',
};

/** What the metadata of an object say that another one controls, of Kubernetes or Argo where no API is given. */
export function controlledBy(
  kind: string,
  name: string,
  apiVersion = API_OF[kind] ?? 'v1',
): object {
  const owner = { apiVersion, kind, name, uid: uidOf(kind, name), controller: true };
  return { ownerReferences: [owner] };
}

/** A container that has all keys of the cache in its environment, so that it needs a restart. */
export const READING = { name: 'app', envFrom: [{ configMapRef: { name: REF.name } }] };

/** The spec of a workload whose pods have these containers. */
export function specWith(...containers: readonly object[]) {
  return { template: { spec: { containers } } };
}

/** A workload that reads the cache in the environment of its pods. */
export function readingWorkload(kind: WorkloadKind, name: string, parts: Parts = {}): Workload {
  const spec = { ...specWith(READING), ...(parts.spec as object | undefined) };
  return workloadNamed(kind, name, { ...parts, spec });
}

/** A pod that another object controls. */
export function podOf(
  kind: string,
  name: string,
  { pod, status }: { readonly pod: string; readonly status?: object },
): Workload {
  const metadata = controlledBy(kind, name);
  return workloadNamed('Pod', pod, { metadata, ...(status === undefined ? {} : { status }) });
}

/** One place that reads the cache: the environment of a container, but for what is given. */
export function useWith(more: Partial<Use> = {}): Use {
  return { maps: [REF.name], way: 'env', place: 'app', role: 'container', ...more };
}

/** The reader of the cache that a workload is. Fails where it is none. */
export function readerOf(workload: Workload, ...others: readonly Workload[]): Reader {
  const found = new Workloads([workload, ...others])
    .readersOf(REF)
    .find((reader) => reader.workload === workload);
  if (found === undefined) throw new Error(`${workload.ref.name} reads nothing.`);
  return found;
}

/** A rollout of three pods that has come to its end, but for what is given. */
export function rolloutWith(more: Partial<RolloutState> = {}): RolloutState {
  return {
    generation: 2,
    observed: 2,
    isPaused: false,
    strategy: 'RollingUpdate',
    desired: 3,
    updated: 3,
    current: 3,
    ready: 3,
    available: 3,
    currentRevision: 'new',
    updateRevision: 'new',
    restartedAt: '',
    restarted: '',
    phase: '',
    message: '',
    conditions: [],
    ...more,
  };
}
