import type { Workload, WorkloadRef } from '../../src/domain/readers/workload.ts';
import type { CacheRef } from '../../src/domain/ref.ts';
import type { JobCluster, LogEnd, LogQuestion } from '../../src/operations/jobs/jobCluster.ts';
import type { PatchOutcome } from '../../src/operations/ports.ts';
import type { FakeWorkloads } from './fakeWorkloads.ts';

/** One answer to who asks for a log: lines as `time text`, and how it ends. */
export interface FakeLog {
  readonly lines?: readonly string[];
  readonly end: LogEnd | Error;
  /** Happens after the lines and before the end. */
  readonly meanwhile?: () => void;
}

/** The care of jobs in memory, on the workloads of a fake cluster. */
export class FakeJobs implements JobCluster {
  readonly #workloads: FakeWorkloads;
  /** What was asked, in words, in its order. */
  readonly asked: string[] = [];
  /** What a review says of a service account; no where nothing is given. */
  readonly rights = new Map<string, boolean | Error>();
  /** The next patch gets no answer: the connection breaks before or after it is carried out. */
  cut: 'before' | 'after' | undefined;
  /** What is answered to those who ask for the log of a pod, one after the other. */
  readonly logs = new Map<string, FakeLog[]>();

  constructor(workloads: FakeWorkloads) {
    this.#workloads = workloads;
  }

  async mayAccountChange(account: string, cache: CacheRef): Promise<boolean> {
    await Promise.resolve();
    this.asked.push(`may ${account} change ${cache.name}`);
    const answer = this.rights.get(account) ?? false;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async setSuspended(
    { ref, uid }: Pick<Workload, 'ref' | 'uid'>,
    isSuspended: boolean,
  ): Promise<PatchOutcome> {
    await Promise.resolve();
    this.asked.push(`${isSuspended ? 'suspend' : 'resume'} ${ref.name}`);
    const { cut } = this;
    this.cut = undefined;
    const broken = { kind: 'unanswered', detail: 'socket hang up' } as const;
    if (cut === 'before') return broken;
    const workload = this.#workloads.peek(ref);
    if (workload?.uid !== uid || workload.cron === undefined) return { kind: 'gone' };
    const cron = { ...workload.cron, isSuspended };
    const changed = this.#workloads.put({ ...workload, cron });
    return cut === 'after' ? broken : { kind: 'done', workload: changed };
  }

  async followLog(pod: WorkloadRef, { since, hear }: LogQuestion): Promise<LogEnd> {
    await Promise.resolve();
    this.asked.push(`log of ${pod.name}${since === undefined ? '' : ` since ${since}`}`);
    const log = this.logs.get(pod.name)?.shift() ?? { end: { kind: 'gone' } as const };
    for (const line of log.lines ?? []) {
      const [time = '', ...words] = line.split(' ');
      hear({ time, text: words.join(' ') });
    }
    log.meanwhile?.();
    await new Promise((resolve) => setImmediate(resolve));
    if (log.end instanceof Error) throw log.end;
    return log.end;
  }
}
