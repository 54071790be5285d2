import { isFailure } from '../../domain/failure.ts';
import type { CacheJob, Run, RunPod } from '../../domain/jobs/cacheJob.ts';
import {
  endLine,
  endOfPod,
  gonePods,
  podHeading,
  waitingReason,
} from '../../domain/jobs/jobText.ts';
import { printWorkload } from '../../domain/readers/workload.ts';
import { onOneLine } from '../../domain/text.ts';
import type { JobCluster, LogEnd, LogLine } from './jobCluster.ts';
import type { Jobs } from './jobs.ts';
import { ASK_AGAIN } from './refusals.ts';

/** A piece of what is shown of a run: a line that a container wrote, or a note about it. */
export type LogPart =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string };

/** Milliseconds between the end of a log and the word that its container has ended. */
const END_LATER = 5_000;

/** Milliseconds until a log is asked for again that broke off or was not there yet. */
const AGAIN = 1_000;

/** How often the log of a pod that has ended is asked for again. */
const MOST_TRIES = 3;

/** The logs of the runs of jobs, as they are written. */
export class JobLog {
  readonly #cluster: Pick<JobCluster, 'followLog'>;
  readonly #jobs: Jobs;
  readonly #pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;

  constructor(
    cluster: Pick<JobCluster, 'followLog'>,
    jobs: Jobs,
    pause: (milliseconds: number, signal: AbortSignal) => Promise<void>,
  ) {
    this.#cluster = cluster;
    this.#jobs = jobs;
    this.#pause = pause;
  }

  /**
   * Tells the log of a run, pod by pod, and how each and the whole ended; all that keeps lines from coming is told in
   * their place. It ends with the run, or when the signal aborts.
   */
  async follow(
    job: CacheJob,
    { workload: { uid, ref } }: Run,
    tell: (part: LogPart) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#jobs.holdRuns(job.workload, signal);
    const course = new Course(job, uid, { jobs: this.#jobs, tell, signal });
    const unseen = this.#jobs.unseenPods(job.workload);
    if (unseen !== undefined) course.note(unseen.message);
    const seen = new Set<string>();
    const isNew = ({ workload }: RunPod) => !seen.has(workload.uid);
    while (!signal.aborted) {
      const run = course.run();
      if (run === undefined) {
        course.note(`${printWorkload(ref)} is gone.`);
        return;
      }
      const pod = run.pods.find(isNew);
      if (pod !== undefined) {
        seen.add(pod.workload.uid);
        course.note(podHeading(pod, seen.size));
        await this.#followPod(course, pod.workload.uid);
      } else if (run.state.outcome === 'running') {
        await course.untilPod(isNew);
      } else {
        if (unseen === undefined) for (const gone of gonePods(run, seen.size)) course.note(gone);
        course.note(endLine(job, run));
        return;
      }
    }
  }

  async #followPod(course: Course, uid: string): Promise<void> {
    await course.untilBegun(uid);
    const reading: Reading = { last: '', same: 0, tries: 0 };
    let goesOn = true;
    while (goesOn && !course.isAborted()) {
      const pod = course.pod(uid);
      goesOn = pod?.attempt.hasBegun === true && (await this.#read(course, pod, reading));
    }
    await course.until(() => course.isOver(uid));
    if (course.isAborted()) return;
    const last = course.pod(uid);
    course.note(last === undefined ? 'The pod is gone.' : `${endOfPod(last)}.`);
  }

  /** Reads what comes of a log. True where it has to be asked for again. */
  async #read(course: Course, pod: RunPod, reading: Reading): Promise<boolean> {
    const end = await this.#once(course, pod, reading);
    const { uid } = pod.workload;
    if (end === undefined || end.kind === 'gone' || course.isAborted()) return false;
    const isOver = () => course.isOver(uid);
    if (end.kind === 'ended') {
      // What the node says of the container may come a little later than the end of its log.
      await course.until(isOver, AbortSignal.timeout(END_LATER));
      if (isOver()) return false;
    }
    if (isOver() && ++reading.tries === MOST_TRIES) {
      course.note('The log could not be read to its end.');
      return false;
    }
    if (end.kind === 'broken')
      course.note(`The connection broke here: ${end.detail.replace(/\.$/, '')}. It goes on below.`);
    await this.#pause(AGAIN, course.signal).catch(() => undefined);
    return true;
  }

  /** Reads a log from where it was left; nothing where it cannot be read at all. */
  async #once(course: Course, pod: RunPod, reading: Reading): Promise<LogEnd | undefined> {
    const hear = resuming(reading, (text) => {
      course.tell({ kind: 'line', text });
    });
    const since = reading.last === '' ? undefined : reading.last;
    const question = { container: pod.attempt.container, since, hear };
    try {
      return await this.#cluster.followLog(pod.workload.ref, question, course.signal);
    } catch (error) {
      if (course.isAborted()) return undefined;
      if (!isFailure(error)) throw error;
      if (error.reason === 'Unreachable' || error.reason === 'Timeout') {
        return { kind: 'broken', detail: error.message };
      }
      course.note(error.message);
      return undefined;
    }
  }
}

