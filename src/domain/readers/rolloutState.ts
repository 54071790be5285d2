import { fieldsOf, isFields, numberOr, objectsIn, textOr, type Fields } from './json.ts';
import type { WorkloadKind } from './workload.ts';

/** The annotation by which kubectl restarts. Source: kubectl `objectrestarter.go`. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** A condition of a status. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** How the pods of a workload are replaced, and how far that has come. Numbers are of pods. */
export interface RolloutState {
  readonly generation: number;
  /** The generation that the controller has seen; 0 where it has seen none. */
  readonly observed: number;
  /**
   * True where its pods are not replaced until somebody resumes it: a Deployment alone. A Rollout that is paused,
   * by a person or at a step, restarts its pods all the same, and its plugin asks for that without a look at it.
   * Source: Argo Rollouts `rollout/restart.go`, `rollout/canary.go`, and its page on restarts.
   */
  readonly isPaused: boolean;
  /** `RollingUpdate`, `Recreate`, `OnDelete`; for a Rollout `canary` or `blueGreen`. */
  readonly strategy: string;
  /** The partition of a StatefulSet; nothing where it has no `rollingUpdate`. */
  readonly partition?: number;
  /** The ordinal of the first pod of a StatefulSet that has numbers of its own; absent for 0. */
  readonly start?: number;
  /** How many pods there should be. */
  readonly desired: number;
  readonly updated: number;
  /** How many there are, old ones too. */
  readonly current: number;
  readonly ready: number;
  readonly available: number;
  readonly currentRevision: string;
  readonly updateRevision: string;
  /** When somebody restarted it last, as it was written; empty where nobody did. */
  readonly restartedAt: string;
  /** For a Rollout: up to which restart the old pods are gone, and how it is. */
  readonly restarted: string;
  readonly phase: string;
  readonly message: string;
  readonly conditions: readonly Condition[];
  /**
   * When it was last written beside its status, in milliseconds since the epoch by the clock of the cluster, which
   * tells whole seconds; absent where it does not tell.
   */
  readonly written?: number;
}

/** The state of the kinds that replace their pods; nothing for others. */
export function rolloutStateOf(kind: WorkloadKind, root: Fields): RolloutState | undefined {
  const [metadata, spec, status] = ['metadata', 'spec', 'status'].map((part) =>
    fieldsOf(root[part]),
  ) as [Fields, Fields, Fields];
  if (!(kind in DESIRED)) return undefined;
  return {
    generation: numberOr(metadata['generation'], 0),
    observed: observedOf(status),
    isPaused: kind === 'Deployment' && spec['paused'] === true,
    strategy: strategyOf(kind, spec),
    ...(kind === 'StatefulSet' ? ordinalsOf(spec) : {}),
    ...countsOf(kind, spec, status),
    ...writtenOf(metadata),
    currentRevision: textOr(status['currentRevision']),
    updateRevision: textOr(status['updateRevision']),
    restartedAt: restartedAtOf(kind, spec),
    restarted: textOr(status['restartedAt']),
    phase: textOr(status['phase']),
    message: textOr(status['message']),
    conditions: objectsIn(status['conditions']).map((condition) => ({
      type: textOr(condition['type']),
      status: textOr(condition['status']),
      reason: textOr(condition['reason']),
      message: textOr(condition['message']),
    })),
  };
}

function ordinalsOf(spec: Fields): Pick<RolloutState, 'partition' | 'start'> {
  const rolling = fieldsOf(spec['updateStrategy'])['rollingUpdate'];
  const start = numberOr(fieldsOf(spec['ordinals'])['start'], 0);
  return {
    ...(isFields(rolling) ? { partition: numberOr(rolling['partition'], 0) } : {}),
    ...(start === 0 ? {} : { start }),
  };
}

/** Source: `managedFields` of the API, whose entries for a status are of its controller. */
function writtenOf(metadata: Fields): Pick<RolloutState, 'written'> {
  const times = objectsIn(metadata['managedFields'])
    .filter(({ subresource }) => subresource !== 'status')
    .map(({ time }) => Date.parse(textOr(time)))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? {} : { written: Math.max(...times) };
}

/** Kinds that keep a number of pods, and where the number stands. */
const DESIRED: Partial<Record<WorkloadKind, 'spec' | 'status'>> = {
  Deployment: 'spec',
  StatefulSet: 'spec',
  ReplicaSet: 'spec',
  ReplicationController: 'spec',
  Rollout: 'spec',
  DaemonSet: 'status',
};

/** A Rollout says it as a text. */
function observedOf({ observedGeneration }: Fields): number {
  const number = Number(observedGeneration ?? 0);
  return Number.isNaN(number) ? 0 : number;
}

function strategyOf(kind: WorkloadKind, spec: Fields): string {
  if (kind === 'Rollout') return Object.keys(fieldsOf(spec['strategy']))[0] ?? '';
  const strategy = kind === 'Deployment' ? spec['strategy'] : spec['updateStrategy'];
  return textOr(fieldsOf(strategy)['type']);
}

/** What the counts of pods are called in a status. */
const COUNTS = {
  spec: {
    updated: 'updatedReplicas',
    current: 'replicas',
    ready: 'readyReplicas',
    available: 'availableReplicas',
  },
  status: {
    updated: 'updatedNumberScheduled',
    current: 'currentNumberScheduled',
    ready: 'numberReady',
    available: 'numberAvailable',
  },
} as const;

function countsOf(kind: WorkloadKind, spec: Fields, status: Fields) {
  const isInStatus = DESIRED[kind] === 'status';
  const { updated, current, ready, available } = COUNTS[isInStatus ? 'status' : 'spec'];
  return {
    desired: isInStatus
      ? numberOr(status['desiredNumberScheduled'], 0)
      : numberOr(spec['replicas'], 1),
    updated: numberOr(status[updated], 0),
    current: numberOr(status[current], 0),
    ready: numberOr(status[ready], 0),
    available: numberOr(status[available], 0),
  };
}

function restartedAtOf(kind: WorkloadKind, spec: Fields): string {
  if (kind === 'Rollout') return textOr(spec['restartAt']);
  const metadata = fieldsOf(fieldsOf(spec['template'])['metadata']);
  return textOr(fieldsOf(metadata['annotations'])[RESTARTED_AT]);
}
