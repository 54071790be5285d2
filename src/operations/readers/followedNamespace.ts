import type { Failure } from '../../domain/failure.ts';
import { Workloads } from '../../domain/readers/reader.ts';
import type { Workload, WorkloadKind } from '../../domain/readers/workload.ts';
import type { NamespaceRef } from '../../domain/ref.ts';
import { Following, type Heard } from '../following.ts';
import type { FollowListener, WorkloadCluster } from '../ports.ts';

/** A kind of which nothing, or nothing new, is known, and why. */
export interface UnknownKind {
  readonly kind: WorkloadKind;
  readonly failure: Failure;
}

/** A kind that is followed; of its objects those that bear a label, where one is named. */
export interface FollowedKind {
  readonly kind: WorkloadKind;
  readonly label?: string;
}

/** The workloads of one namespace, followed kind by kind. */
export class FollowedNamespace {
  readonly where: NamespaceRef;
  /** Settled once the first word of every kind has come. */
  readonly first: Promise<void>;
  isKnown = false;
  leaving: ReturnType<typeof setTimeout> | undefined;
  readonly #kinds = new Map<WorkloadKind, Following<Workload>>();
  readonly #members = new Map<WorkloadKind, Map<string, Workload>>();
  readonly #changed: () => void;
  #workloads: Workloads | undefined;
  #isStopped = false;

  constructor(
    where: NamespaceRef,
    cluster: Pick<WorkloadCluster, 'followKind'>,
    {
      kinds,
      changed,
      now,
    }: { kinds: readonly FollowedKind[]; changed: () => void; now: () => number },
  ) {
    this.where = where;
    this.#changed = changed;
    for (const { kind, label } of kinds) {
      // Before it is followed, since the first of it may be heard at once.
      this.#members.set(kind, new Map());
      const following = new Following<Workload>(
        (listener, signal) => {
          // A part of them is no answer: who is missing from it would never be restarted.
          const hear: FollowListener<Workload> = (event) => {
            if (event.kind !== 'begun') listener(event);
          };
          cluster.followKind(
            { ...where, ...(label === undefined ? {} : { label }) },
            kind,
            hear,
            signal,
          );
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
    }
    this.first = this.#begin();
  }

  /** What is known of all kinds together; the same value until something changes. */
  get workloads(): Workloads {
    this.#workloads ??= new Workloads(
      [...this.#members.values()].flatMap((members) => [...members.values()]),
    );
    return this.#workloads;
  }

  get unknown(): readonly UnknownKind[] {
    return [...this.#kinds].flatMap(([kind, { standing }]) =>
      standing.kind === 'failed' || standing.kind === 'stale'
        ? [{ kind, failure: standing.failure }]
        : [],
    );
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.leaving);
    for (const following of this.#kinds.values()) following.stop();
  }

  async #begin(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map(({ first }) => first));
    // Where it was stopped before all was there, a part of it is known at most.
    if (this.#isStopped) return;
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
