import type { Reader, Workloads } from '../domain/readers/reader.ts';
import type { Workload, WorkloadRef } from '../domain/readers/workload.ts';
import { namespaceKey, sameNamespace, type CacheRef, type NamespaceRef } from '../domain/ref.ts';
import { FollowedNamespace, type UnknownKind } from './followedNamespace.ts';
import type { WorkloadCluster } from './ports.ts';

/** Milliseconds for which workloads are still followed after nobody looks at them any more. */
const GRACE = 30_000;

/** Who reads a cache, as far as it is known. */
export interface ReadersPicture {
  readonly readers: readonly Reader[];
  readonly workloads: Workloads;
  /** Kinds that could not be read: there may be more readers among them. */
  readonly unknown: readonly UnknownKind[];
}

/**
 * Who reads the caches of namespaces. Nothing is asked of a cluster before somebody asks; from then on the
 * workloads of the namespace are followed, until nobody has asked or held them for a while.
 */
export class Readers {
  readonly #cluster: WorkloadCluster;
  readonly #now: () => number;
  readonly #namespaces = new Map<string, FollowedNamespace>();
  /** By `namespaceKey`: how many hold it, whatever becomes of what is followed. */
  readonly #holders = new Map<string, number>();
  readonly #listeners = new Set<(where: NamespaceRef) => void>();

  /** `now` gives milliseconds since the epoch. */
  constructor(cluster: WorkloadCluster, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** Tells the listener of every namespace whose workloads have changed, until the signal aborts. */
  subscribe(listener: (where: NamespaceRef) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  /** The readers of a cache; waits for the first answers. */
  async of(ref: CacheRef): Promise<ReadersPicture> {
    return pictureOf(await this.#heard(ref), ref);
  }

  /** What is known of the readers of a cache without asking for it; nothing where nobody looks. */
  known(ref: CacheRef): ReadersPicture | undefined {
    const followed = this.#namespaces.get(namespaceKey(ref));
    return followed?.isKnown === true ? pictureOf(followed, ref) : undefined;
  }

  /** The pods of a workload as they are known; nothing where nobody looks, or they may not be seen. */
  podsOf(workload: Workload): readonly Workload[] | undefined {
    const followed = this.#namespaces.get(namespaceKey(workload.ref));
    return followed?.isKnown === true ? podsIn(followed, workload) : undefined;
  }

  /** What belongs to a workload, as far as it is known: its ReplicaSets, Jobs and pods. */
  partsOf(workload: Workload): readonly Workload[] {
    const { workloads } = this.#namespaces.get(namespaceKey(workload.ref)) ?? {};
    const children = workloads?.childrenOf(workload.uid) ?? [];
    return children.flatMap((child) => [child, ...(workloads?.childrenOf(child.uid) ?? [])]);
  }

  /**
   * A workload as it is at this moment, where its kind is followed without a fault: nothing then means that it
   * is gone. Otherwise `unknown`.
   */
  current(ref: WorkloadRef): Workload | undefined | 'unknown' {
    const followed = this.#namespaces.get(namespaceKey(ref));
    const isLive =
      followed?.isKnown === true && !followed.unknown.some(({ kind }) => kind === ref.kind);
    return isLive ? followed.workloads.named(ref) : 'unknown';
  }

  /** The Jobs of a CronJob that have not ended. */
  async runningJobs({ ref, uid }: Workload): Promise<readonly Workload[]> {
    const followed = await this.#heard(ref);
    return followed.workloads.childrenOf(uid).filter(({ ref: { kind }, life }) => {
      return kind === 'Job' && life !== 'ended';
    });
  }

  /** Waits until something is so in the picture of a namespace, or the signal aborts. */
  async until(where: NamespaceRef, isSo: () => boolean, signal: AbortSignal): Promise<void> {
    const enough = new AbortController();
    try {
      await new Promise<void>((resolve) => {
        const look = () => {
          if (isSo()) resolve();
        };
        const ended = () => {
          resolve();
        };
        signal.addEventListener('abort', ended);
        if (signal.aborted) ended();
        this.subscribe((changed) => {
          if (sameNamespace(changed, where)) look();
        }, enough.signal);
        look();
      });
    } finally {
      enough.abort();
    }
  }

  /** Follows the workloads of a namespace until the signal aborts, and a little longer. */
  hold(where: NamespaceRef, signal: AbortSignal): void {
    if (signal.aborted) return;
    const key = namespaceKey(where);
    const count = (change: number) =>
      this.#holders.set(key, (this.#holders.get(key) ?? 0) + change);
    count(1);
    this.#followed(where);
    signal.addEventListener('abort', () => {
      count(-1);
      const followed = this.#namespaces.get(key);
      if (followed !== undefined) this.#leaveLater(followed);
    });
  }

  /** Stops following, and begins anew with the next question. */
  reset(): void {
    for (const followed of this.#namespaces.values()) followed.stop();
    this.#namespaces.clear();
  }

  /** The workloads of a namespace once every kind was heard of, however long that takes. */
  async #heard(where: NamespaceRef): Promise<FollowedNamespace> {
    const followed = this.#followed(where);
    const waiting = new AbortController();
    this.hold(where, waiting.signal);
    await followed.first;
    waiting.abort();
    const isStopped = this.#namespaces.get(namespaceKey(where)) !== followed;
    // Who was stopped by a reset knows nothing, and that is no answer.
    return isStopped ? await this.#heard(where) : followed;
  }

  #followed({ context, namespace }: NamespaceRef): FollowedNamespace {
    const where = { context, namespace };
    const key = namespaceKey(where);
    let followed = this.#namespaces.get(key);
    if (followed === undefined) {
      const changed = () => {
        for (const listener of this.#listeners) listener(where);
      };
      followed = new FollowedNamespace(where, this.#cluster, { changed, now: this.#now });
      this.#namespaces.set(key, followed);
    }
    this.#leaveLater(followed);
    return followed;
  }

  #leaveLater(followed: FollowedNamespace): void {
    clearTimeout(followed.leaving);
    followed.leaving = setTimeout(() => {
      const key = namespaceKey(followed.where);
      if ((this.#holders.get(key) ?? 0) > 0) return;
      followed.stop();
      if (this.#namespaces.get(key) === followed) this.#namespaces.delete(key);
    }, GRACE);
    // Nobody stays for its sake; a browser's timer is a number, and has no such thing.
    if (typeof followed.leaving === 'object') followed.leaving.unref();
  }
}

function pictureOf(followed: FollowedNamespace, ref: CacheRef): ReadersPicture {
  const { workloads, unknown } = followed;
  return { readers: workloads.readersOf(ref), workloads, unknown };
}

/** The pods of a workload in a picture, or itself where it is one; nothing where they may not be seen. */
export function podsIn(
  { workloads, unknown }: Pick<ReadersPicture, 'workloads' | 'unknown'>,
  workload: Workload,
): readonly Workload[] | undefined {
  const isBlind = unknown.some(({ kind }) => kind === 'Pod' || kind === 'ReplicaSet');
  if (isBlind) return undefined;
  return workload.pod === undefined ? workloads.podsOf(workload) : [workload];
}
