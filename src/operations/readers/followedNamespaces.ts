import { namespaceKey, sameNamespace, type NamespaceRef } from '../../domain/ref.ts';
import { FollowedNamespace, type FollowedKind } from './followedNamespace.ts';
import type { WorkloadCluster } from '../ports.ts';

/** Milliseconds for which workloads are still followed after nobody looks at them any more. */
const GRACE = 30_000;

/**
 * Some kinds of workloads, namespace by namespace. Nothing is asked of a cluster before somebody asks; from then
 * on the workloads of the namespace are followed, until nobody has asked or held them for a while.
 */
export class FollowedNamespaces {
  readonly #kinds: readonly FollowedKind[];
  readonly #cluster: Pick<WorkloadCluster, 'followKind'>;
  readonly #now: () => number;
  readonly #namespaces = new Map<string, FollowedNamespace>();
  /** By `namespaceKey`: how many hold it, whatever becomes of what is followed. */
  readonly #holders = new Map<string, number>();
  readonly #listeners = new Set<(where: NamespaceRef) => void>();

  /** `now` gives milliseconds since the epoch. */
  constructor(
    kinds: readonly FollowedKind[],
    cluster: Pick<WorkloadCluster, 'followKind'>,
    now: () => number,
  ) {
    this.#kinds = kinds;
    this.#cluster = cluster;
    this.#now = now;
  }

  /** Tells the listener of every namespace whose workloads have changed, until the signal aborts. */
  subscribe(listener: (where: NamespaceRef) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  /** What is followed of a namespace, without asking for it; nothing where nobody looks. */
  get(where: NamespaceRef): FollowedNamespace | undefined {
    return this.#namespaces.get(namespaceKey(where));
  }

  /** The same once every kind was heard of; nothing before. */
  known(where: NamespaceRef): FollowedNamespace | undefined {
    const followed = this.get(where);
    return followed?.isKnown === true ? followed : undefined;
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
  async heard(where: NamespaceRef): Promise<FollowedNamespace> {
    const followed = this.#followed(where);
    const waiting = new AbortController();
    this.hold(where, waiting.signal);
    await followed.first;
    waiting.abort();
    const isStopped = this.#namespaces.get(namespaceKey(where)) !== followed;
    // Who was stopped by a reset knows nothing, and that is no answer.
    return isStopped ? await this.heard(where) : followed;
  }

  #followed({ context, namespace }: NamespaceRef): FollowedNamespace {
    const where = { context, namespace };
    const key = namespaceKey(where);
    let followed = this.#namespaces.get(key);
    if (followed === undefined) {
      const changed = () => {
        for (const listener of this.#listeners) listener(where);
      };
      const of = { kinds: this.#kinds, changed, now: this.#now };
      followed = new FollowedNamespace(where, this.#cluster, of);
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
