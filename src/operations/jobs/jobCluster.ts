import type { Workload, WorkloadRef } from '../../domain/readers/workload.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { PatchOutcome } from '../ports.ts';

/** A line of a log. */
export interface LogLine {
  /** When it was written, RFC 3339; empty where the line does not come from the container. */
  readonly time: string;
  readonly text: string;
}

/** How the reading of a log ended. */
export type LogEnd =
  /** The server ended it: the container has ended, or its node has lost it. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'broken'; readonly detail: string }
  /** There is none yet, as the cluster says. */
  | { readonly kind: 'notYet'; readonly detail: string }
  | { readonly kind: 'gone' };

/** Which log is read, and who hears of its lines. */
export interface LogQuestion {
  readonly container: string;
  /** The second from which on lines are wanted, RFC 3339; nothing for all. */
  readonly since: string | undefined;
  readonly hear: (line: LogLine) => void;
}

/** All that is asked of Kubernetes for the care of refresh jobs. Every method throws a `Failure`, or the signal's reason. */
export interface JobCluster {
  /** Whether a service account of the cache's namespace may change that cache. */
  readonly mayAccountChange: (
    account: string,
    cache: CacheRef,
    signal: AbortSignal,
  ) => Promise<boolean>;
  /** Suspends that very CronJob or CronWorkflow, or lets it go on, as kubectl and argo do; another of its name it leaves. */
  readonly setSuspended: (
    job: Pick<Workload, 'ref' | 'uid'>,
    isSuspended: boolean,
    signal: AbortSignal,
  ) => Promise<PatchOutcome>;
  /** Reads the log of a pod as it is written, until it ends. */
  readonly followLog: (
    pod: WorkloadRef,
    question: LogQuestion,
    signal: AbortSignal,
  ) => Promise<LogEnd>;
}
