import { isFailure } from '../../domain/failure.ts';
import type { CacheChange, Reader } from '../../domain/readers/reader.ts';
import { restartLineOf, type RestartLine } from '../../domain/readers/restartLine.ts';
import { isRestartable } from '../../domain/readers/restartPatch.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import type { CacheRef } from '../../domain/ref.ts';
import { limited, unlimited, type Limit } from '../limited.ts';
import type { WorkloadCluster } from '../ports.ts';
import type { UnknownKind } from '../readers/followedNamespace.ts';
import { readersIn, type Readers } from '../readers/readers.ts';
import { sendRestart } from './sendRestart.ts';
import { RestartCourse, type CourseOfRestart } from './restartCourse.ts';
import { followRollout, type RolloutEnd } from './rollouts.ts';

/** Requests that are under way at once. */
const AT_ONCE = 8;

/** Milliseconds for which pods may still be shown that a finished rollout has ended. */
const PODS_LATER = 3000;

/** What could be restarted after a change of a cache, and what that would do. */
export interface RestartPlan {
  readonly ref: CacheRef;
  readonly lines: readonly RestartLine[];
  readonly unknown: readonly UnknownKind[];
}

/** How the restart of one reader ended. */
export type RestartOutcome =
  /**
   * `oldPods` names those that were to be replaced and are still there; absent where pods cannot be seen. Those that
   * a partition keeps are `keptPods`, where there are any.
   */
  | {
      readonly kind: 'done';
      readonly isOvertaken: boolean;
      readonly oldPods: readonly string[] | undefined;
      readonly keptPods?: readonly string[];
    }
  | { readonly kind: 'failed'; readonly words: string; readonly cause: string | undefined }
  /** The request was refused, and nothing was restarted. */
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'left' }
  | { readonly kind: 'unseen' }
  /** Whether it was restarted is not known, or may yet change: said in what follows its name. */
  | { readonly kind: 'unclear'; readonly words: string }
  | { readonly kind: 'notStarted' };

/** A reader and how its restart ended. */
export interface Restarted {
  readonly reader: Reader;
  readonly outcome: RestartOutcome;
}

/** In which order readers are restarted; one after the other stops at the first that fails. */
export type RestartOrder = 'oneByOne' | 'allAtOnce';

/** Hears of each reader how far it is, and how it ended. */
export interface RestartListener {
  readonly progressed: (reader: Reader, course: CourseOfRestart) => void;
  readonly ended: (restarted: Restarted) => void;
}

/** Restarting the readers of a cache, and following them until their pods are new. */
export class Restarts {
  readonly #cluster: WorkloadCluster;
  readonly #readers: Readers;
  readonly #now: () => Date;

  constructor(cluster: WorkloadCluster, readers: Readers, now: () => Date) {
    this.#cluster = cluster;
    this.#readers = readers;
    this.#now = now;
  }

  /** What could be restarted after a change; asks for each reader whether the person may. */
  async plan(ref: CacheRef, change: CacheChange, signal: AbortSignal): Promise<RestartPlan> {
    const picture = await this.#readers.of(ref);
    const { unknown } = picture;
    const readers = readersIn(picture, change);
    const answers = await Promise.all(
      readers.map(async ({ workload }) => {
        if (!isRestartable(workload.ref.kind)) return true;
        // What cannot be asked counts as allowed: the request itself will tell.
        return await this.#cluster.mayRestart(workload.ref, signal).catch(() => true);
      }),
    );
    const allowed = new Map(readers.map(({ workload }, index) => [workload, answers[index]]));
    const mayPatch = (workload: Workload) => allowed.get(workload) !== false;
    return { ref, lines: readers.map((each) => restartLineOf(each, change, mayPatch)), unknown };
  }

