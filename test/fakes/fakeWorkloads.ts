import type { ClusterEvent } from '../../src/domain/readers/clusterEvent.ts';
import type { RestartPatch } from '../../src/domain/readers/restartPatch.ts';
import { RESTARTED_AT, type RolloutState } from '../../src/domain/readers/rolloutState.ts';
import {
  WORKLOAD_KINDS,
  workloadId,
  type Workload,
  type WorkloadKind,
  type WorkloadRef,
} from '../../src/domain/readers/workload.ts';
import type {
  FollowEvent,
  FollowListener,
  PatchOutcome,
  WorkloadCluster,
} from '../../src/operations/ports.ts';
import type { NamespaceRef } from '../../src/domain/ref.ts';
import { rolloutWith, workloadNamed } from './workloads.ts';

/** Somebody who follows a kind, or one workload. */
interface Follower {
  readonly about: string;
  readonly concerns: (workload: Workload) => boolean;
  readonly listener: FollowListener<Workload>;
}

/** Workloads in memory by the rules of the API server; controllers and faults come from the test. */
export class FakeWorkloads implements WorkloadCluster {
  readonly #workloads = new Map<string, Workload>();
  readonly #followers = new Set<Follower>();
  /** What was asked, in words, in its order. */
  readonly asked: string[] = [];
  readonly patches: { readonly ref: WorkloadRef; readonly patch: RestartPatch }[] = [];
  /** Whoever follows hears nothing but what `tell` says. */
  isSilent = false;
  /** The next restart gets no answer: the connection breaks before or after it is carried out. */
  cut: 'before' | 'after' | undefined;
  /** What every read throws from now on. */
  readFailure: Error | undefined;
  /** What a restart of the workload of that name throws, without being carried out. */
  readonly refusals = new Map<string, Error>();
  /** What a review of the workload of that name answers, where it is not yes. */
  readonly reviews = new Map<string, false | Error>();
  /** What a list of a kind in all namespaces throws. */
  readonly unlisted = new Map<WorkloadKind, Error>();
  clusterEvents: readonly ClusterEvent[] | Error = [];
  /** By uid, what it tells of objects in place of that. */
  readonly eventsOf = new Map<string, readonly ClusterEvent[]>();
  /** By the clock of the cluster, in milliseconds since the epoch. */
  now = Date.parse('2026-11-24T02:00:10Z');
  /** Every restart waits for this. */
  gate: Promise<void> = Promise.resolve();
  underWay = 0;
  mostUnderWay = 0;

  constructor(...workloads: readonly Workload[]) {
    for (const workload of workloads) this.put(workload);
  }

  /** How many follow something at this moment. */
  get following(): number {
    return this.#followers.size;
  }

  /** Somebody else makes or changes it, and whoever follows it is told. */
  put(workload: Workload): Workload {
    this.#workloads.set(workloadId(workload.ref), workload);
    this.#tell({ kind: 'changed', item: workload }, (one) => one.concerns(workload));
    return workload;
  }

  /** Somebody else deletes it. */
  delete({ ref }: Workload): void {
    const workload = this.peek(ref);
    if (workload === undefined) return;
    this.#workloads.delete(workloadId(ref));
    this.#tell({ kind: 'removed', item: workload }, (one) => one.concerns(workload));
  }

  /** It is as it is now, without a request. */
  peek(ref: WorkloadRef): Workload | undefined {
    return this.#workloads.get(workloadId(ref));
  }

  /** Its controller has carried out all that was asked of it, but for what is given. */
  settle({ ref }: Workload, more: Partial<RolloutState> = {}): Workload {
    const workload = this.peek(ref);
    const now = workload?.rollout;
    if (workload === undefined || now === undefined) throw new Error(`${ref.name} is no rollout.`);
    const { generation, restartedAt, strategy } = now;
    const done = {
      generation,
      observed: generation,
      restartedAt,
      restarted: restartedAt,
      strategy,
    };
    return this.put({ ...workload, rollout: rolloutWith({ ...done, phase: 'Healthy', ...more }) });
  }

  /** Whoever follows that kind, or that one, hears this. */
  tell(about: WorkloadKind | WorkloadRef, event: FollowEvent<Workload>): void {
    const wanted = typeof about === 'string' ? about : workloadId(about);
    this.#tell(event, (one) => one.about === wanted, true);
  }

