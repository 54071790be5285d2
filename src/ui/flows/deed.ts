import type { CachePlan } from '../../domain/plan/cachePlan.ts';
import { isFetched } from '../../domain/source.ts';
import { firstLines, planSummary } from '../../domain/plan/verdictText.ts';

/** How many keys a notification speaks of one by one; all of them are in the preview. */
export const LINES = 4;

/** What a plan does, in words, by where its content comes from. */
export function deedOf({ keys }: CachePlan): { readonly verb: string; readonly done: string } {
  if (keys.every(({ source }) => isFetched(source))) return { verb: 'Refresh', done: 'refreshed' };
  if (keys.every(({ source }) => source.kind === 'history')) {
    return { verb: 'Restore', done: 'restored' };
  }
  return { verb: 'Change', done: 'changed' };
}

/** What a plan does to its keys, as a part of a sentence. */
export function summaryOf(plan: CachePlan): string {
  return firstLines(planSummary(plan), LINES).join('; ');
}
