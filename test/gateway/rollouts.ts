import { progressOf, type Progress } from '../../src/domain/readers/rolloutProgress.ts';
import { workloadOf, type WorkloadKind } from '../../src/domain/readers/workload.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';

export const HOME = 'default';
export const CACHE = 'workflow-cache';
export const REF = { context: 'demo', namespace: HOME, name: CACHE } as const;

/** A Deployment, StatefulSet or DaemonSet that has the cache in its environment, so that it needs restarts. */
export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  { spec = {}, pod = {} }: { spec?: object; pod?: object } = {},
): object {
  const labels = { app: name };
  const container = {
    name: 'app',
    image: 'registry.example/app:1',
    envFrom: [{ configMapRef: { name: CACHE } }],
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: HOME },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 3 }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      ...spec,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], ...pod } },
    },
  };
}

/** Creates objects from manifests. */
export async function create(plane: ControlPlane, ...items: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await plane.kubectl(['create', '-f', '-'], { input });
}

/** What kubectl says of a rollout at this moment, in our words for its three answers. */
export async function verdictOfKubectl(
  plane: ControlPlane,
  kind: string,
  name: string,
): Promise<Progress['kind']> {
  const args = ['rollout', 'status', `${kind}/${name}`, '-n', HOME, '--watch=false'];
  try {
    const said = await plane.kubectl(args);
    return /successfully rolled out|roll out complete|rolling update complete/.test(said)
      ? 'done'
      : 'progressing';
  } catch {
    return 'failed';
  }
}

/** What we say of the same object as kubectl reads it. */
export async function ourVerdict(
  plane: ControlPlane,
  kind: WorkloadKind,
  name: string,
): Promise<{ readonly kind: Progress['kind']; readonly version: string }> {
  const text = await plane.kubectl(['get', kind, name, '-n', HOME, '-o', 'json']);
  const object = JSON.parse(text) as { readonly metadata: { readonly resourceVersion: string } };
  const { rollout } = workloadOf('demo', kind, object);
  if (rollout === undefined) throw new Error(`${kind} ${name} is not rolled out.`);
  return { kind: progressOf(kind, rollout).kind, version: object.metadata.resourceVersion };
}
