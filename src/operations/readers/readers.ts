import type { CacheManner, Reader, Workloads } from '../../domain/readers/reader.ts';
import { WORKLOAD_KINDS, type Workload, type WorkloadRef } from '../../domain/readers/workload.ts';
import type { CacheRef, NamespaceRef } from '../../domain/ref.ts';
import { asItsPodsAre } from '../../domain/readers/stalePods.ts';
import type { FollowedNamespace, UnknownKind } from './followedNamespace.ts';
import { FollowedNamespaces } from './followedNamespaces.ts';
import type { WorkloadCluster } from '../ports.ts';

/** Who reads a cache, as far as it is known. */
export interface ReadersPicture {
  /** Those that read it, or will: what has ended never looks at it again. */
  readonly readers: readonly Reader[];
  /** How many others referred to it and have ended. */
  readonly ended: number;
  readonly workloads: Workloads;
  /** Kinds that could not be read: there may be more readers among them. */
  readonly unknown: readonly UnknownKind[];
}

const KINDS = WORKLOAD_KINDS.map((kind) => ({ kind }));

/** Who reads the caches of namespaces: all kinds of workloads are followed where somebody asks. */
export class Readers {
  readonly #namespaces: FollowedNamespaces;

  /** `now` gives milliseconds since the epoch. */
  constructor(cluster: WorkloadCluster, now: () => number) {
    this.#namespaces = new FollowedNamespaces(KINDS, cluster, now);
  }

  /** Tells the listener of every namespace whose workloads have changed, until the signal aborts. */
  subscribe(listener: (where: NamespaceRef) => void, signal: AbortSignal): void {
    this.#namespaces.subscribe(listener, signal);
  }

  /** The readers of a cache; waits for the first answers. */
  async of(ref: CacheRef): Promise<ReadersPicture> {
    return pictureOf(await this.#namespaces.heard(ref), ref);
  }

  /** What is known of the readers of a cache without asking for it; nothing where nobody looks. */
  known(ref: CacheRef): ReadersPicture | undefined {
    const followed = this.#namespaces.known(ref);
    return followed && pictureOf(followed, ref);
  }

  /** The pods of a workload as they are known; nothing where nobody looks, or they may not be seen. */
  podsOf(workload: Workload): readonly Workload[] | undefined {
    const followed = this.#namespaces.known(workload.ref);
    return followed && podsIn(followed, workload);
  }

  /** What belongs to a workload, as far as it is known: its ReplicaSets, Jobs and pods. */
  partsOf(workload: Workload): readonly Workload[] {
    const { workloads } = this.#namespaces.get(workload.ref) ?? {};
    const children = workloads?.childrenOf(workload.uid) ?? [];
    return children.flatMap((child) => [child, ...(workloads?.childrenOf(child.uid) ?? [])]);
  }

  /**
   * A workload as it is at this moment, where its kind is followed without a fault: nothing then means that it
   * is gone. Otherwise `unknown`.
   */
  current(ref: WorkloadRef): Workload | undefined | 'unknown' {
    const followed = this.#namespaces.known(ref);
    const isLive = followed?.unknown.some(({ kind }) => kind === ref.kind) === false;
    return isLive ? followed.workloads.named(ref) : 'unknown';
  }

  /** Waits until something is so in the picture of a namespace, or the signal aborts. */
  async until(where: NamespaceRef, isSo: () => boolean, signal: AbortSignal): Promise<void> {
    await this.#namespaces.until(where, isSo, signal);
  }

  /** Follows the workloads of a namespace until the signal aborts, and a little longer. */
  hold(where: NamespaceRef, signal: AbortSignal): void {
    this.#namespaces.hold(where, signal);
  }

  /** Stops following, and begins anew with the next question. */
  reset(): void {
    this.#namespaces.reset();
  }
}

function pictureOf(followed: FollowedNamespace, ref: CacheRef): ReadersPicture {
  const { workloads, unknown } = followed;
  const all = workloads.readersOf(ref);
  const readers = all.filter(({ workload }) => workload.life !== 'ended');
  return { readers, ended: all.length - readers.length, workloads, unknown };
}

/** The readers of a picture as their pods are, where some may keep what an earlier ConfigMap held. */
export function readersIn(
  picture: ReadersPicture,
  { earlier }: Pick<CacheManner, 'earlier'>,
): readonly Reader[] {
  return picture.readers.map((reader) =>
    asItsPodsAre(reader, podsIn(picture, reader.workload) ?? [], earlier),
  );
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
