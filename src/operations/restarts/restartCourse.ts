import type { ClusterEvent } from '../../domain/readers/clusterEvent.ts';
import type { Reader } from '../../domain/readers/reader.ts';
import { causeOf } from '../../domain/readers/rolloutCause.ts';
import { isBelowPartition, replacedPods } from '../../domain/readers/partition.ts';
import { isThere } from '../../domain/readers/stalePods.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import { sameNamespace } from '../../domain/ref.ts';
import type { WorkloadCluster } from '../ports.ts';
import type { Readers } from '../readers/readers.ts';
import type { RolloutListener } from './rollouts.ts';

/** How far the restart of one reader is. Numbers are of pods that were not there before. */
export interface CourseOfRestart {
  /** Nothing where it is not known which pods are new. */
  readonly ready: number | undefined;
  readonly wanted: number;
  /** What it waits for, and what keeps it from that, as a clause. */
  readonly words: string;
}

/** Pods from before a restart that are still there. */
export interface OldPods {
  /** Those that it was to replace. */
  readonly late: readonly Workload[];
  /** Those below the partition of a StatefulSet. */
  readonly kept: readonly Workload[];
}

/** Milliseconds after which the cluster is asked again what it told of a workload. */
const ASK_AGAIN = 5000;

/** Follows what becomes of the pods of a restart, and says it as they come and go. */
export class RestartCourse {
  readonly #reader: Reader;
  readonly #before: ReadonlySet<string> | undefined;
  readonly #readers: Readers;
  readonly #cluster: Pick<WorkloadCluster, 'events'>;
  readonly #tell: (course: CourseOfRestart) => void;
  readonly #since: number;
  readonly #signal: AbortSignal;
  #workload: Workload | undefined;
  #words = '';
  #isLive = false;
  #events: readonly ClusterEvent[] = [];
  #askedAgain: ReturnType<typeof setTimeout> | undefined;

  /**
   * `before` are the uids of the pods that were there, or nothing where they could not be seen, so that no pod
   * can be told to be new; `since` is when the restart was written, in milliseconds since the epoch by the clock of
   * the cluster. It follows until the signal aborts.
   */
  constructor(
    reader: Reader,
    before: ReadonlySet<string> | undefined,
    of: {
      readonly readers: Readers;
      readonly cluster: Pick<WorkloadCluster, 'events'>;
      readonly tell: (course: CourseOfRestart) => void;
      readonly since: number;
    },
    signal: AbortSignal,
  ) {
    this.#reader = reader;
    this.#before = before;
    this.#readers = of.readers;
    this.#cluster = of.cluster;
    this.#tell = of.tell;
    this.#since = of.since;
    this.#signal = signal;
    of.readers.subscribe((where) => {
      if (sameNamespace(where, reader.workload.ref)) this.#say();
    }, signal);
    signal.addEventListener('abort', () => {
      clearTimeout(this.#askedAgain);
    });
  }

  /** Hears of the rollout itself. */
  readonly hear: RolloutListener = (workload, words) => {
    this.#workload = workload ?? this.#workload;
    this.#isLive = workload !== undefined;
    this.#words = words;
    this.#say();
    this.#ask();
  };

  /** Why it does not come to its end, as far as the cluster says; asks what it told of the workload and a new pod. */
  async cause(workload: Workload): Promise<string | undefined> {
    const known = causeOf(workload, this.#fresh() ?? [], this.#events);
    if (known !== undefined) return known;
    return causeOf(workload, [], await this.#told(workload));
  }

  /**
   * The pods that were there before and still are: those that were to be replaced, and those that a partition keeps.
   * Nothing where they could not be seen then, or cannot now.
   */
  old(): OldPods | undefined {
    const pods = this.#pods()?.filter((pod) => this.#before?.has(pod.uid) === true && isThere(pod));
    const isKept = (pod: Workload) => isBelowPartition(this.#current(), pod);
    return pods && { late: pods.filter((pod) => !isKept(pod)), kept: pods.filter(isKept) };
  }

  #current(): Workload {
    return this.#workload ?? this.#reader.workload;
  }

  /** All pods, where it is known which are new. */
  #pods(): readonly Workload[] | undefined {
    return this.#before && this.#readers.podsOf(this.#reader.workload);
  }

  #fresh(): readonly Workload[] | undefined {
    return this.#pods()?.filter((pod) => this.#before?.has(pod.uid) === false);
  }

  #say(): void {
    const workload = this.#current();
    if (workload.rollout === undefined || this.#words === '' || this.#signal.aborted) return;
    const fresh = this.#fresh();
    // While nothing is heard of the cluster, nobody knows whether that still holds.
    const cause = this.#isLive ? causeOf(workload, fresh ?? [], this.#events) : undefined;
    this.#tell({
      ready: fresh?.filter((pod) => isThere(pod) && pod.pod?.isReady === true).length,
      wanted: replacedPods(workload.rollout),
      words: cause === undefined ? this.#words : `${this.#words}; ${cause}`,
    });
  }

  /**
   * Where pods are not even made, only an event says why, and nothing else changes any more: it is asked for
   * until the end. A Deployment says it in its status, too.
   */
  #ask(): void {
    const workload = this.#workload;
    if (workload === undefined || workload.ref.kind === 'Deployment') return;
    if (this.#askedAgain !== undefined) return;
    this.#askedAgain = setTimeout(() => {
      this.#askedAgain = undefined;
      this.#ask();
    }, ASK_AGAIN);
    this.#told(workload).then(
      (events) => {
        this.#events = events;
        this.#say();
      },
      () => undefined,
    );
  }

  /** What the cluster told of a workload since it was restarted, and of a new pod that is not ready. */
  async #told(workload: Workload): Promise<readonly ClusterEvent[]> {
    const events = await this.#eventsOf(workload);
    const own = events.filter(({ time }) => Date.parse(time) >= this.#since);
    const waiting = this.#fresh()?.find((pod) => isThere(pod) && pod.pod?.isReady === false);
    return waiting === undefined ? own : [...own, ...(await this.#eventsOf(waiting))];
  }

  async #eventsOf({ ref, uid }: Workload): Promise<readonly ClusterEvent[]> {
    return await this.#cluster.events(ref, uid, new AbortController().signal).catch(() => []);
  }
}
