import { labelValue } from '../manifests/jobNames.ts';
import type { Workload } from '../readers/workload.ts';

/**
 * Why a job is believed to refresh a cache: it bears our label, or it names the cache and its service account may
 * change it, or it names the cache and what its account may do is not known.
 */
export type Evidence = 'label' | 'rights' | 'naming';

/** What a service account may do with a cache; nothing while nobody has asked. */
export type MayChange = boolean | 'unknown' | undefined;

/** True where only the rights of its service account can tell whether a job refreshes a cache. */
export function isCandidate({ cron, refreshes }: Workload, cache: string): boolean {
  return cron !== undefined && refreshes === undefined && cron.words.has(cache);
}

/** Why a job is believed to refresh a cache, or nothing where it is not. */
export function evidenceOf(
  workload: Workload,
  cache: string,
  mayChange: (account: string) => MayChange,
): Evidence | undefined {
  const { cron, refreshes } = workload;
  if (cron === undefined) return undefined;
  if (refreshes === labelValue(cache)) return 'label';
  if (!isCandidate(workload, cache)) return undefined;
  const may = mayChange(cron.account);
  if (may === 'unknown') return 'naming';
  return may === true ? 'rights' : undefined;
}
