import { progressOf } from '../../domain/readers/rolloutProgress.ts';
import { effectOn, restarterOn, type Reader } from '../../domain/readers/reader.ts';
import { effectWords, useLines } from '../../domain/readers/readerText.ts';
import { isRestartable } from '../../domain/readers/restartPatch.ts';
import { printWorkload, type Workload, type WorkloadKind } from '../../domain/readers/workload.ts';
import { printCache } from '../../domain/ref.ts';
import { printCount } from '../../domain/size.ts';
import type { ReadersPicture } from '../../operations/readers/readers.ts';
import type { ReaderNode, ReadersNode } from './node.ts';
import type { Row } from './render.ts';

/** The row above the readers of a cache. Before somebody asks, nothing is known of them. */
export function renderReaders({ ref }: ReadersNode, picture: ReadersPicture | undefined): Row {
  return {
    label: 'Readers',
    description: picture === undefined ? '' : String(picture.readers.length),
    tooltip: () => [
      `What reads ${printCache(ref)} in context ${ref.context}`,
      'Show Readers also looks through other namespaces.',
    ],
    icon: 'references',
    contextValue: 'readers',
    expandable: true,
  };
}

const ICONS: Readonly<Record<WorkloadKind, string>> = {
  Deployment: 'server-process',
  StatefulSet: 'server-process',
  DaemonSet: 'server-process',
  Rollout: 'server-process',
  ReplicaSet: 'versions',
  ReplicationController: 'versions',
  Pod: 'package',
  Job: 'tasklist',
  CronJob: 'calendar',
  Workflow: 'type-hierarchy-sub',
  WorkflowTemplate: 'type-hierarchy',
  ClusterWorkflowTemplate: 'type-hierarchy',
  CronWorkflow: 'calendar',
};

/** The row of one reader: what a change of the cache does to it, and how its pods are. */
export function renderReader({ reader, change, pods, stale }: ReaderNode): Row {
  const { workload } = reader;
  const effect = effectOn(reader, change);
  const restarter = restarterOn(reader, change);
  const troubled = stale.length > 0;
  const parts = [
    effectWords(reader, change),
    ...amountOf(workload),
    ...rollingOut(workload),
    ...agesOf(pods, stale),
    ...(restarter === undefined ? [] : [`${restarter} restarts it`]),
  ];
  return {
    label: printWorkload(workload.ref),
    description: parts.join(' · '),
    tooltip: () => [
      `${printWorkload(workload.ref)}: ${effectWords(reader, change)}`,
      ...useLines(reader, change),
      ...stale.map(({ ref }) => `Pod ${ref.name} runs the content from before.`),
    ],
    icon: ICONS[workload.ref.kind],
    ...(troubled && effect !== 'never' ? { tint: 'warning' as const } : {}),
    contextValue: abilitiesOf(reader).join(' '),
    expandable: false,
  };
}

function abilitiesOf({ workload }: Reader): readonly string[] {
  return [
    'reader',
    ...(isRestartable(workload.ref.kind) ? ['restartable'] : []),
    ...(workload.ref.kind === 'CronJob' ? ['runnable'] : []),
  ];
}

function amountOf({ ref, rollout }: Workload): readonly string[] {
  if (rollout === undefined) return [];
  const isSet = ref.kind === 'DaemonSet';
  return [printCount(rollout.desired, isSet ? 'pod' : 'replica', isSet ? 'pods' : 'replicas')];
}

function rollingOut({ ref, rollout }: Workload): readonly string[] {
  if (rollout === undefined || !isRestartable(ref.kind) || rollout.strategy === 'OnDelete')
    return [];
  if (rollout.isPaused) return ['paused'];
  const progress = progressOf(ref.kind, rollout);
  return progress.kind === 'done' ? [] : [progress.words];
}

function agesOf(
  pods: readonly Workload[] | undefined,
  stale: readonly Workload[],
): readonly string[] {
  if (pods === undefined || stale.length === 0) return [];
  return [`${stale.length} of ${printCount(pods.length, 'pod', 'pods')} from before the change`];
}
