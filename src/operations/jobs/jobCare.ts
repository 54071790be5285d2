import { missedByCronJob, missedByCronWorkflow, type Missed } from '../../domain/jobs/timing.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import type { JobCluster } from './jobCluster.ts';
import type { WorkloadCluster } from '../ports.ts';

/** What a job would do if it were not suspended any more. */
export interface ResumePlan {
  readonly workload: Workload;
  readonly missed: Missed;
}

/** How suspending a job, or letting it go on, ended. */
export type CareOutcome =
  | { readonly kind: 'done'; readonly workload: Workload }
  /** Somebody has done so before. */
  | { readonly kind: 'already' }
  | { readonly kind: 'gone' }
  /** No answer came, and it is not done so far: a request that is held up may yet do it. */
  | { readonly kind: 'notDone'; readonly detail: string }
  /** No answer came, and whether it was done could not be found out. */
  | { readonly kind: 'unclear'; readonly detail: string };

const NEVER = new AbortController().signal;

/** Suspending the jobs that refresh caches, and letting them go on. */
export class JobCare {
  readonly #workloads: Pick<WorkloadCluster, 'readWorkload'>;
  readonly #cluster: Pick<JobCluster, 'setSuspended'>;
  readonly #now: () => number;

  /** `now` gives milliseconds since the epoch. */
  constructor(
    workloads: Pick<WorkloadCluster, 'readWorkload'>,
    cluster: Pick<JobCluster, 'setSuspended'>,
    now: () => number,
  ) {
    this.#workloads = workloads;
    this.#cluster = cluster;
    this.#now = now;
  }

  /** What would come at once if a job went on, as it is in the cluster at this moment; nothing where it is gone. */
  async planResume({ ref, uid }: Workload, signal: AbortSignal): Promise<ResumePlan | undefined> {
    const workload = await this.#workloads.readWorkload(ref, signal);
    if (workload?.uid !== uid || workload.cron === undefined) return undefined;
    const missedBy = ref.kind === 'CronWorkflow' ? missedByCronWorkflow : missedByCronJob;
    return { workload, missed: missedBy(workload.cron, this.#now()) };
  }

  /** Suspends that very job, or lets it go on. It cannot be cancelled: what was sent is followed to its end. */
  async setSuspended({ ref, uid }: Workload, isSuspended: boolean): Promise<CareOutcome> {
    const before = await this.#workloads.readWorkload(ref, NEVER);
    if (before?.uid !== uid) return { kind: 'gone' };
    if (before.cron?.isSuspended === isSuspended) return { kind: 'already' };
    const outcome = await this.#cluster.setSuspended({ ref, uid }, isSuspended, NEVER);
    if (outcome.kind !== 'unanswered') return outcome;
    const { detail } = outcome;
    const after = await this.#workloads.readWorkload(ref, NEVER).catch(() => 'unread' as const);
    if (after === 'unread') return { kind: 'unclear', detail };
    if (after?.uid !== uid) return { kind: 'gone' };
    const isDone = after.cron?.isSuspended === isSuspended;
    return isDone ? { kind: 'done', workload: after } : { kind: 'notDone', detail };
  }
}
