import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { RefreshRuns } from './refreshRuns.ts';
import { ensureShells } from './shells.ts';
import { SourceServer } from './sourceServer.ts';

/** A control plane, a source, and the shells that are there. */
export interface Stage {
  readonly plane: ControlPlane;
  readonly source: SourceServer;
  readonly runs: readonly RefreshRuns[];
}

/** Sets all up; with no shell in `runs` where curl and jq are not to be had. */
export async function setUp(
  options: Parameters<typeof startControlPlane>[0] = { workloads: false },
): Promise<Stage> {
  const plane = await startControlPlane(options);
  const shells = await ensureShells(plane.directory, plane.binaries.path('kubectl'));
  if (shells.length < 3) {
    const names = shells.map(({ name }) => name).join(', ');
    process.stderr.write(
      `Of BusyBox, dash and bash, with curl and jq, only: ${names || 'none'}.\n`,
    );
  }
  const source = await SourceServer.start();
  return { plane, source, runs: shells.map((shell) => new RefreshRuns(plane, shell)) };
}

/** What runs under the shell of that name; skips the test or suite where it is not there. */
export function runsUnder({ runs }: Stage, shell: string, test: Mocha.Context): RefreshRuns {
  return runs.find((each) => each.shell.name === shell) ?? test.skip();
}

/** Ends what was set up. */
export async function tearDown({ plane, source }: Stage): Promise<void> {
  await source.stop();
  await plane.stop();
}

let count = 0;

/** A job on a cache in a namespace of its own, all of it as the test wants it. */
export async function newJob(
  { plane, source }: Stage,
  wanted: Partial<RefreshJob> = {},
): Promise<RefreshJob> {
  const namespace = `n-${++count}`;
  await plane.kubectl(['create', 'namespace', namespace]);
  return {
    cache: { namespace, name: 'some-cache' },
    key: 'mappings.json',
    format: 'JSON',
    url: `${source.origin}/mappings?token=hidden`,
    schedule: '0 2 * * *',
    timeZone: 'UTC',
    header: undefined,
    maxAge: '36h',
    restarts: [],
    image: 'image:1',
    ...wanted,
  };
}

/** Look-up data with so many entries. */
export function entries(count: number, value = 'x'): string {
  const pairs = Array.from({ length: count }, (_, index) => [`key-${index}`, `${value}${index}`]);
  return JSON.stringify(Object.fromEntries(pairs), null, 2);
}

/** A workload with a container, and with what is wanted beside its template. */
export function workload(
  kind: string,
  metadata: { name: string; namespace: string },
  more: object = {},
): object {
  const labels = { app: metadata.name };
  return {
    apiVersion: kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1',
    kind,
    metadata,
    spec: {
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' ? { serviceName: 'some-service' } : {}),
      ...more,
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'image:1' }] } },
    },
  };
}

/** Creates objects as an administrator. */
export async function create({ plane }: Stage, items: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await plane.kubectl(['create', '-f', '-'], { input });
}

/** A job that is new, applied, on a map that holds this, with the readers that it restarts. */
export async function newJobOn(
  stage: Stage,
  runs: RefreshRuns,
  map: object,
  wanted: Partial<RefreshJob>,
): Promise<RefreshJob> {
  const job = await newJob(stage, wanted);
  const { name, namespace } = job.cache;
  await create(stage, [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, ...map },
    ...job.restarts.map((reader) => workload(reader.kind, { name: reader.name, namespace })),
  ]);
  await runs.apply(job);
  return job;
}
