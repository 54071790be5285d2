import { fieldsOf, isFields, objectsIn, textOr, type Fields } from './json.ts';
import { RESTARTED_AT } from './rolloutState.ts';

/** How a pod is. */
export interface PodState {
  /** When it was taken up by its node, in milliseconds since the epoch; nothing before that. */
  readonly started?: number;
  /** The restart that made it, in milliseconds since the epoch; nothing where none did. */
  readonly restarted?: number;
  readonly isReady: boolean;
  /** True while it is being deleted. */
  readonly isEnding: boolean;
  /** What keeps it from being ready, as the cluster says it. */
  readonly trouble?: string;
}

/** The state of a pod as the API server sends it. */
export function podStateOf(root: Fields): PodState {
  const metadata = fieldsOf(root['metadata']);
  const status = fieldsOf(root['status']);
  const annotations = fieldsOf(metadata['annotations']);
  const started = Date.parse(textOr(status['startTime']));
  const restarted = Date.parse(textOr(annotations[RESTARTED_AT]));
  const trouble = troubleOf(status);
  return {
    ...(Number.isNaN(started) ? {} : { started }),
    ...(Number.isNaN(restarted) ? {} : { restarted }),
    isReady: objectsIn(status['conditions']).some(
      ({ type, status: isTrue }) => type === 'Ready' && isTrue === 'True',
    ),
    isEnding: metadata['deletionTimestamp'] !== undefined,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** Reasons for which a container waits that are part of an ordinary start. */
const ORDINARY = new Set(['ContainerCreating', 'PodInitializing', '']);

function troubleOf(status: Fields): string | undefined {
  const unscheduled = objectsIn(status['conditions']).find(
    ({ type, status: isTrue }) => type === 'PodScheduled' && isTrue === 'False',
  );
  if (unscheduled !== undefined) {
    return sentence('cannot be scheduled', textOr(unscheduled['message']));
  }
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((field) =>
    objectsIn(status[field]),
  );
  for (const { name, state } of containers) {
    const waiting = isFields(state) && isFields(state['waiting']) ? state['waiting'] : {};
    const reason = textOr(waiting['reason']);
    if (ORDINARY.has(reason)) continue;
    return sentence(`container ${textOr(name)}: ${reason}`, textOr(waiting['message']));
  }
  if (status['phase'] !== 'Failed') return undefined;
  return sentence(textOr(status['reason']) || 'failed', textOr(status['message']));
}

function sentence(what: string, message: string): string {
  return message === '' ? what : `${what}: ${message}`;
}

/**
 * True for a pod that began before a change, in milliseconds since the epoch. Clusters tell times in whole
 * seconds: a pod of the same second counts as older, unless a restart at that time or later made it.
 */
export function isFromBefore({ started, restarted }: PodState, change: number): boolean {
  if (started === undefined) return false;
  const second = Math.floor(change / 1000) * 1000;
  if (started !== second) return started < second;
  return restarted === undefined || restarted < second;
}
