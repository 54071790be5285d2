import { REF } from './caches.ts';
import { FakeWorkloads } from './fakeWorkloads.ts';
import { readerOf, readingWorkload, rolloutWith } from './workloads.ts';
import type { RolloutState } from '../../src/domain/readers/rolloutState.ts';
import type { Workload, WorkloadKind } from '../../src/domain/readers/workload.ts';
import { Readers } from '../../src/operations/readers/readers.ts';
import type { CourseOfRestart } from '../../src/operations/restarts/restartCourse.ts';
import {
  Restarts,
  type Restarted,
  type RestartOrder,
} from '../../src/operations/restarts/restarts.ts';

/** A reader of the cache whose rollout is in that state; without any, it is done. */
export function readerWith(
  name: string,
  { kind = 'Deployment', state = {} }: { kind?: WorkloadKind; state?: Partial<RolloutState> } = {},
): Workload {
  return { ...readingWorkload(kind, name), rollout: rolloutWith(state) };
}

/** Restarts on a cluster with these workloads, always at the same time; and what is told of them. */
export function restartsOn(...workloads: readonly Workload[]) {
  const cluster = new FakeWorkloads(...workloads);
  const readers = new Readers(cluster, () => 0);
  const restarts = new Restarts(cluster, readers, () => new Date('2026-11-24T02:00:07.400Z'));
  const told: string[] = [];
  const progress: CourseOfRestart[] = [];
  const run = async (
    which: readonly Workload[],
    {
      order = 'allAtOnce',
      signal = new AbortController().signal,
    }: { order?: RestartOrder; signal?: AbortSignal } = {},
  ): Promise<readonly Restarted[]> =>
    await restarts.run(
      REF,
      { readers: which.map((workload) => readerOf(workload)), order },
      {
        progressed: (_reader, course) => progress.push(course),
        ended: ({ reader: { workload }, outcome }) =>
          told.push(`${workload.ref.name} ${outcome.kind}`),
      },
      signal,
    );
  return { cluster, readers, restarts, told, progress, run };
}
