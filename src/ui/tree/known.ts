import type { Operations } from '../../operations/operations.ts';
import type { RememberedJobs } from './rememberedJobs.ts';
import type { Known } from './render.ts';

/** What rows can say at this moment without asking anybody; little before the second bundle is there. */
export function knownNow(loaded: Operations | undefined, remembered: RememberedJobs): Known {
  const now = Date.now();
  return {
    now,
    detail: (summary) => loaded?.inventory.knownDetail(summary),
    mayChange: (ref) => loaded?.rights.mayChange(ref) ?? true,
    readers: (ref) => loaded?.readers.known(ref),
    jobWords: loaded?.jobWords,
    jobs: (ref) => remembered.latest(ref, loaded?.jobs.known(ref), now),
  };
}
