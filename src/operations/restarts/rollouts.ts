import { progressOf } from '../../domain/readers/rolloutProgress.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import type { WorkloadCluster } from '../ports.ts';

/** How following a rollout ended. */
export type RolloutEnd =
  | { readonly kind: 'done'; readonly isOvertaken: boolean }
  | { readonly kind: 'failed'; readonly words: string; readonly workload: Workload }
  /** It was deleted, or another of its name took its place. */
  | { readonly kind: 'gone' }
  /** The person does not want to wait any longer; the rollout goes on. */
  | { readonly kind: 'left' }
  /** It may be neither watched nor read. */
  | { readonly kind: 'unseen' };

/** Hears how far a rollout is: the workload as it is, or nothing while the API server is gone; and in words. */
export type RolloutListener = (workload: Workload | undefined, words: string) => void;

/**
 * Follows the rollout that a write has begun, to its end by kubectl's rules. `written` is the workload as the
 * write left it. Aborting the signal ends the following, and never the rollout.
 */
export async function followRollout(
  written: Workload,
  cluster: Pick<WorkloadCluster, 'followWorkload'>,
  listener: RolloutListener,
  signal: AbortSignal,
): Promise<RolloutEnd> {
  const enough = new AbortController();
  try {
    return await new Promise<RolloutEnd>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve({ kind: 'left' });
      });
      let isSeen = false;
      const see = (now: Workload | undefined) => {
        isSeen = true;
        const end = now?.uid === written.uid ? endOf(written, now, listener) : GONE;
        if (end !== undefined) resolve(end);
      };
      cluster.followWorkload(
        written.ref,
        (event) => {
          if (event.kind === 'changed') see(event.item);
          else if (event.kind === 'removed') resolve(GONE);
          else if (event.kind === 'all') see(event.items[0]);
          else if (event.kind === 'failed') {
            // Where it may not be watched, it is read, and heard of before the failure.
            if (event.failure.reason === 'Forbidden' && !isSeen) resolve({ kind: 'unseen' });
            else if (event.failure.reason !== 'Forbidden')
              listener(undefined, `${event.failure.message} The rollout goes on.`);
            isSeen = false;
          }
        },
        AbortSignal.any([signal, enough.signal]),
      );
      if (signal.aborted) resolve({ kind: 'left' });
    });
  } finally {
    enough.abort();
  }
}

const GONE = { kind: 'gone' } as const;

function endOf(
  written: Workload,
  now: Workload,
  listener: RolloutListener,
): RolloutEnd | undefined {
  const { rollout } = now;
  // What is older than our own write says nothing about it.
  if (rollout === undefined || rollout.generation < (written.rollout?.generation ?? 0)) {
    return undefined;
  }
  const progress = progressOf(now.ref.kind, rollout);
  switch (progress.kind) {
    case 'progressing':
      listener(now, rollout.isPaused ? `paused: ${progress.words}` : progress.words);
      return undefined;
    case 'failed':
      return { kind: 'failed', words: progress.words, workload: now };
    case 'done':
      return { kind: 'done', isOvertaken: isOvertaken(written, now) };
  }
}

/** True where somebody began another rollout after our write. Another number of pods begins none. */
function isOvertaken(written: Workload, now: Workload): boolean {
  const isSame = now.rollout?.restartedAt === written.rollout?.restartedAt;
  return !isSame || now.template !== written.template;
}
