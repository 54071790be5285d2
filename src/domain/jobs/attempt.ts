import { isFields, numberOr, objectsIn, textOr, type Fields } from '../readers/json.ts';
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
}

/** Names the container that people look at first. Source: kubectl `podcmd.DefaultContainerAnnotationName`. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** What matters of a pod of a run, as the API server sends it. */
export function attemptOf(root: Fields): Attempt {
  const [metadata = {}, spec = {}, status = {}] = ['metadata', 'spec', 'status'].map(
    (part): Fields => (isFields(root[part]) ? root[part] : {}),
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
  };
}

/** Argo runs what a template says as `main`, with containers of its own beside it. */
function shownOf(metadata: Fields, names: readonly string[]): string {
  const annotations = isFields(metadata['annotations']) ? metadata['annotations'] : {};
  const named = textOr(annotations[DEFAULT_CONTAINER]);
  if (names.includes(named)) return named;
  return names.includes('main') ? 'main' : (names[0] ?? '');
}

function stateOf({ name: given, state, lastState }: Fields) {
  const name = textOr(given);
  const [now, before] = [state, lastState].map((each): Fields => (isFields(each) ? each : {}));
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