  /** Whoever follows any of the kinds hears all that there is of it. */
  tellAll(...but: readonly WorkloadKind[]): void {
    for (const kind of WORKLOAD_KINDS) {
      if (!but.includes(kind)) this.tell(kind, { kind: 'all', items: this.#ofKind(kind) });
    }
  }

  followKind(
    { namespace, label }: Parameters<WorkloadCluster['followKind']>[0],
    kind: WorkloadKind,
    listener: FollowListener<Workload>,
    signal: AbortSignal,
  ): void {
    const by = label === undefined ? '' : ` by ${label}`;
    this.asked.push(`follow ${kind} in ${namespace}${by}`);
    const concerns = ({ ref }: Workload) => ref.kind === kind && ref.namespace === namespace;
    this.#follow({ about: kind, concerns, listener }, signal);
  }

  async listEverywhere(
    _context: string,
    kind: WorkloadKind,
    signal: AbortSignal,
  ): Promise<readonly Workload[]> {
    await this.#receive(`list ${kind} everywhere`, signal);
    const failure = this.unlisted.get(kind);
    if (failure !== undefined) throw failure;
    return this.#ofKind(kind);
  }

  followWorkload(ref: WorkloadRef, listener: FollowListener<Workload>, signal: AbortSignal): void {
    this.asked.push(`follow ${ref.kind} ${ref.name}`);
    const about = workloadId(ref);
    const concerns = (workload: Workload) => workloadId(workload.ref) === about;
    this.#follow({ about, concerns, listener }, signal);
  }

  async readWorkload(ref: WorkloadRef, signal: AbortSignal): Promise<Workload | undefined> {
    await this.#receive(`read ${ref.kind} ${ref.name}`, signal);
    if (this.readFailure !== undefined) throw this.readFailure;
    return this.peek(ref);
  }

  async restart(ref: WorkloadRef, patch: RestartPatch, signal: AbortSignal): Promise<PatchOutcome> {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      await this.#receive(`restart ${ref.kind} ${ref.name}`, signal);
      await this.gate;
    } finally {
      this.underWay -= 1;
    }
    this.patches.push({ ref, patch });
    const refusal = this.refusals.get(ref.name);
    if (refusal !== undefined) throw refusal;
    const { cut } = this;
    this.cut = undefined;
    const broken = { kind: 'unanswered', detail: 'socket hang up' } as const;
    if (cut === 'before') return broken;
    const workload = this.peek(ref);
    if (workload === undefined) return { kind: 'gone' };
    const restarted = this.put(patched(workload, patch, this.now));
    return cut === 'after' ? broken : { kind: 'done', workload: restarted };
  }

  async runJob(ref: WorkloadRef, name: string, signal: AbortSignal): Promise<PatchOutcome> {
    await this.#receive(`run ${ref.kind} ${ref.name}`, signal);
    if (this.peek(ref) === undefined) return { kind: 'gone' };
    return { kind: 'done', workload: this.put(workloadNamed('Job', name)) };
  }

  async events(
    _where: NamespaceRef,
    uid: string,
    signal: AbortSignal,
  ): Promise<readonly ClusterEvent[]> {
    await this.#receive(`events of ${uid}`, signal);
    if (this.clusterEvents instanceof Error) throw this.clusterEvents;
    return this.eventsOf.get(uid) ?? this.clusterEvents;
  }

  async mayRestart(ref: WorkloadRef, signal: AbortSignal): Promise<boolean> {
    await this.#receive(`review ${ref.kind} ${ref.name}`, signal);
    const answer = this.reviews.get(ref.name) ?? true;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async #receive(what: string, signal: AbortSignal): Promise<void> {
    this.asked.push(what);
    await Promise.resolve();
    signal.throwIfAborted();
  }

  #ofKind(kind: WorkloadKind): readonly Workload[] {
    return [...this.#workloads.values()].filter(({ ref }) => ref.kind === kind);
  }

  #follow(follower: Follower, signal: AbortSignal): void {
    this.#followers.add(follower);
    signal.addEventListener('abort', () => this.#followers.delete(follower));
    if (this.isSilent) return;
    const items = [...this.#workloads.values()].filter(follower.concerns);
    follower.listener({ kind: 'all', items });
  }

  #tell(
    event: FollowEvent<Workload>,
    hears: (follower: Follower) => boolean,
    isByHand = false,
  ): void {
    if (this.isSilent && !isByHand) return;
    for (const follower of [...this.#followers]) if (hears(follower)) follower.listener(event);
  }
}

/** What a restart makes of a workload. A patch that changes nothing leaves the generation as it is. */
function patched(workload: Workload, patch: RestartPatch, written: number): Workload {
  const { rollout } = workload;
  const restartedAt = restartTimeOf(patch);
  if (rollout === undefined || rollout.restartedAt === restartedAt) return workload;
  const generation = rollout.generation + 1;
  return { ...workload, rollout: { ...rollout, restartedAt, generation, written } };
}

/** The time that a request to restart would write. */
export function restartTimeOf({ body }: RestartPatch): string {
  const { spec } = body as {
    readonly spec: {
      readonly restartAt?: string;
      readonly template?: { readonly metadata: { readonly annotations: Record<string, string> } };
    };
  };
  return spec.restartAt ?? spec.template?.metadata.annotations[RESTARTED_AT] ?? '';
}
