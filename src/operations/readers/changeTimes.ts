import type { CacheDetail } from '../../domain/detail.ts';
import { FIELD_MANAGER, lastWriter, writtenAt } from '../../domain/owners.ts';
import type { KeyTimes } from '../../domain/readers/stalePods.ts';
import { cacheId, type CacheRef } from '../../domain/ref.ts';
import type { Undo } from '../history/undo.ts';
import type { CacheContent } from '../../domain/cache.ts';
import type { Past } from '../../domain/history/past.ts';
import { earlierOf, unknownBefore } from '../../domain/readers/earlier.ts';
import type { Earlier } from '../../domain/readers/reader.ts';

/** A cache as it is, and its past. */
interface Known {
  readonly past: Past;
  readonly cache: CacheContent;
  /** By key: the SHA-256 of what it holds. */
  readonly now: ReadonlyMap<string, string>;
}

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
    const manner = { isImmutable: detail.immutable, mark: detail.mark };
    const found = await this.#look(ref, signal);
    if (found?.cache.resourceVersion !== detail.resourceVersion) {
      return { ...manner, times: byCluster, earlier: unknownBefore(detail.created) };
    }
    const times = {
      ...manner,
      times: new Map([...byCluster, ...byHistory(found), ...removals(found)]),
      earlier: earlierOf(found.past, found.cache),
    };
    this.#known.set(id, { version: detail.resourceVersion, times });
    return times;
  }

  /**
   * Up to when pods may have begun with an earlier ConfigMap of the name that was immutable; nothing where there was
   * none, where the cache is not there, or where that cannot be told now.
   */
  async earlier(ref: CacheRef, signal: AbortSignal): Promise<Earlier | undefined> {
    const found = await this.#look(ref, signal);
    return found && earlierOf(found.past, found.cache);
  }

  async #look(ref: CacheRef, signal: AbortSignal): Promise<Known | undefined> {
    try {
      const { past, cache, now } = await this.#undo.look(ref, signal);
      return cache && { past, cache, now };
    } catch {
      return undefined;
    }
  }
}

/** For keys that hold what the history knows: since when, in milliseconds since the epoch. */
function byHistory({ past, cache, now }: Known): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const key of cache.keys) {
    const [newest] = past.versions(key);
    if (newest?.uid !== cache.uid || newest.sha256 !== now.get(key) || !newest.certain) continue;
    const time = Date.parse(newest.time ?? newest.at);
    const writer = lastWriter(cache, key);
    if (writer === undefined) times.set(key, Math.max(time, writtenAt(cache, key)));
    else if (writer.manager === FIELD_MANAGER && past.lastWrittenAt(cache.uid) !== undefined) {
      times.set(key, Math.min(time + behind(past, cache), writtenAt(cache, key)));
    }
  }
  return times;
}

/**
 * For keys that are not there any more: when the history kept them last, which is when they were removed or found
 * to be. The cluster keeps no such time: what was never kept is not known to have been there.
 */
function removals({ past, cache }: Known): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { key, uid, at, certain } of past.versions()) {
    if (uid !== cache.uid || !certain || cache.values.has(key) || times.has(key)) continue;
    times.set(key, Date.parse(at) + behind(past, cache));
  }
  return times;
}

/** What the clock of this machine is behind that of the cluster, in milliseconds, by the last write that both know. */
function behind(past: Past, cache: CacheContent): number {
  const ours = past.lastWrittenAt(cache.uid);
  const theirs = cache.writers
    .filter(({ manager }) => manager === FIELD_MANAGER)
    .reduce((last, { time }) => Math.max(last, Date.parse(time)), -Infinity);
  return ours === undefined ? 0 : Math.max(theirs - Date.parse(ours), 0);
}
