import { refusalOf } from '../../domain/jobs/unbegun.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import type { WorkloadCluster } from '../ports.ts';

/** Milliseconds after which the cluster is asked again why something does not begin: nothing else changes meanwhile. */
export const ASK_AGAIN = 10_000;

/** Why CronJobs make no Job, and Jobs no pod, as their events say. Who may not list events does not hear of it. */
export class Refusals {
  readonly #cluster: Pick<WorkloadCluster, 'events'>;
  readonly #now: () => number;
  /** By uid. */
  readonly #answers = new Map<
    string,
    { readonly reason: string | undefined; readonly at: number }
  >();

  /** `now` gives milliseconds since the epoch. */
  constructor(cluster: Pick<WorkloadCluster, 'events'>, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** What was answered last of the object with that uid. */
  readonly known = (uid: string): string | undefined => this.#answers.get(uid)?.reason;

  /** Asks, where that was not done lately. */
  async learn(workload: Workload): Promise<void> {
    const { ref, uid } = workload;
    const last = this.#answers.get(uid);
    if (last !== undefined && this.#now() - last.at < ASK_AGAIN) return;
    const never = new AbortController().signal;
    const reason = await this.#cluster.events(ref, uid, never).then(
      (events) => refusalOf(workload, events),
      () => undefined,
    );
    this.#answers.set(uid, { reason, at: this.#now() });
  }

  /** Forgets every answer. */
  reset(): void {
    this.#answers.clear();
  }
}
