import type { MayChange } from '../../domain/jobs/feeding.ts';
import { cacheId, type CacheRef } from '../../domain/ref.ts';
import type { JobCluster } from './jobCluster.ts';

/** Milliseconds for which an answer is believed: rights change seldom. */
const BELIEVED = 300_000;

/** What service accounts may do with caches, as the cluster's own review says. Many persons may not ask it. */
export class AccountRights {
  readonly #cluster: Pick<JobCluster, 'mayAccountChange'>;
  readonly #now: () => number;
  readonly #answers = new Map<string, { readonly may: MayChange; readonly at: number }>();

  /** `now` gives milliseconds since the epoch. */
  constructor(cluster: Pick<JobCluster, 'mayAccountChange'>, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** What was answered last; nothing where nobody has asked. */
  known(account: string, cache: CacheRef): MayChange {
    return this.#answers.get(idOf(account, cache))?.may;
  }

  /** Asks, where that was not done lately. What cannot be asked stays unknown, and is no failure. */
  async learn(account: string, cache: CacheRef): Promise<void> {
    const id = idOf(account, cache);
    const last = this.#answers.get(id);
    if (last !== undefined && this.#now() - last.at < BELIEVED) return;
    const never = new AbortController().signal;
    const may = await this.#cluster
      .mayAccountChange(account, cache, never)
      .catch(() => 'unknown' as const);
    this.#answers.set(id, { may, at: this.#now() });
  }

  /** Forgets every answer. */
  reset(): void {
    this.#answers.clear();
  }
}

function idOf(account: string, cache: CacheRef): string {
  return JSON.stringify([account, cacheId(cache)]);
}
