import { cacheRowId } from './node.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { JobsPicture } from '../../operations/jobs/jobs.ts';

/** The jobs of a cache as they were seen last. */
export interface SeenJobs extends JobsPicture {
  /** When that was, in milliseconds since the epoch; nothing while they are followed. */
  readonly asOf?: number;
}

/** What was seen last of the jobs of caches: nobody follows those whose rows cannot be seen, and a mark must not vanish. */
export class RememberedJobs {
  readonly #last = new Map<string, { readonly picture: JobsPicture; readonly asOf: number }>();

  /** What is known now, or else what was seen last. */
  latest(ref: CacheRef, known: JobsPicture | undefined, now: number): SeenJobs | undefined {
    const id = cacheRowId(ref);
    if (known !== undefined && isWhole(known)) {
      this.#last.set(id, { picture: known, asOf: now });
      return known;
    }
    const last = this.#last.get(id);
    if (last === undefined || !hasAll(last.picture, known)) return known;
    return { ...last.picture, asOf: last.asOf };
  }

  /** The cache is not shown any more. */
  forget(ref: CacheRef): void {
    this.#last.delete(cacheRowId(ref));
  }
}

/** False while the runs of a job are still being asked for. */
function isWhole({ jobs, unknown }: JobsPicture): boolean {
  return unknown.length > 0 || jobs.every(({ runs }) => runs !== undefined);
}

/** False where there is a job by now that was not there then. */
function hasAll(last: JobsPicture, known: JobsPicture | undefined): boolean {
  const uids = new Set(last.jobs.map(({ workload }) => workload.uid));
  return known?.jobs.every(({ workload }) => uids.has(workload.uid)) ?? true;
}
