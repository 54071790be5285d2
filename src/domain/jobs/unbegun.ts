import type { ClusterEvent } from '../readers/clusterEvent.ts';
import type { Workload } from '../readers/workload.ts';
import type { CacheJob, Run } from './cacheJob.ts';
import { missedByCronJob } from './timing.ts';

/** Milliseconds that the controller of CronJobs has for making the Job of a run that is due. */
const GIVEN = 10_000;

/** What of a job should have begun and has not: only events tell why, and those of what runs on Argo are not needed. */
export function unbegunOf(job: CacheJob, now: number): readonly Workload[] {
  const runs = (job.runs ?? []).filter(({ state }) => state.isUnbegun === true);
  return [...(isLate(job, now) ? [job.workload] : []), ...runs.map(({ workload }) => workload)];
}

/** A job, and its runs, with why they do not begin, as far as anybody knows. */
export function withRefusals(
  job: CacheJob,
  now: number,
  known: (uid: string) => string | undefined,
): CacheJob {
  const refused = isLate(job, now) ? known(job.workload.uid) : undefined;
  return refused === undefined ? job : { ...job, refused };
}

/** A run with why it does not begin. */
export function runWithRefusal(run: Run, known: (uid: string) => string | undefined): Run {
  const refused = run.state.isUnbegun === true ? known(run.workload.uid) : undefined;
  return refused === undefined ? run : { ...run, refused };
}

/** True for a CronJob whose controller should have made a Job by now, or may have missed the time for it. */
function isLate({ workload: { ref }, cron }: CacheJob, now: number): boolean {
  if (ref.kind !== 'CronJob' || cron.isSuspended) return false;
  const missed = missedByCronJob({ ...cron, startingDeadline: undefined }, now - GIVEN);
  return missed === 'starts' || missed === 'unknown';
}

/**
 * The reasons of events that say why no Job or pod is made. Source: the controllers of CronJobs and Jobs; the second
 * is that of Kubernetes before 1.21.
 */
const REFUSALS = new Set([
  'FailedCreate',
  'FailedNeedsStart',
  'MissSchedule',
  'UnknownTimeZone',
  'UnparseableSchedule',
  'InvalidSchedule',
]);

/** Why something does not begin: the newest event that says so, of a CronJob since its last run. */
export function refusalOf(
  { cron }: Pick<Workload, 'cron'>,
  events: readonly ClusterEvent[],
): string | undefined {
  const since = cron?.lastScheduled ?? 0;
  return events.findLast(({ reason, time }) => REFUSALS.has(reason) && !(Date.parse(time) < since))
    ?.message;
}
