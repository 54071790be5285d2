import type { CacheSummary } from '../cache.ts';
import { factsOf } from '../facts.ts';
import { parseDuration } from '../freshness.ts';
import { labelValue } from '../manifests/jobNames.ts';
import type { Workloads } from '../readers/reader.ts';
import type { Workload } from '../readers/workload.ts';
import type { Attempt } from './attempt.ts';
import { timeIn, type CronState } from './cron.ts';
import type { Evidence } from './feeding.ts';
import type { RunState } from './run.ts';

/** One run of a job, with its pods, the oldest first. */
export interface Run {
  readonly workload: Workload;
  readonly state: RunState;
  readonly pods: readonly RunPod[];
  /** Why it has no pod, in the cluster's words. */
  readonly refused?: string;
}

/** A pod of a run. */
export interface RunPod {
  readonly workload: Workload;
  readonly attempt: Attempt;
}

/** A CronJob, CronWorkflow or WorkflowTemplate that refreshes a cache. */
export interface CacheJob {
  readonly workload: Workload;
  readonly cron: CronState;
  readonly evidence: Evidence;
  /** The newest first; nothing where they cannot be seen. */
  readonly runs: readonly Run[] | undefined;
  /** Why a run that is due does not begin, in the cluster's words. */
  readonly refused?: string;
}

/** False for what an event, or somebody, starts. */
export function isScheduled({ workload }: Pick<CacheJob, 'workload'>): boolean {
  return workload.ref.kind !== 'WorkflowTemplate';
}

/**
 * The runs of a job, the newest first: what it controls, and of a WorkflowTemplate what has its steps and is not of a
 * CronWorkflow.
 */
export function runsOf(
  { ref, uid }: Workload,
  workloads: Pick<Workloads, 'all' | 'childrenOf'>,
): readonly Run[] {
  const own =
    ref.kind === 'WorkflowTemplate'
      ? workloads.all.filter(
          ({ run, controller }) =>
            run?.template === ref.name && controller?.kind !== 'CronWorkflow',
        )
      : workloads.childrenOf(uid);
  const runs = own.flatMap((workload) => {
    const { run: state } = workload;
    if (state === undefined) return [];
    const pods = workloads
      .childrenOf(workload.uid)
      .flatMap((pod) =>
        pod.attempt === undefined ? [] : [{ workload: pod, attempt: pod.attempt }],
      );
    pods.sort((one, other) => one.attempt.created - other.attempt.created);
    return [{ workload, state, pods }];
  });
  return runs.sort(newestFirst);
}

/** Times are whole seconds: of the same one, what has not ended began later. */
function newestFirst({ state: one }: Run, { state: other }: Run): number {
  const isOver = ({ ended }: Run['state']) => Number(ended !== undefined);
  return other.began - one.began || isOver(one) - isOver(other);
}

/** The run that ended last. */
export function lastEnded(runs: readonly Run[]): Run | undefined {
  return [...runs]
    .filter(({ state }) => state.ended !== undefined)
    .sort((one, other) => (other.state.ended ?? 0) - (one.state.ended ?? 0))[0];
}

/** When a run succeeded last, in milliseconds since the epoch, as far as the cluster still tells. */
export function lastSuccess({ cron, runs = [] }: CacheJob): number | undefined {
  const ends = runs.flatMap(({ state }) =>
    state.outcome === 'succeeded' ? [state.ended ?? state.began] : [],
  );
  const times = cron.lastSuccess === undefined ? ends : [...ends, cron.lastSuccess];
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * When the content that a job brings was last seen to be that of its source: a run succeeded, or the cache says so
 * itself where the label says which key it is. Runs may be gone, and a CronWorkflow remembers none.
 */
export function lastRefresh(job: CacheJob, summary: CacheSummary): number | undefined {
  const success = lastSuccess(job);
  const [key] =
    job.evidence === 'label' && job.cron.keyLabel !== undefined ? keysOf(job, summary) : [];
  const refreshed = key === undefined ? '' : factsOf(summary.annotations, key).refreshed;
  const times = [success, timeIn(refreshed)].flatMap((time) => time ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The key of a job that was scaffolded, and of others all keys. */
function keysOf({ cron: { key, keyLabel } }: CacheJob, { keys }: CacheSummary): readonly string[] {
  if (key !== undefined) return [key];
  return keyLabel === undefined ? keys : keys.filter((each) => labelValue(each) === keyLabel);
}

/** For how many milliseconds the content of a job's key counts as fresh; nothing where nobody set a limit. */
export function ageLimit(job: CacheJob, summary: CacheSummary): number | undefined {
  const limits = keysOf(job, summary).flatMap((key) => {
    const limit = parseDuration(factsOf(summary.annotations, key).maxAge ?? '');
    return limit ?? [];
  });
  return limits.length > 0 ? Math.min(...limits) : parseDuration(job.cron.maxAge ?? '');
}

/**
 * True where nobody knows how the last run of a CronJob ended: its controller meant to run it after the last success that
 * it saw, none is under way, and no run since then is left. It may have failed, or its Job was deleted before its end was
 * seen.
 */
export function isEndUnknown(job: CacheJob): boolean {
  const { workload, cron, runs } = job;
  const { lastScheduled, active } = cron;
  if (workload.ref.kind !== 'CronJob' || runs === undefined) return false;
  if (lastScheduled === undefined || active > 0) return false;
  return (
    lastScheduled > (lastSuccess(job) ?? 0) &&
    !runs.some(({ state: { began } }) => began >= lastScheduled)
  );
}

/** What is wrong with a job: its last run failed or did not begin, or none succeeded within the age limit. */
export type JobTrouble = 'failed' | 'overdue';

/** What is wrong with a job at a time, in milliseconds since the epoch. */
export function troubleOf(
  job: CacheJob,
  summary: CacheSummary,
  now: number,
): JobTrouble | undefined {
  if (job.refused !== undefined) return 'failed';
  const ended = lastEnded(job.runs ?? []);
  const success = lastSuccess(job);
  // A success that the controller saw may be younger than the last run that is still there.
  const isLast = (success ?? 0) <= (ended?.state.ended ?? 0) && !isEndUnknown(job);
  if (ended?.state.outcome === 'failed' && isLast) return 'failed';
  const limit = ageLimit(job, summary);
  // What is not made for this cache alone is not bound to run.
  const isBound = isScheduled(job) || job.evidence === 'label';
  if (limit === undefined || !isBound) return undefined;
  return now - (lastRefresh(job, summary) ?? job.cron.created) > limit ? 'overdue' : undefined;
}

/** What is wrong with the jobs of a cache, the worst first; of those that only may refresh it nothing. */
export function troubleOfCache(
  jobs: readonly CacheJob[],
  summary: CacheSummary,
  now: number,
): JobTrouble | undefined {
  const troubles = jobs
    .filter(({ evidence }) => evidence !== 'naming')
    .map((job) => troubleOf(job, summary, now));
  return (['failed', 'overdue'] as const).find((trouble) => troubles.includes(trouble));
}
