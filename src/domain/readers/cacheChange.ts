import type { Value } from '../content/content.ts';
import type { CachePlan } from '../plan/cachePlan.ts';
import { changedKeys } from '../plan/planState.ts';
import type { CacheChange } from './reader.ts';
import { reloaderMarkOf } from './tools.ts';

/** What a plan changes, for those who read the cache. */
export function changeBy(plan: CachePlan): CacheChange {
  const changed = changedKeys(plan);
  const isText = (value: Value | undefined) => value?.kind === 'text';
  // What comes into `data`, or out of it, is seen by variables.
  const binary = changed.filter(({ before, after }) => !isText(before) && !isText(after));
  return {
    // Such a one is made anew, and nobody who read it follows that.
    isImmutable: plan.before?.immutable === true,
    mark: reloaderMarkOf(plan.before?.annotations ?? {}),
    keys: changed.map(({ key }) => key),
    binary: binary.map(({ key }) => key),
  };
}
