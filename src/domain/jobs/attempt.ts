import { fieldsOf, isFields, numberOr, objectsIn, textOr, type Fields } from '../readers/json.ts';
import { timeIn } from './cron.ts';

/** How a container ended. */
export interface ContainerEnd {
  readonly container: string;
  readonly code: number;
  /** What it left as its termination message; empty where it left none. */
  readonly message: string;
}

/** A pod of a run: each try of a Job has one of its own. */
export interface Attempt {
  /** In milliseconds since the epoch. */
  readonly created: number;
  /** The container whose log tells what happened. */
  readonly container: string;
  readonly otherContainers: readonly string[];
  /** True once that container has begun, so that it has a log. */
  readonly hasBegun: boolean;
  /** True once none of its containers runs any more. */
  readonly hasEnded: boolean;
  /** How the container that failed first ended, or else the one with the log. */
  readonly end?: ContainerEnd;
  /** What it is a try of, where it belongs to a Workflow. */
  readonly step?: Step;
}

/** A step of a workflow that a pod is for. */
export interface Step {
  /** Empty where the workflow has no steps. */
  readonly name: string;
  /** Which try of it the pod is, from 1. */
  readonly attempt: number;
}

/** Names the container that people look at first. Source: kubectl `podcmd.DefaultContainerAnnotationName`. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** What matters of a pod of a run, as the API server sends it. */
export function attemptOf(root: Fields): Attempt {
  const [metadata = {}, spec = {}, status = {}] = ['metadata', 'spec', 'status'].map(
    (part): Fields => fieldsOf(root[part]),
  );
  const names = objectsIn(spec['containers']).map(({ name }) => textOr(name));
  const container = shownOf(metadata, names);
  const states = ['initContainerStatuses', 'containerStatuses'].flatMap((field) =>
    objectsIn(status[field]).map(stateOf),
  );
  const ends = states.flatMap(({ end }) => end ?? []);
  const shown = states.find(({ name }) => name === container);
  const end = ends.find(({ code }) => code !== 0) ?? shown?.end;
  return {
    created: timeIn(metadata['creationTimestamp']) ?? 0,
    container,
    otherContainers: names.filter((name) => name !== container),
    hasBegun: shown?.hasBegun === true,
    hasEnded: ['Succeeded', 'Failed'].includes(textOr(status['phase'])),
    ...(end === undefined ? {} : { end }),
    ...stepOf(metadata),
  };
}

/**
 * The step of a pod of a Workflow. Argo writes its path from the Workflow on, with the number of the try, from 0, where it
 * may be tried again: `refresh-x7[0].detect(1)`.
 */
function stepOf(metadata: Fields): Pick<Attempt, 'step'> {
  const path = textOr(fieldsOf(metadata['annotations'])['workflows.argoproj.io/node-name']);
  if (path === '') return {};
  const workflow = textOr(fieldsOf(metadata['labels'])['workflows.argoproj.io/workflow']);
  const inside = path.startsWith(workflow) ? path.slice(workflow.length) : path;
  const [, name = '', retry = '0'] = /^(?:\[\d+\])?\.?(.*?)(?:\((\d+)\))?$/s.exec(inside) ?? [];
  return { step: { name, attempt: Number(retry) + 1 } };
}

/** Argo runs what a template says as `main`, with containers of its own beside it. */
function shownOf(metadata: Fields, names: readonly string[]): string {
  const annotations = fieldsOf(metadata['annotations']);
  const named = textOr(annotations[DEFAULT_CONTAINER]);
  if (names.includes(named)) return named;
  return names.includes('main') ? 'main' : (names[0] ?? '');
}

function stateOf({ name: given, state, lastState }: Fields) {
  const name = textOr(given);
  const [now, before] = [state, lastState].map(fieldsOf);
  const terminated = now?.['terminated'];
  const hasBegun =
    isFields(terminated) || isFields(now?.['running']) || isFields(before?.['terminated']);
  if (!isFields(terminated)) return { name, hasBegun };
  const end: ContainerEnd = {
    container: name,
    code: numberOr(terminated['exitCode'], 0),
    message: textOr(terminated['message']).trim(),
  };
  return { name, hasBegun, end };
}
