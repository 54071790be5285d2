import { cacheId, type CacheRef } from '../../domain/ref.ts';
import type { CacheContent, CacheSummary } from '../../domain/cache.ts';
import type { History } from './history.ts';
import type { Cluster, FollowEvent, FollowListener } from '../ports.ts';

type Hearing = Pick<History, 'asks' | 'found' | 'saw' | 'lost'>;

/** The same cluster, of which the history hears whatever is read, and what is deleted. */
export function remembering(cluster: Cluster, history: Hearing): Cluster {
  /** By what is followed: the caches that were told of it, also by one who follows no more. */
  const told = new Map<string, Map<string, CacheRef>>();
  return {
    ...cluster,
    readCache: async (ref, signal) => {
      const answer = history.asks(ref);
      const cache = await cluster.readCache(ref, signal);
      answer(cache);
      return cache;
    },
    followContent: (ref, listener, signal) => {
      const hear: FollowListener<CacheContent> = (event) => {
        if (event.kind === 'changed') history.saw(event.item);
        if (event.kind === 'all' || event.kind === 'begun') event.items.forEach(history.found);
        // It may have been deleted while nobody could tell.
        const isGone = event.kind === 'all' && event.items.length === 0;
        if (event.kind === 'removed' || isGone) history.lost(ref);
        listener(event);
      };
      cluster.followContent(ref, hear, signal);
    },
    followCaches: (scope, listener, signal) => {
      const id = JSON.stringify(scope);
      const there = told.get(id) ?? new Map<string, CacheRef>();
      told.set(id, there);
      const hear: FollowListener<CacheSummary> = (event) => {
        for (const ref of goneOf(there, event)) history.lost(ref);
        listener(event);
      };
      cluster.followCaches(scope, hear, signal);
    },
  };
}

/** The caches that are gone by what is told; those that are there are remembered. */
function goneOf(
  there: Map<string, CacheRef>,
  event: FollowEvent<CacheSummary>,
): readonly CacheRef[] {
  switch (event.kind) {
    case 'removed':
      there.delete(cacheId(event.item.ref));
      return [event.item.ref];
    case 'changed':
      there.set(cacheId(event.item.ref), event.item.ref);
      return [];
    case 'begun':
    case 'all': {
      const items = new Map(event.items.map(({ ref }) => [cacheId(ref), ref]));
      const gone = [...there].filter(([id]) => event.kind === 'all' && !items.has(id));
      for (const [id] of gone) there.delete(id);
      for (const [id, ref] of items) there.set(id, ref);
      return gone.map(([, ref]) => ref);
    }
    case 'failed':
      return [];
  }
}