/** How far a log was read: the time of its last line, how many lines had that time, and how often it was tried in vain. */
interface Reading {
  last: string;
  same: number;
  tries: number;
}

/** Hears lines from a second on, and passes on those that did not come before. */
function resuming(reading: Reading, pass: (text: string) => void): (line: LogLine) => void {
  const { last, same } = reading;
  let skipped = 0;
  return ({ time, text }) => {
    if (last !== '' && time !== '' && moment(time) <= moment(last)) {
      if (moment(time) < moment(last) || ++skipped <= same) return;
    }
    if (time !== '') {
      reading.same = time === reading.last ? reading.same + 1 : 1;
      reading.last = time;
      reading.tries = 0;
    }
    pass(text);
  };
}

/** A time in UTC as a text that sorts: fractions of a second may be cut after their last digit. */
function moment(time: string): string {
  return time.replace(/Z$/, '');
}

/** One run while its log is followed. */
class Course {
  readonly tell: (part: LogPart) => void;
  readonly signal: AbortSignal;
  readonly #job: CacheJob;
  readonly #uid: string;
  readonly #jobs: Jobs;

  constructor(
    job: CacheJob,
    uid: string,
    of: { jobs: Jobs; tell: (part: LogPart) => void; signal: AbortSignal },
  ) {
    this.#job = job;
    this.#uid = uid;
    this.#jobs = of.jobs;
    this.tell = of.tell;
    this.signal = of.signal;
  }

  /** The run as it is now; nothing where it is gone, or cannot be seen any more. */
  run(): Run | undefined {
    return this.#jobs.runs(this.#job.workload)?.find(({ workload }) => workload.uid === this.#uid);
  }

  pod(uid: string): RunPod | undefined {
    return this.run()?.pods.find(({ workload }) => workload.uid === uid);
  }

  /** True once a pod has ended, or is gone. */
  isOver(uid: string): boolean {
    return this.pod(uid)?.attempt.hasEnded !== false;
  }

  /** Asked anew each time: what the compiler believes of a signal does not hold across an `await`. */
  isAborted(): boolean {
    return this.signal.aborted;
  }

  note(text: string): void {
    this.tell({ kind: 'note', text: onOneLine(text) });
  }

  /** Waits until something is so of the run, or nobody waits any more. */
  async until(isSo: (run: Run | undefined) => boolean, limit?: AbortSignal): Promise<void> {
    const signal = limit === undefined ? this.signal : AbortSignal.any([this.signal, limit]);
    await this.#jobs.until(this.#job.workload, () => isSo(this.run()), signal);
  }

  /** Waits for a pod, or the end of the run; tells what keeps its pods from being made. */
  async untilPod(isMeant: (pod: RunPod) => boolean): Promise<void> {
    const isThere = (run: Run | undefined) =>
      run?.state.outcome !== 'running' || run.pods.some(isMeant);
    let told: string | undefined;
    for (let run = this.run(); run?.state.isUnbegun === true; run = this.run()) {
      if (this.isAborted() || isThere(run)) return;
      await this.#jobs.learnRefusal(run);
      const { refused } = this.run() ?? {};
      if (refused !== undefined && refused !== told) this.note(`Waiting: ${refused}`);
      told = refused;
      await this.until(isThere, AbortSignal.timeout(ASK_AGAIN));
    }
    await this.until(isThere);
  }

  /** Waits until a pod has a log, or will have none; tells what keeps it from beginning. */
  async untilBegun(uid: string): Promise<void> {
    let told: string | undefined;
    await this.until((run) => {
      const pod = run?.pods.find(({ workload }) => workload.uid === uid);
      if (pod === undefined || pod.attempt.hasBegun || pod.attempt.hasEnded) return true;
      const reason = waitingReason({ ...run, pods: [pod] } as Run) ?? 'the pod has not begun yet';
      if (reason !== told) this.note(`Waiting: ${reason}`);
      told = reason;
      return false;
    });
  }
}
