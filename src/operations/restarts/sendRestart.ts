import {
  isRestartable,
  printRestartTime,
  restartPatch,
} from '../../domain/readers/restartPatch.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import type { WorkloadCluster } from '../ports.ts';

/** Why a workload was not restarted, or why that is not known; `unclear` says it in what follows its name. */
export type NotRestarted =
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unclear'; readonly words: string };

const refusedFor = (words: string): NotRestarted => ({ kind: 'refused', words });
const REPLACED =
  'was deleted and created again while it was to be restarted: the new one was restarted, and is not followed';
const unclear = (words: string): NotRestarted => ({ kind: 'unclear', words });

/**
 * Sends the patch that restarts a workload, after kubectl's own checks, and only to the very object that was
 * meant. `known` is the workload as it is followed at this moment; where it is not, it is read before. Gives the
 * workload as it is then. Throws a `Failure` where the cluster refuses. It cannot be cancelled: a write that was
 * sent has to be followed to its end.
 */
export async function sendRestart(
  { ref, uid }: Workload,
  cluster: Pick<WorkloadCluster, 'readWorkload' | 'restart'>,
  { date, known }: { readonly date: Date; readonly known: Workload | undefined | 'unknown' },
): Promise<Workload | NotRestarted> {
  const { kind } = ref;
  if (!isRestartable(kind)) return refusedFor('it cannot be restarted');
  const signal = new AbortController().signal;
  const time = printRestartTime(kind, date, -date.getTimezoneOffset());
  const isFine = known !== 'unknown' && refusalOf(known, { uid, time }) === undefined;
  // What is followed may be a moment late: nothing is refused for what it says alone.
  const refusal = isFine
    ? undefined
    : refusalOf(await cluster.readWorkload(ref, signal), { uid, time });
  if (refusal !== undefined) return refusal;
  const outcome = await cluster.restart(ref, restartPatch(kind, time), signal);
  switch (outcome.kind) {
    case 'done':
      // The patch names no uid: it reaches whatever has the name when it comes.
      return outcome.workload.uid === uid ? outcome.workload : unclear(REPLACED);
    case 'gone':
      return outcome;
    case 'unanswered':
      return await findOut({ uid, time, detail: outcome.detail }, () =>
        cluster.readWorkload(ref, signal),
      );
  }
}

/** What kubectl would refuse of a workload as it is. */
function refusalOf(
  now: Workload | undefined,
  { uid, time }: { readonly uid: string; readonly time: string },
): NotRestarted | undefined {
  if (now?.uid !== uid) return { kind: 'gone' };
  if (now.rollout?.isPaused === true) return refusedFor('it is paused: resume it first');
  return now.rollout?.restartedAt === time
    ? refusedFor('it was already restarted within the past second')
    : undefined;
}

/** Finds out by reading whether a patch that got no answer was carried out. */
async function findOut(
  { uid, time, detail }: { uid: string; time: string; detail: string },
  read: () => Promise<Workload | undefined>,
): Promise<Workload | NotRestarted> {
  let found: Workload | undefined;
  try {
    found = await read();
  } catch {
    return unclear(
      `may have been restarted: no answer told, and it cannot be read now (${detail})`,
    );
  }
  if (found?.uid !== uid) return { kind: 'gone' };
  if (found.rollout?.restartedAt === time) return found;
  // The patch is for no version: what holds it up may let it go at any time.
  return unclear(
    `is not restarted so far; a request that is held up may yet restart it (${detail})`,
  );
}
