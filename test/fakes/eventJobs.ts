import { workloadOf, type Workload, type WorkloadKind } from '../../src/domain/readers/workload.ts';
import type { Trigger } from '../../src/domain/manifests/events/eventRefresh.ts';
import {
  eventRefresh,
  manifestOf,
  manifestsOf,
  startedBy,
  TRIGGERS,
} from '../scaffold/eventRefreshes.ts';
import { REF } from './caches.ts';
import { uidOf, workloadNamed } from './workloads.ts';

const [webhook, , , schedule] = TRIGGERS;

/** An object of a refresh on an event as it is scaffolded for the cache that tests speak of. */
export function eventPart(kind: WorkloadKind, trigger: Trigger | undefined = webhook): Workload {
  const manifest = manifestOf(manifestsOf(partsOf(trigger)), kind);
  const made = { uid: uidOf(kind, 'part'), creationTimestamp: '2026-11-01T00:00:00Z' };
  const metadata = { ...(manifest['metadata'] as object), ...made };
  return workloadOf(REF.context, kind, { ...manifest, metadata });
}

/** The CronWorkflow that is scaffolded with its template, without Argo Events. */
export function scheduledPart(kind: WorkloadKind): Workload {
  return eventPart(kind, schedule);
}

/** The Workflow that the scaffolded Sensor makes, as it is once its controller has come to some point. */
export function startedNamed(
  name: string,
  { began, status = {} }: { readonly began: string; readonly status?: object },
): Workload {
  const made = startedBy(manifestsOf(partsOf(webhook)));
  return workloadNamed('Workflow', name, {
    metadata: { labels: made.metadata.labels, creationTimestamp: began },
    spec: made.spec,
    status: { startedAt: began, ...status },
  });
}

function partsOf(trigger: Trigger | undefined) {
  if (trigger === undefined) throw new Error('There is no such trigger.');
  return eventRefresh(trigger);
}
