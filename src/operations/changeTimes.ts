import type { CacheDetail } from '../domain/detail.ts';
import { lastWriter } from '../domain/owners.ts';
import type { KeyTimes } from '../domain/readers/stalePods.ts';
import { cacheId, type CacheRef } from '../domain/ref.ts';
import type { Undo } from './undo.ts';

/**
 * When the content of keys changed last, by the clock of the cluster, which the pods' times are of. The history
 * has the clock of this machine, and gaps: it counts only where managedFields tell no writer of a key, and only
 * to make it later. So a pod may look older than it is, and never fresher.
 */
export class ChangeTimes {
  readonly #undo: Pick<Undo, 'look'>;
  /** By `cacheId`: what was found out at that version. */
  readonly #known = new Map<string, { readonly version: string; readonly times: KeyTimes }>();

  constructor(undo: Pick<Undo, 'look'>) {
    this.#undo = undo;
  }

  /** The times for a cache of which this is known. */
  async of(ref: CacheRef, detail: CacheDetail, signal: AbortSignal): Promise<KeyTimes> {
    const id = cacheId(ref);
    const known = this.#known.get(id);
    if (known?.version === detail.resourceVersion) return known.times;
    const byCluster = new Map(detail.keys.map(({ key, written }) => [key, written]));
    const byUs = await this.#byHistory(ref, detail, signal).catch(() => new Map<string, number>());
    const times = new Map(
      [...byCluster].map(([key, time]) => [key, Math.max(time, byUs.get(key) ?? time)]),
    );
    const found = { isImmutable: detail.immutable, mark: detail.mark, times };
    this.#known.set(id, { version: detail.resourceVersion, times: found });
    return found;
  }

  /** For keys without a writer that hold what the history knows: since when, in milliseconds since the epoch. */
  async #byHistory(
    ref: CacheRef,
    { resourceVersion }: CacheDetail,
    signal: AbortSignal,
  ): Promise<Map<string, number>> {
    const { past, cache, now } = await this.#undo.look(ref, signal);
    const times = new Map<string, number>();
    if (cache?.resourceVersion !== resourceVersion) return times;
    for (const key of cache.keys) {
      if (lastWriter(cache, key) !== undefined) continue;
      const [newest] = past.versions(key);
      if (newest?.uid !== cache.uid || newest.sha256 !== now.get(key) || !newest.certain) continue;
      times.set(key, Date.parse(newest.time ?? newest.at));
    }
    return times;
  }
}
