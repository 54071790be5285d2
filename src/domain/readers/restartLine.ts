import { ownerSentence } from '../owners.ts';
import { printCount } from '../size.ts';
import type { Effect } from './effect.ts';
import { effectOn, restarterOn, type CacheChange, type Reader } from './reader.ts';
import { isRestartable } from './restartPatch.ts';
import { firstReplaced, replacedPods } from './partition.ts';
import type { RolloutState } from './rolloutState.ts';
import { workloadId, type Workload } from './workload.ts';

/** What a restart of one reader would do, as it is offered. */
export interface RestartLine {
  readonly reader: Reader;
  /** Nothing where the reader does not read what was changed. */
  readonly effect: Effect | undefined;
  /** Why it cannot be restarted; absent where it can. */
  readonly refusal?: string;
  /** What will happen: replicas, strategy, downtime, who else has a say. */
  readonly remarks: readonly string[];
  /** True where it needs the restart, and nobody else makes it. */
  readonly isWanted: boolean;
}

/** The ids of the readers that need a restart, and of which pods are from before. */
export function wantedAmong(
  lines: readonly RestartLine[],
  stale: ReadonlySet<string>,
): ReadonlySet<string> {
  const ids = lines.flatMap(({ isWanted, reader }) =>
    isWanted ? [workloadId(reader.workload.ref)] : [],
  );
  return new Set(ids.filter((id) => stale.has(id)));
}

/** What a restart would do to a reader. `mayPatch` is false where the cluster has said so. */
export function restartLineOf(
  reader: Reader,
  change: CacheChange,
  mayPatch: (workload: Workload) => boolean,
): RestartLine {
  const { workload } = reader;
  const restarter = restarterOn(reader, change);
  const effect = effectOn(reader, change);
  const refusal =
    refusalOf(reader, effect) ?? (mayPatch(workload) ? undefined : 'you may not patch this');
  const needs = effect === 'restart' || effect === 'recreate';
  const { rollout } = workload;
  const restarts = rollout !== undefined && replacedPods(rollout) > 0;
  return {
    reader,
    effect,
    ...(refusal === undefined ? {} : { refusal }),
    remarks: [
      ...(rollout === undefined ? [] : remarksOn(workload, rollout)),
      ...(restarter === undefined ? [] : [`${restarter} restarts it by itself`]),
      ...(workload.deployers ?? []).map((owner) =>
        owner.kind === 'argoCd' ? 'Argo CD may revert this' : ownerSentence(owner),
      ),
    ],
    isWanted: needs && refusal === undefined && restarts && restarter === undefined,
  };
}

/** What makes a restart fail or mean nothing, by kubectl's refusals. */
function refusalOf(reader: Reader, effect: Effect | undefined): string | undefined {
  const { ref, rollout } = reader.workload;
  if (!isRestartable(ref.kind)) return insteadOf(reader, effect);
  // Of those that are only replaced when they are deleted, kubectl follows nothing.
  if (rollout?.strategy === 'OnDelete') return 'nothing restarts: OnDelete';
  return rollout?.isPaused === true ? 'paused: resume first' : undefined;
}

/** What can be done for what cannot be restarted, by what a change does to it. */
function insteadOf({ workload, uses }: Reader, effect: Effect | undefined): string {
  const { ref, controller } = workload;
  if (effect === undefined || effect === 'live') return 'it needs nothing';
  if (effect === 'unknown') return 'it cannot be restarted, and whether it needs it is not known';
  switch (ref.kind) {
    case 'ReplicaSet':
    case 'ReplicationController':
      return 'restarting is not supported: delete its pods, one after the other';
    case 'Pod':
      if (uses.every(({ role }) => role === 'ephemeral')) {
        return 'only an ephemeral container of it reads it: add another one';
      }
      return controller === undefined
        ? 'nothing makes it again: delete it and create it yourself'
        : `${controller.kind} ${controller.name} makes it: restart that, or delete the pod`;
    case 'Job':
      return effect === 'nextRun'
        ? 'it reads the new content when it is resumed'
        : 'its pods keep what they began with: let it end, or delete and create it';
    case 'Workflow':
      return effect === 'nextRun'
        ? 'its next pods read the new content'
        : 'it keeps what it began with: let it end, or submit it again';
    default:
      return 'its next run reads the new content';
  }
}

function remarksOn({ ref }: Workload, state: RolloutState): readonly string[] {
  const { desired, strategy, partition = 0 } = state;
  const pods = ref.kind === 'DaemonSet' ? ['pod', 'pods'] : ['replica', 'replicas'];
  const count = printCount(desired, pods[0] ?? '', pods[1] ?? '');
  if (desired === 0) return [`0 ${pods[1] ?? ''}: nothing restarts`];
  if (strategy === 'OnDelete') return [count];
  return [
    ...(desired === 1 ? [`one ${pods[0] ?? ''}`] : [count]),
    STRATEGIES[strategy] ?? strategy,
    ...(ref.kind === 'Rollout' && desired === 1 ? ['downtime: its only pod is evicted'] : []),
    ...(partition > 0 ? [partitionRemark(state)] : []),
  ];
}

const STRATEGIES: Readonly<Record<string, string>> = {
  RollingUpdate: 'rolling update',
  Recreate: 'downtime: strategy Recreate',
  canary: 'one after the other, without canary steps',
  blueGreen: 'one after the other, without blue-green steps',
};

function partitionRemark(state: RolloutState): string {
  return replacedPods(state) === 0
    ? `nothing restarts: partition ${state.partition ?? 0}`
    : `only ordinals from ${firstReplaced(state)}`;
}
