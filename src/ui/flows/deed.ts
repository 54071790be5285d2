import type { CachePlan } from '../../domain/cachePlan.ts';
import { isFetched } from '../../domain/source.ts';

/** What a plan does, in words, by where its content comes from. */
export function deedOf({ keys }: CachePlan): { readonly verb: string; readonly done: string } {
  if (keys.every(({ source }) => isFetched(source))) return { verb: 'Refresh', done: 'refreshed' };
  if (keys.every(({ source }) => source.kind === 'history')) {
    return { verb: 'Restore', done: 'restored' };
  }
  return { verb: 'Change', done: 'changed' };
}
