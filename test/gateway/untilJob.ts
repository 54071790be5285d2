import type { CacheJob } from '../../src/domain/jobs/cacheJob.ts';
import type { CacheRef } from '../../src/domain/ref.ts';
import type { Jobs } from '../../src/operations/jobs/jobs.ts';

/** A job of a cache as soon as something is so of it, or of its runs. */
export async function untilJob(
  jobs: Jobs,
  ref: CacheRef,
  isSo: (job: CacheJob) => boolean,
): Promise<CacheJob> {
  const enough = new AbortController();
  jobs.hold(ref, enough.signal);
  await jobs.of(ref);
  try {
    return await new Promise<CacheJob>((resolve) => {
      const look = () => {
        const found = jobs.known(ref)?.jobs.find(isSo);
        if (found !== undefined) resolve(found);
      };
      jobs.subscribe(look, enough.signal);
      look();
    });
  } finally {
    enough.abort();
  }
}
