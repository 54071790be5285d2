import { isFailure } from '../domain/failure.ts';
import type { CacheChange, Reader } from '../domain/readers/reader.ts';
import { restartLineOf, type RestartLine } from '../domain/readers/restartLine.ts';
import { isRestartable } from '../domain/readers/restartPatch.ts';
import { causeOf } from '../domain/readers/rolloutCause.ts';
import { isThere } from '../domain/readers/stalePods.ts';
import { workloadId, type Workload } from '../domain/readers/workload.ts';
import type { CacheRef } from '../domain/ref.ts';
import { limited, unlimited, type Limit } from './limited.ts';
import type { WorkloadCluster } from './ports.ts';
import type { UnknownKind } from './followedNamespace.ts';
import type { Readers } from './readers.ts';
import { sendRestart } from './sendRestart.ts';
import { followRollout, type RolloutEnd, type RolloutListener } from './rollouts.ts';

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
  /** `oldPods` names those that were there before and still are; absent where pods cannot be seen. */
  | {
      readonly kind: 'done';
      readonly isOvertaken: boolean;
      readonly oldPods: readonly string[] | undefined;
    }
  | { readonly kind: 'failed'; readonly words: string; readonly cause: string | undefined }
  /** The request was refused, and nothing was restarted. */
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'left' }
  | { readonly kind: 'unseen' }
  /** The connection broke, and whether it was restarted could not be found out. */
  | { readonly kind: 'unclear'; readonly words: string }
  | { readonly kind: 'notStarted' };

/** A reader and how its restart ended. */
export interface Restarted {
  readonly reader: Reader;
  readonly outcome: RestartOutcome;
}

/** In which order readers are restarted; one after the other stops at the first that fails. */
export type RestartOrder = 'oneByOne' | 'allAtOnce';

/** Hears of each reader how far it is, the workload where it is known, in words; and how it ended. */
export interface RestartListener {
  readonly progressed: (reader: Reader, ...told: Parameters<RolloutListener>) => void;
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
    const { readers, unknown } = await this.#readers.of(ref);
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
    const before = await this.#podsOf(reader, run.ref);
    const begun = await limit(async (): Promise<Workload | RestartOutcome> => {
      if (run.signal.aborted) return { kind: 'notStarted' };
      const known = this.#readers.current(reader.workload.ref);
      const of = { date: this.#now(), known };
      return await sendRestart(reader.workload, this.#cluster, of).catch(refused);
    });
    if ('kind' in begun) return begun;
    const tell: RolloutListener = (workload, words) => {
      const cause = workload && this.#causeNow(workload, before);
      run.listener.progressed(reader, workload, cause === undefined ? words : `${words}; ${cause}`);
    };
    const end = await followRollout(begun, this.#cluster, tell, run.signal);
    return await this.#outcomeOf(reader, end, { before, ref: run.ref });
  }

  async #outcomeOf(reader: Reader, end: RolloutEnd, of: Followed): Promise<RestartOutcome> {
    switch (end.kind) {
      case 'done': {
        const oldPods = await this.#oldPods(reader, of);
        return { kind: 'done', isOvertaken: end.isOvertaken, oldPods };
      }
      case 'failed':
        return { kind: 'failed', words: end.words, cause: await this.#cause(end.workload, of) };
      case 'gone':
      case 'left':
      case 'unseen':
        return end;
    }
  }

  /** The pods that were there before and still are; what is known of pods may come a little later than the end. */
  async #oldPods({ workload }: Reader, { before, ref }: Followed) {
    const uids = new Set(before?.map(({ uid }) => uid));
    const old = () =>
      this.#readers
        .podsOf(workload)
        ?.filter((one) => uids.has(one.uid) && isThere(one))
        .map((pod) => pod.ref.name);
    const enough = AbortSignal.timeout(PODS_LATER);
    await this.#readers.until(ref, () => old()?.length === 0, enough);
    return before && old();
  }

  async #cause(workload: Workload, { before }: Followed): Promise<string | undefined> {
    const known = this.#causeNow(workload, before);
    if (known !== undefined) return known;
    const events = await this.#cluster
      .events(workload.ref, workload.uid, new AbortController().signal)
      .catch(() => []);
    return causeOf(workload, [], events);
  }

  /** What the cluster says of new pods, as far as it is known already. */
  #causeNow(workload: Workload, before: readonly Workload[] | undefined): string | undefined {
    const uids = new Set(before?.map(({ uid }) => uid));
    const pods = this.#readers.podsOf(workload) ?? [];
    const fresh = pods.filter(({ uid }) => !uids.has(uid));
    return causeOf(workload, fresh, []);
  }

  /** The pods of a reader as they are known; nothing where they may not be listed. */
  async #podsOf({ workload }: Reader, ref: CacheRef): Promise<readonly Workload[] | undefined> {
    await this.#readers.of(ref);
    return this.#readers.podsOf(workload);
  }
}

interface Run {
  readonly ref: CacheRef;
  readonly listener: RestartListener;
  readonly signal: AbortSignal;
}

interface Followed {
  readonly before: readonly Workload[] | undefined;
  readonly ref: CacheRef;
}

/** A failure of one reader is an outcome, since it must not stop the others. */
function refused(error: unknown): RestartOutcome {
  if (isFailure(error)) return { kind: 'refused', words: error.message };
  throw error;
}

/** One string per reader, for use as a map key. */
export function readerId({ workload }: Reader): string {
  return workloadId(workload.ref);
}
