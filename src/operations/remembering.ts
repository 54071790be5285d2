import type { History } from './history.ts';
import type { Cluster, FollowListener } from './ports.ts';

/** The same cluster, of which the history hears whatever is read, and what is deleted. */
export function remembering(cluster: Cluster, history: Pick<History, 'saw' | 'lost'>): Cluster {
  return {
    ...cluster,
    readCache: async (ref, signal) => {
      const cache = await cluster.readCache(ref, signal);
      if (cache === undefined) history.lost(ref);
      else history.saw(cache);
      return cache;
    },
    followContent: (ref, listener, signal) => {
      const hear: FollowListener<Parameters<History['saw']>[0]> = (event) => {
        if (event.kind === 'changed') history.saw(event.item);
        if (event.kind === 'all' || event.kind === 'begun') event.items.forEach(history.saw);
        // It may have been deleted while nobody could tell.
        const isGone = event.kind === 'all' && event.items.length === 0;
        if (event.kind === 'removed' || isGone) history.lost(ref);
        listener(event);
      };
      cluster.followContent(ref, hear, signal);
    },
    followCaches: (scope, listener, signal) => {
      cluster.followCaches(
        scope,
        (event) => {
          if (event.kind === 'removed') history.lost(event.item.ref);
          listener(event);
        },
        signal,
      );
    },
  };
}
