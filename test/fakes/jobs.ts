import type { CacheJob } from '../../src/domain/jobs/cacheJob.ts';
import { runsOf } from '../../src/domain/jobs/cacheJob.ts';
import type { Evidence } from '../../src/domain/jobs/feeding.ts';
import { labelValue, REFRESHED_CACHE, REFRESHED_KEY } from '../../src/domain/manifests/jobNames.ts';
import { Workloads } from '../../src/domain/readers/reader.ts';
import type { Workload } from '../../src/domain/readers/workload.ts';
import { REF } from './caches.ts';
import { controlledBy, workloadNamed } from './workloads.ts';

/** A CronJob that bears our labels for the cache that tests speak of. */
export function refreshJobNamed(
  name: string,
  {
    spec = {},
    status = {},
    container = {},
  }: { readonly spec?: object; readonly status?: object; readonly container?: object } = {},
): Workload {
  const labels = {
    [REFRESHED_CACHE]: labelValue(REF.name),
    [REFRESHED_KEY]: 'mappings.json',
  };
  const pod = { serviceAccountName: name, containers: [{ name: 'refresh', ...container }] };
  return workloadNamed('CronJob', name, {
    metadata: { labels, creationTimestamp: '2026-11-01T00:00:00Z' },
    spec: {
      schedule: '0 2 * * *',
      timeZone: 'UTC',
      jobTemplate: { spec: { template: { spec: pod } } },
      ...spec,
    },
    status,
  });
}

/** A Job of a CronJob. `end` is how it ended, where it has; `pods` what its controller counts of them. */
export function runNamed(
  name: string,
  {
    of,
    began,
    end,
    pods = end === undefined
      ? { active: 1 }
      : { [end.type === 'Failed' ? 'failed' : 'succeeded']: 1 },
  }: {
    readonly of: string;
    readonly began: string;
    readonly end?: {
      readonly type: 'Complete' | 'Failed';
      readonly at: string;
      readonly message?: string;
    };
    readonly pods?: object;
  },
): Workload {
  const condition = end && {
    type: end.type,
    status: 'True',
    lastTransitionTime: end.at,
    message: end.message ?? '',
  };
  return workloadNamed('Job', name, {
    metadata: { ...controlledBy('CronJob', of), creationTimestamp: began },
    status: {
      startTime: began,
      ...pods,
      ...(condition === undefined ? {} : { conditions: [condition] }),
    },
  });
}

/** A pod of a Job. `state` is that of its container. */
export function attemptNamed(
  name: string,
  {
    of,
    created = '2026-11-24T02:00:00Z',
    phase = 'Running',
    state = {},
  }: {
    readonly of: string;
    readonly created?: string;
    readonly phase?: string;
    readonly state?: object;
  },
): Workload {
  return workloadNamed('Pod', name, {
    metadata: { ...controlledBy('Job', of), creationTimestamp: created },
    spec: { containers: [{ name: 'refresh' }] },
    status: { phase, containerStatuses: [{ name: 'refresh', state }] },
  });
}

/** A job with what belongs to it. */
export function jobOf(
  workload: Workload,
  parts: readonly Workload[] | undefined = [],
  evidence: Evidence = 'label',
): CacheJob {
  const { cron } = workload;
  if (cron === undefined) throw new Error(`${workload.ref.name} has no schedule.`);
  const all = new Workloads(parts);
  return { workload, cron, evidence, runs: runsOf(workload, all) };
}