  /**
   * Restarts readers and follows each to its end. None of them stops the others, but where they go one by one.
   * Aborting the signal ends the following; what was not started by then is not.
   */
  async run(
    ref: CacheRef,
    of: { readonly readers: readonly Reader[]; readonly order: RestartOrder },
    listener: RestartListener,
    signal: AbortSignal,
  ): Promise<readonly Restarted[]> {
    const held = new AbortController();
    this.#readers.hold(ref, held.signal);
    try {
      const { readers, order } = of;
      const run = { ref, listener, signal };
      return order === 'oneByOne'
        ? await this.#oneByOne(readers, run)
        : await this.#allAtOnce(readers, run);
    } finally {
      held.abort();
    }
  }

  async #oneByOne(readers: readonly Reader[], run: Run): Promise<readonly Restarted[]> {
    const ended: Restarted[] = [];
    let goesOn = true;
    for (const reader of readers) {
      goesOn &&= !run.signal.aborted;
      const outcome: RestartOutcome = goesOn
        ? await this.#restart(reader, run, unlimited)
        : { kind: 'notStarted' };
      if (outcome.kind !== 'done') goesOn = false;
      run.listener.ended({ reader, outcome });
      ended.push({ reader, outcome });
    }
    return ended;
  }

  async #allAtOnce(readers: readonly Reader[], run: Run): Promise<readonly Restarted[]> {
    const limit = limited(AT_ONCE);
    return await Promise.all(
      readers.map(async (reader) => {
        const restarted = { reader, outcome: await this.#restart(reader, run, limit) };
        run.listener.ended(restarted);
        return restarted;
      }),
    );
  }

  async #restart(reader: Reader, run: Run, limit: Limit): Promise<RestartOutcome> {
    await this.#readers.of(run.ref);
    const { workload } = reader;
    const seen = this.#readers.podsOf(workload);
    const before = seen && new Set(seen.map(({ uid }) => uid));
    const begun = await limit(async (): Promise<Workload | RestartOutcome> => {
      if (run.signal.aborted) return { kind: 'notStarted' };
      const of = { date: this.#now(), known: this.#readers.current(workload.ref) };
      return await sendRestart(workload, this.#cluster, of).catch(refused);
    });
    if ('kind' in begun) return begun;
    const enough = new AbortController();
    const tell = (course: CourseOfRestart) => {
      run.listener.progressed(reader, course);
    };
    // The cluster tells of each write when it was; without that no event is known to be of this one.
    const since = begun.rollout?.written ?? Infinity;
    const of = { readers: this.#readers, cluster: this.#cluster, tell, since };
    const course = new RestartCourse(reader, before, of, enough.signal);
    try {
      const end = await followRollout(begun, this.#cluster, course.hear, run.signal);
      return await this.#outcomeOf(end, course, run.ref);
    } finally {
      enough.abort();
    }
  }

  async #outcomeOf(end: RolloutEnd, course: RestartCourse, ref: CacheRef): Promise<RestartOutcome> {
    switch (end.kind) {
      case 'done': {
        // What is known of pods may come a little later than the end of the rollout.
        const late = AbortSignal.timeout(PODS_LATER);
        const isOver = () => (course.old()?.late ?? []).length === 0;
        await this.#readers.until(ref, isOver, late);
        const old = course.old();
        const kept = namesOf(old?.kept ?? []);
        return {
          ...{ kind: 'done', isOvertaken: end.isOvertaken, oldPods: old && namesOf(old.late) },
          ...(kept.length === 0 ? {} : { keptPods: kept }),
        };
      }
      case 'failed':
        return { kind: 'failed', words: end.words, cause: await course.cause(end.workload) };
      case 'gone':
      case 'left':
      case 'unseen':
        return end;
    }
  }
}

function namesOf(pods: readonly Workload[]): readonly string[] {
  return pods.map(({ ref }) => ref.name);
}

interface Run {
  readonly ref: CacheRef;
  readonly listener: RestartListener;
  readonly signal: AbortSignal;
}

/** A failure of one reader is an outcome, since it must not stop the others. */
function refused(error: unknown): RestartOutcome {
  if (isFailure(error)) return { kind: 'refused', words: error.message };
  throw error;
}
