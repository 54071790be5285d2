import { FIELD_MANAGER } from '../owners.ts';
import { RESTARTED_AT } from './rolloutState.ts';
import type { WorkloadKind } from './workload.ts';

/** The request that restarts a workload. */
export interface RestartPatch {
  readonly contentType: string;
  readonly fieldManager: string;
  readonly body: object;
}

/** The kinds that can be restarted: those of kubectl, and Argo's Rollout. */
export const RESTARTABLE = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'] as const;

export type RestartableKind = (typeof RESTARTABLE)[number];

/** True for the kinds that can be restarted. */
export function isRestartable(kind: WorkloadKind): kind is RestartableKind {
  return RESTARTABLE.some((each) => each === kind);
}

/**
 * What kubectl sends to restart a workload, to the byte; for a Rollout what Argo's own plugin sends. Source:
 * kubectl `objectrestarter.go` and `rollout_restart.go`; Argo Rollouts `restart.go`.
 */
export function restartPatch(kind: RestartableKind, time: string): RestartPatch {
  if (kind === 'Rollout') {
    return {
      contentType: 'application/merge-patch+json',
      fieldManager: FIELD_MANAGER,
      body: { spec: { restartAt: time } },
    };
  }
  return {
    contentType: 'application/strategic-merge-patch+json',
    fieldManager: 'kubectl-rollout',
    body: { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: time } } } } },
  };
}

/**
 * The time of a restart as it is written: RFC 3339 in whole seconds, in UTC for a Rollout, else with the offset
 * of the person's machine, as kubectl does. `offset` is in minutes east of UTC.
 */
export function printRestartTime(kind: RestartableKind, time: Date, offset: number): string {
  const east = kind === 'Rollout' ? 0 : offset;
  const local = new Date(time.getTime() + east * 60_000).toISOString().slice(0, 19);
  if (east === 0) return `${local}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return `${local}${east < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}
