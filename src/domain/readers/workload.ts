import { attemptOf, type Attempt } from '../jobs/attempt.ts';
import { cronStateOf, type CronState } from '../jobs/cron.ts';
import { runStateOf, type RunState } from '../jobs/run.ts';
import { REFRESHED_CACHE } from '../manifests/jobNames.ts';
import { deployersOf, type Owner } from '../owners.ts';
import { argoSpecOf, type ArgoSpec } from './argoSpec.ts';
import { controllerOf, isCopy, type Controller } from './controller.ts';
import { JsonReader, fieldsOf, isFields, objectsIn, textOr, type Fields } from './json.ts';
import { lifeOf, type Life } from './life.ts';
import { podStateOf, type PodState } from './pod.ts';
import { usesOfEphemeral, usesOfPod } from './podUses.ts';
import { rolloutStateOf, type RolloutState } from './rolloutState.ts';
import { strangeNames } from './strangeNames.ts';
import { toolsOf, type Tools } from './tools.ts';
import type { Use } from './use.ts';

/** The kinds of objects that may read a ConfigMap, or hold templates of such. */
export const WORKLOAD_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Pod',
  'Rollout',
  'Workflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'CronWorkflow',
] as const;

export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** Which workload. The namespace of a ClusterWorkflowTemplate is empty. */
export interface WorkloadRef {
  readonly context: string;
  readonly namespace: string;
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** What matters of a workload: whom it reads, and how it stands. Not its template, but where one is followed. */
export interface Workload {
  readonly ref: WorkloadRef;
  readonly uid: string;
  readonly life: Life;
  readonly controller?: Controller;
  /** What it refers to by itself. */
  readonly uses: readonly Use[];
  /** For kinds of Argo: what has to be put together with other objects. */
  readonly argo?: ArgoSpec;
  /** For a Rollout: the object whose template it takes. */
  readonly templateOf?: { readonly kind: string; readonly name: string };
  readonly tools?: Tools;
  /** The cache that it keeps fresh, as a value of our label, where it is a job that was scaffolded for that. */
  readonly refreshes?: string;
  /** Who deploys it, and may put back what is changed. */
  readonly deployers?: readonly Owner[];
  readonly rollout?: RolloutState;
  /** Its pod template as JSON: another one begins another rollout. Absent where many are listed. */
  readonly template?: string;
  /** For a Pod: how it is. */
  readonly pod?: PodState;
  /** For what runs on a schedule, or on an event: the schedule, and what it names. */
  readonly cron?: CronState;
  /** For a Job or Workflow: how it stands. */
  readonly run?: RunState;
  /** For a Pod of a Job or Workflow: how its containers ended. */
  readonly attempt?: Attempt;
}

/** The same with its template, of a workload that is looked at alone. */
export function followedWorkloadOf(context: string, kind: WorkloadKind, object: unknown): Workload {
  const spec = isFields(object) && isFields(object['spec']) ? object['spec'] : {};
  const template = isFields(spec['template']) ? JSON.stringify(spec['template']) : undefined;
  return { ...workloadOf(context, kind, object), ...(template === undefined ? {} : { template }) };
}

/** What matters of a workload as the API server sends it. It may have any shape. */
export function workloadOf(context: string, kind: WorkloadKind, object: unknown): Workload {
  const root = fieldsOf(object);
  const metadata = fieldsOf(root['metadata']);
  const controller = controllerOf(metadata);
  const isMade = isCopy(kind, controller);
  const tools = isMade ? undefined : toolsOf(kind, metadata, templateMetadataOf(root));
  const marks = marksOf(metadata);
  const deployers = deployersOf(marks);
  const refreshes = marks.labels[REFRESHED_CACHE];
  const rollout = isMade ? undefined : rolloutStateOf(kind, root);
  return {
    ref: {
      context,
      namespace: textOr(metadata['namespace']),
      kind,
      name: textOr(metadata['name']),
    },
    uid: textOr(metadata['uid']),
    life: lifeOf(kind, root),
    ...(controller === undefined ? {} : { controller }),
    // A copy has the template of its controller, which is the reader, also by its annotations.
    ...(isMade ? { uses: addedTo(kind, root) } : readingOf(kind, root)),
    ...(tools === undefined ? {} : { tools }),
    ...(refreshes === undefined ? {} : { refreshes }),
    ...(deployers.length === 0 ? {} : { deployers }),
    ...(rollout === undefined ? {} : { rollout }),
    ...(kind === 'Pod' ? { pod: podStateOf(root) } : {}),
    ...runningOf(kind, root, controller),
  };
}

/** What tells how a job, its runs and their pods stand. */
function runningOf(
  kind: WorkloadKind,
  root: Fields,
  controller: Controller | undefined,
): Pick<Workload, 'cron' | 'run' | 'attempt'> {
  const cron = cronStateOf(kind, root);
  const run = runStateOf(kind, root);
  const isOfRun = controller?.kind === 'Job' || controller?.kind === 'Workflow';
  const isAttempt = kind === 'Pod' && isOfRun && isCopy(kind, controller);
  return {
    ...(cron === undefined ? {} : { cron }),
    ...(run === undefined ? {} : { run }),
    ...(isAttempt ? { attempt: attemptOf(root) } : {}),
  };
}

/** The metadata of a pod template, where the object has one. */
function templateMetadataOf(root: Fields): Fields {
  const inside = (outer: Fields, field: string): Fields => fieldsOf(outer[field]);
  return inside(inside(inside(root, 'spec'), 'template'), 'metadata');
}

/** What a pod that another object controls reads beside what its template does. */
function addedTo(kind: WorkloadKind, root: Fields): readonly Use[] {
  if (kind !== 'Pod') return [];
  const json = new JsonReader();
  return usesOfEphemeral(json.fields(root['spec']), json.fields(root['status']), json);
}

type Reading = Pick<Workload, 'uses' | 'argo' | 'templateOf'>;

function readingOf(kind: WorkloadKind, root: Fields): Reading {
  const json = new JsonReader();
  const spec = json.fields(root['spec']);
  const read = readAs(kind, spec, { json, status: json.fields(root['status']) });
  const strange = strangeNames(spec, json.strange);
  if (strange.length === 0) return read;
  const use: Use = { maps: strange, way: 'unrecognized', place: 'spec', role: 'none' };
  return { ...read, uses: [...read.uses, use] };
}

function readAs(
  kind: WorkloadKind,
  spec: Fields,
  { json, status }: { json: JsonReader; status: Fields },
): Reading {
  const pod = (holder: Fields) => usesOfPod(json.fields(holder['template'])['spec'], json);
  switch (kind) {
    case 'Pod':
      return { uses: [...usesOfPod(spec, json), ...usesOfEphemeral(spec, status, json)] };
    case 'CronJob':
      return { uses: pod(json.fields(json.fields(spec['jobTemplate'])['spec'])) };
    case 'Rollout': {
      const ref = json.fields(spec['workloadRef']);
      const [refKind, name] = [textOr(ref['kind']), textOr(ref['name'])];
      return { uses: pod(spec), ...(name === '' ? {} : { templateOf: { kind: refKind, name } }) };
    }
    case 'Workflow': {
      // What a Workflow takes from a template is stored in it when it starts.
      const stored = status['storedWorkflowTemplateSpec'];
      if (!isFields(stored)) return { uses: [], argo: argoSpecOf(spec, json) };
      const { volumes, templates, uses, calls } = argoSpecOf(stored, json);
      return { uses: [], argo: { volumes, templates, uses, calls } };
    }
    case 'WorkflowTemplate':
    case 'ClusterWorkflowTemplate':
      return { uses: [], argo: argoSpecOf(spec, json) };
    case 'CronWorkflow':
      return { uses: [], argo: argoSpecOf(spec['workflowSpec'], json) };
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Job':
      return { uses: pod(spec) };
  }
}

/** What tells who deploys an object. */
function marksOf(metadata: Fields) {
  return {
    labels: textsIn(metadata['labels']),
    annotations: textsIn(metadata['annotations']),
    writers: objectsIn(metadata['managedFields']).map((entry) => ({
      manager: textOr(entry['manager']),
    })),
  };
}

/** Labels or annotations: the fields of an object that are texts. */
export function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isFields(value)) return {};
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

/** The workload as people write it: `Deployment my-app`. */
export function printWorkload({ kind, name }: Pick<WorkloadRef, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** One string per workload, for use as a map key. */
export function workloadId({ context, namespace, kind, name }: WorkloadRef): string {
  return JSON.stringify([context, namespace, kind, name]);
}
