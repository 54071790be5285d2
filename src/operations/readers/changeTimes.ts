import type { CacheDetail } from '../../domain/detail.ts';
import { FIELD_MANAGER, lastWriter, writtenAt } from '../../domain/owners.ts';
import type { KeyTimes } from '../../domain/readers/stalePods.ts';
import { cacheId, type CacheRef } from '../../domain/ref.ts';
import type { Undo } from '../history/undo.ts';

/**
 * When the content of keys changed last, by the clock of the cluster, which the pods' times are of. A manager has
 * one time there for all that it wrote, so that a write of another key makes this one look newer: of what we wrote
 * last the history knows better. Its clock is that of this machine: what that is behind is told by our last write,
 * which both have. So a pod may look older than it is, and never fresher.
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
    const times = new Map([...byCluster, ...byUs]);
    const found = { isImmutable: detail.immutable, mark: detail.mark, times };
    this.#known.set(id, { version: detail.resourceVersion, times: found });
    return found;
  }

  /** For keys that hold what the history knows: since when, in milliseconds since the epoch. */
  async #byHistory(
    ref: CacheRef,
    { resourceVersion }: CacheDetail,
    signal: AbortSignal,
  ): Promise<Map<string, number>> {
    const { past, cache, now } = await this.#undo.look(ref, signal);
    const times = new Map<string, number>();
    if (cache?.resourceVersion !== resourceVersion) return times;
    const ours = past.lastWrittenAt(cache.uid);
    for (const key of cache.keys) {
      const [newest] = past.versions(key);
      if (newest?.uid !== cache.uid || newest.sha256 !== now.get(key) || !newest.certain) continue;
      const time = Date.parse(newest.time ?? newest.at);
      const writer = lastWriter(cache, key);
      if (writer === undefined) times.set(key, Math.max(time, writtenAt(cache, key)));
      else if (writer.manager === FIELD_MANAGER && ours !== undefined) {
        const behind = Date.parse(writer.time) - Date.parse(ours);
        times.set(key, Math.min(time + Math.max(behind, 0), writtenAt(cache, key)));
      }
    }
    return times;
  }
}
