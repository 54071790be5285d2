import { isMap, isScalar, isSeq, type Document, type YAMLMap } from 'yaml';

/** Where something is in a document. */
export type Path = readonly (string | number)[];

/** A container of a workload in a manifest, and where the volumes that it may mount stand. */
export interface ContainerPlace {
  /** As a person calls it; unique within the workload. */
  readonly name: string;
  readonly path: Path;
  /** The pod's spec, or the template of Argo, that gets a volume. */
  readonly holder: Path;
  /** Another list of volumes that it may mount: that of the whole spec of Argo. */
  readonly outer: Path | undefined;
  /** The list that shows how lists are written here. */
  readonly list: Path;
}

const POD_TEMPLATE = ['spec', 'template', 'spec'] as const;

/** Where the spec of the pod is, by kind. */
const POD_SPECS: Readonly<Record<string, Path>> = {
  Pod: ['spec'],
  Deployment: POD_TEMPLATE,
  StatefulSet: POD_TEMPLATE,
  DaemonSet: POD_TEMPLATE,
  ReplicaSet: POD_TEMPLATE,
  ReplicationController: POD_TEMPLATE,
  Rollout: POD_TEMPLATE,
  Job: POD_TEMPLATE,
  CronJob: ['spec', 'jobTemplate', ...POD_TEMPLATE],
};

/** Where the spec with templates is, by kind of Argo. */
const ARGO_SPECS: Readonly<Record<string, Path>> = {
  Workflow: ['spec'],
  WorkflowTemplate: ['spec'],
  ClusterWorkflowTemplate: ['spec'],
  CronWorkflow: ['spec', 'workflowSpec'],
};

/** The containers of a manifest; nothing where it is of a kind that has none. */
export function containerPlaces(document: Document): readonly ContainerPlace[] | undefined {
  const kind = textAt(document, ['kind']) ?? '';
  const pod = POD_SPECS[kind];
  if (pod !== undefined) return podPlaces(document, pod);
  const argo = ARGO_SPECS[kind];
  return argo === undefined ? undefined : argoPlaces(document, argo);
}

function podPlaces(document: Document, holder: Path): readonly ContainerPlace[] {
  const list = [...holder, 'containers'];
  return indexes(document, list).map((index) => {
    const path = [...list, index];
    const name = textAt(document, [...path, 'name']) ?? `container ${index + 1}`;
    return { name, path, holder, outer: undefined, list };
  });
}

function argoPlaces(document: Document, outer: Path): readonly ContainerPlace[] {
  const list = [...outer, 'templates'];
  return indexes(document, list).flatMap((index) => {
    const holder = [...list, index];
    const name = textAt(document, [...holder, 'name']) ?? `template ${index + 1}`;
    const own = ['container', 'script'].flatMap((field) => {
      const path = [...holder, field];
      return isMap(document.getIn(path, true)) ? [{ name, path, holder, outer, list }] : [];
    });
    const set = [...holder, 'containerSet', 'containers'];
    const inSet = indexes(document, set).map((place) => {
      const path = [...set, place];
      const inner = textAt(document, [...path, 'name']) ?? `container ${place + 1}`;
      return { name: `${name}/${inner}`, path, holder, outer, list };
    });
    return [...own, ...inSet];
  });
}

/** The places of the objects in a list. */
function indexes(document: Document, path: Path): readonly number[] {
  const list: unknown = document.getIn(path, true);
  if (!isSeq(list)) return [];
  return list.items.flatMap((item, index) => (isMap(item) ? [index] : []));
}

/** The text at a place, where there is one. */
export function textAt(document: Document, path: Path): string | undefined {
  const node: unknown = document.getIn(path, true);
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** The object at a place, as it is written. */
export function mapAt(document: Document, path: Path): YAMLMap | undefined {
  const node: unknown = document.getIn(path, true);
  return isMap(node) ? node : undefined;
}
