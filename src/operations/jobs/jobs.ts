import type { Failure } from '../../domain/failure.ts';
import { runsOf, type CacheJob, type Run } from '../../domain/jobs/cacheJob.ts';
import { accountOf } from '../../domain/jobs/cron.ts';
import { evidenceOf, isCandidate, jobsIn, scheduledTemplates } from '../../domain/jobs/feeding.ts';
import { WORKFLOW_TEMPLATE } from '../../domain/jobs/manualWorkflow.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import { namespaceKey, sameNamespace, type CacheRef, type NamespaceRef } from '../../domain/ref.ts';
import { runWithRefusal, unbegunOf, withRefusals } from '../../domain/jobs/unbegun.ts';
import { AccountRights } from './accountRights.ts';
import type { UnknownKind } from '../readers/followedNamespace.ts';
import { FollowedNamespaces } from '../readers/followedNamespaces.ts';
import type { JobCluster } from './jobCluster.ts';
import type { WorkloadCluster } from '../ports.ts';
import { ASK_AGAIN, Refusals } from './refusals.ts';

/** The jobs that refresh a cache, as far as they are known. */
export interface JobsPicture {
  readonly jobs: readonly CacheJob[];
  /** Kinds that could not be read: there may be more jobs, or more to say of them. */
  readonly unknown: readonly UnknownKind[];
}

/** Somebody who looks at the jobs of a cache, and which of their runs are held for it. */
interface Holder {
  readonly where: NamespaceRef;
  readonly signal: AbortSignal;
  readonly runs: Set<FollowedNamespaces>;
}

/**
 * The jobs that refresh the caches of namespaces. CronJobs, CronWorkflows and WorkflowTemplates are followed where
 * somebody asks; their runs and pods only where one of them refreshes a cache that was asked for.
 */
export class Jobs {
  readonly #crons: FollowedNamespaces;
  readonly #jobs: FollowedNamespaces;
  readonly #workflows: FollowedNamespaces;
  readonly #started: FollowedNamespaces;
  readonly #rights: AccountRights;
  readonly #refusals: Refusals;
  readonly #now: () => number;
  readonly #listeners = new Set<(where: NamespaceRef) => void>();
  /** By `namespaceKey`: when it is asked again why something does not begin. */
  readonly #wakings = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #holders = new Set<Holder>();

