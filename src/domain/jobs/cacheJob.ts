import type { CacheSummary } from '../cache.ts';
import { factsOf } from '../facts.ts';
import { parseDuration } from '../freshness.ts';
import type { Workload } from '../readers/workload.ts';
import type { Attempt } from './attempt.ts';
import type { CronState } from './cron.ts';
import type { Evidence } from './feeding.ts';
import type { RunState } from './run.ts';

/** One run of a job, with its pods, the oldest first. */
export interface Run {
  readonly workload: Workload;
  readonly state: RunState;
  readonly pods: readonly RunPod[];
}

/** A pod of a run. */
export interface RunPod {
  readonly workload: Workload;
  readonly attempt: Attempt;
}

/** A CronJob or CronWorkflow that refreshes a cache. */
export interface CacheJob {
  readonly workload: Workload;
  readonly cron: CronState;
  readonly evidence: Evidence;
  /** The newest first; nothing where they cannot be seen. */
  readonly runs: readonly Run[] | undefined;
}

/** The runs among the objects that a job controls, the newest first. */
export function runsOf(
  { uid }: Workload,
  childrenOf: (uid: string) => readonly Workload[],
): readonly Run[] {
  const runs = childrenOf(uid).flatMap((workload) => {
    const { run: state } = workload;
    if (state === undefined) return [];
    const pods = childrenOf(workload.uid).flatMap((pod) =>
      pod.attempt === undefined ? [] : [{ workload: pod, attempt: pod.attempt }],
    );
    pods.sort((one, other) => one.attempt.created - other.attempt.created);
    return [{ workload, state, pods }];
  });
  return runs.sort((one, other) => other.state.began - one.state.began);
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

/** For how many milliseconds the content of a job's key counts as fresh; nothing where nobody set a limit. */
export function ageLimit({ cron }: CacheJob, summary: CacheSummary): number | undefined {
  const keys = cron.key === undefined ? summary.keys : [cron.key];
  const limits = keys.flatMap((key) => {
    const limit = parseDuration(factsOf(summary.annotations, key).maxAge ?? '');
    return limit ?? [];
  });
  return limits.length > 0 ? Math.min(...limits) : parseDuration(cron.maxAge ?? '');
}

/** What is wrong with a job: its last run failed, or none succeeded within the age limit. */
export type JobTrouble = 'failed' | 'overdue';

/** What is wrong with a job at a time, in milliseconds since the epoch. */
export function troubleOf(
  job: CacheJob,
  summary: CacheSummary,
  now: number,
): JobTrouble | undefined {
  const ended = lastEnded(job.runs ?? []);
  const success = lastSuccess(job);
  // A success that the controller saw may be younger than the last run that is still there.
  if (ended?.state.outcome === 'failed' && (success ?? 0) <= (ended.state.ended ?? 0)) {
    return 'failed';
  }
  const limit = ageLimit(job, summary);
  if (limit === undefined) return undefined;
  return now - (success ?? job.cron.created) > limit ? 'overdue' : undefined;
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
