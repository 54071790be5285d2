import type { Failure } from '../domain/failure.ts';
import { Workloads, type Reader } from '../domain/readers/reader.ts';
import { WORKLOAD_KINDS, type Workload, type WorkloadKind } from '../domain/readers/workload.ts';
import { namespaceKey, type CacheRef, type NamespaceRef } from '../domain/ref.ts';
import { Following, type Heard } from './following.ts';
import type { WorkloadCluster } from './ports.ts';

/** Milliseconds for which workloads are still followed after nobody looks at them any more. */
const GRACE = 30_000;

/** A kind of which nothing, or nothing new, is known, and why. */
export interface UnknownKind {
  readonly kind: WorkloadKind;
  readonly failure: Failure;
}

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
  readonly #listeners = new Set<(where: NamespaceRef) => void>();

  /** `now` gives milliseconds since the epoch. */
  constructor(cluster: WorkloadCluster, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** Tells the listener of every namespace whose workloads have changed, until the signal aborts. */
  subscribe(listener: (where: NamespaceRef) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  /** The readers of a cache; waits for the first answers. */
  async of(ref: CacheRef): Promise<ReadersPicture> {
    const followed = this.#followed(ref);
    await followed.first;
    return pictureOf(followed, ref);
  }

  /** What is known of the readers of a cache without asking for it; nothing where nobody looks. */
  known(ref: CacheRef): ReadersPicture | undefined {
    const followed = this.#namespaces.get(namespaceKey(ref));
    return followed?.isKnown === true ? pictureOf(followed, ref) : undefined;
  }

  /** The pods of a workload as they are known; nothing where nobody looks, or they may not be seen. */
  podsOf(workload: Workload): readonly Workload[] | undefined {
    const followed = this.#namespaces.get(namespaceKey(workload.ref));
    if (followed?.isKnown !== true) return undefined;
    const isBlind = followed.unknown.some(({ kind }) => kind === 'Pod' || kind === 'ReplicaSet');
    return isBlind ? undefined : followed.workloads.podsOf(workload);
  }

  /** The Jobs of a CronJob that have not ended. */
  async runningJobs({ ref, uid }: Workload): Promise<readonly Workload[]> {
    const followed = this.#followed(ref);
    await followed.first;
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
        this.subscribe((changed) => {
          if (namespaceKey(changed) === namespaceKey(where)) look();
        }, enough.signal);
        look();
      });
    } finally {
      enough.abort();
    }
  }

  /** Follows the workloads of a namespace until the signal aborts, and a little longer. */
  hold(where: NamespaceRef, signal: AbortSignal): void {
    const followed = this.#followed(where);
    followed.holders += 1;
    signal.addEventListener('abort', () => {
      followed.holders -= 1;
      this.#leaveLater(followed);
    });
  }

  /** Stops following, and begins anew with the next question. */
  reset(): void {
    for (const followed of this.#namespaces.values()) followed.stop();
    this.#namespaces.clear();
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
      if (followed.holders > 0) return;
      followed.stop();
      const key = namespaceKey(followed.where);
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

/** The workloads of one namespace, followed kind by kind. */
class FollowedNamespace {
  readonly where: NamespaceRef;
  /** Settled once the first word of every kind has come. */
  readonly first: Promise<void>;
  isKnown = false;
  holders = 0;
  leaving: ReturnType<typeof setTimeout> | undefined;
  readonly #kinds = new Map<WorkloadKind, Following<Workload>>();
  readonly #members = new Map<WorkloadKind, Map<string, Workload>>();
  readonly #changed: () => void;
  #workloads: Workloads | undefined;

  constructor(
    where: NamespaceRef,
    cluster: WorkloadCluster,
    { changed, now }: { changed: () => void; now: () => number },
  ) {
    this.where = where;
    this.#changed = changed;
    for (const kind of WORKLOAD_KINDS) {
      const following = new Following<Workload>(
        (listener, signal) => {
          cluster.followKind(where, kind, listener, signal);
        },
        {
          hear: (event) => {
            this.#hear(kind, event);
          },
          changed: this.#tell,
          now,
        },
      );
      this.#kinds.set(kind, following);
      this.#members.set(kind, new Map());
    }
    this.first = this.#begin();
  }

  /** What is known of all kinds together; the same value until something changes. */
  get workloads(): Workloads {
    const all = [...this.#members.values()].flatMap((members) => [...members.values()]);
    return (this.#workloads ??= new Workloads(all));
  }

  get unknown(): readonly UnknownKind[] {
    return [...this.#kinds].flatMap(([kind, { standing }]) =>
      standing.kind === 'failed' || standing.kind === 'stale'
        ? [{ kind, failure: standing.failure }]
        : [],
    );
  }

  stop(): void {
    clearTimeout(this.leaving);
    for (const following of this.#kinds.values()) following.stop();
  }

  async #begin(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map(({ first }) => first));
    this.isKnown = true;
    for (const following of this.#kinds.values()) {
      const { standing } = following;
      // Asking again would be forbidden again.
      if (standing.kind === 'failed' && standing.failure.reason === 'Forbidden') following.stop();
    }
  }

  readonly #tell = (): void => {
    if (this.isKnown) this.#changed();
  };

  #hear(kind: WorkloadKind, event: Heard<Workload>): void {
    const members = this.#members.get(kind);
    if (members === undefined) return;
    if (event.kind === 'all' || event.kind === 'begun') {
      members.clear();
      for (const item of event.items) members.set(item.ref.name, item);
    } else if (event.kind === 'changed') members.set(event.item.ref.name, event.item);
    else members.delete(event.item.ref.name);
    this.#workloads = undefined;
    this.#tell();
  }
}