  /** `now` gives milliseconds since the epoch. */
  constructor(
    workloads: Pick<WorkloadCluster, 'followKind' | 'events'>,
    cluster: Pick<JobCluster, 'mayAccountChange'>,
    now: () => number,
  ) {
    const following = (...kinds: ConstructorParameters<typeof FollowedNamespaces>[0]) =>
      new FollowedNamespaces(kinds, workloads, now);
    this.#crons = following(
      { kind: 'CronJob' },
      { kind: 'CronWorkflow' },
      { kind: 'WorkflowTemplate' },
    );
    // The labels by which the pods of each are known to their controllers.
    this.#jobs = following({ kind: 'Job' }, { kind: 'Pod', label: 'job-name' });
    const pods = { kind: 'Pod', label: 'workflows.argoproj.io/workflow' } as const;
    this.#workflows = following(
      { kind: 'Workflow', label: 'workflows.argoproj.io/cron-workflow' },
      pods,
    );
    this.#started = following({ kind: 'Workflow', label: WORKFLOW_TEMPLATE }, pods);
    this.#rights = new AccountRights(cluster, now);
    this.#refusals = new Refusals(workloads, now);
    this.#now = now;
  }

  /** Tells the listener of every namespace whose jobs or runs have changed, or may have, until the signal aborts. */
  subscribe(listener: (where: NamespaceRef) => void, signal: AbortSignal): void {
    for (const each of this.#all) each.subscribe(listener, signal);
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  /** The jobs that refresh a cache; waits for the first answers. */
  async of(ref: CacheRef): Promise<JobsPicture> {
    const followed = await this.#crons.heard(ref);
    const accounts = new Set(
      jobsIn(followed.workloads).flatMap((each) =>
        isCandidate(each, ref.name) && each.cron !== undefined ? [accountOf(each.cron)] : [],
      ),
    );
    await Promise.all([...accounts].map((account) => this.#rights.learn(account, ref)));
    const kinds = new Set(this.#feeding(ref).map(({ workload }) => this.#runsFor(workload)));
    await Promise.all(
      [...kinds].map(async (runs) => {
        this.#holdRuns(runs, ref);
        await runs.heard(ref);
      }),
    );
    const known = this.known(ref);
    if (known === undefined) return await this.of(ref);
    const unbegun = known.jobs.flatMap((job) => unbegunOf(job, this.#now()));
    if (unbegun.length === 0) return known;
    await Promise.all(unbegun.map((each) => this.#refusals.learn(each)));
    if (unbegun.some((each) => this.#isWaitedFor(each))) this.#wakeLater(ref);
    return this.known(ref) ?? known;
  }

  /** What is known of the jobs of a cache without asking; nothing where nobody looks. */
  known(ref: CacheRef): JobsPicture | undefined {
    const crons = this.#crons.known(ref);
    if (crons === undefined) return undefined;
    const feeding = this.#feeding(ref);
    const kinds = new Set(feeding.map(({ workload }) => this.#runsFor(workload)));
    const unknown = [...kinds].flatMap((runs) => runs.known(ref)?.unknown ?? []);
    const scheduled = scheduledTemplates(crons.workloads);
    return {
      jobs: feeding
        .map((job) => ({ ...job, runs: this.runs(job.workload) }))
        .map((job) => withRefusals(job, this.#now(), this.#refusals.known))
        // What only a CronWorkflow starts is seen there.
        .filter(({ workload, runs = [] }) => runs.length > 0 || !scheduled.has(workload)),
      unknown: [...crons.unknown, ...unknown],
    };
  }

  /** The runs of a job as they are known, the newest first; nothing where they cannot be seen. */
  runs(job: Workload): readonly Run[] | undefined {
    const followed = this.#runsFor(job).known(job.ref);
    if (followed?.unknown.some(({ kind }) => kind !== 'Pod') !== false) return undefined;
    return runsOf(job, followed.workloads).map((run) => runWithRefusal(run, this.#refusals.known));
  }

  /** Why the pods of runs cannot be seen; nothing where they can. */
  unseenPods(job: Workload): Failure | undefined {
    const { unknown = [] } = this.#runsFor(job).known(job.ref) ?? {};
    return unknown.find(({ kind }) => kind === 'Pod')?.failure;
  }

  /** Finds out why a run has no pod, so that it is known of it. */
  async learnRefusal({ workload }: Run): Promise<void> {
    await this.#refusals.learn(workload);
  }

  /** The runs of a job that have not ended, also where nobody looked; or why they cannot be seen. */
  async running(job: Workload): Promise<readonly Run[] | Failure> {
    const { unknown } = await this.#runsFor(job).heard(job.ref);
    const runs = this.runs(job);
    const [first] = unknown;
    if (runs === undefined && first !== undefined) return first.failure;
    return (runs ?? []).filter(({ state }) => state.outcome === 'running');
  }

  /** Waits until something is so in the picture of a job's runs, or the signal aborts. */
  async until(job: Workload, isSo: () => boolean, signal: AbortSignal): Promise<void> {
    await this.#runsFor(job).until(job.ref, isSo, signal);
  }

  /** Follows the jobs of a namespace, and the runs of those that were asked for, until the signal aborts. */
  hold({ context, namespace }: NamespaceRef, signal: AbortSignal): void {
    if (signal.aborted) return;
    const where = { context, namespace };
    const holder: Holder = { where, signal, runs: new Set() };
    this.#holders.add(holder);
    signal.addEventListener('abort', () => this.#holders.delete(holder));
    this.#crons.hold(where, signal);
  }

  /** Follows the runs of a job until the signal aborts. */
  holdRuns(job: Workload, signal: AbortSignal): void {
    this.#runsFor(job).hold(job.ref, signal);
  }

  /** Stops following and forgets all answers, and begins anew with the next question. */
  reset(): void {
    for (const each of this.#all) each.reset();
    this.#rights.reset();
    this.#refusals.reset();
    for (const waking of this.#wakings.values()) clearTimeout(waking);
    this.#wakings.clear();
  }

  get #all(): readonly FollowedNamespaces[] {
    return [this.#crons, this.#jobs, this.#workflows, this.#started];
  }

  #runsFor({ ref: { kind } }: Workload): FollowedNamespaces {
    if (kind === 'WorkflowTemplate') return this.#started;
    return kind === 'CronWorkflow' ? this.#workflows : this.#jobs;
  }

  #feeding(ref: CacheRef): readonly Omit<CacheJob, 'runs'>[] {
    const followed = this.#crons.known(ref);
    if (followed === undefined) return [];
    return jobsIn(followed.workloads).flatMap((workload) => {
      const { cron } = workload;
      const evidence = evidenceOf(workload, ref.name, (account) =>
        this.#rights.known(account, ref),
      );
      return cron === undefined || evidence === undefined ? [] : [{ workload, cron, evidence }];
    });
  }

  /** Not for what may as well not be due: without a time zone nobody knows, until an event has said it. */
  #isWaitedFor({ cron, uid }: Workload): boolean {
    return (
      cron?.zone !== undefined || cron === undefined || this.#refusals.known(uid) !== undefined
    );
  }

  /** What does not begin changes nothing that is followed: who looks asks again after a while. */
  #wakeLater({ context, namespace }: NamespaceRef): void {
    const where = { context, namespace };
    const key = namespaceKey(where);
    if (this.#wakings.has(key)) return;
    const waking = setTimeout(() => {
      this.#wakings.delete(key);
      for (const listener of this.#listeners) listener(where);
    }, ASK_AGAIN);
    // Nobody stays for its sake; a browser's timer is a number, and has no such thing.
    if (typeof waking === 'object') waking.unref();
    this.#wakings.set(key, waking);
  }

  #holdRuns(runs: FollowedNamespaces, ref: CacheRef): void {
    for (const holder of this.#holders) {
      if (!sameNamespace(holder.where, ref) || holder.runs.has(runs)) continue;
      holder.runs.add(runs);
      runs.hold(ref, holder.signal);
    }
  }
}
