import { KubernetesCluster } from '../src/gateway/kubernetes/cluster.ts';
import type { Changes } from '../src/operations/changes.ts';
import { changesOn } from '../test/fakes/changesOn.ts';
import type { Scene } from '../test/scene.ts';
import { BareClient } from './bareClient.ts';
import { ratioOf, timeOf } from './figures.ts';
import type { Measurement, Scenes } from './measurement.ts';
import { productOn } from './product.ts';

const NAMESPACE = 'default';
const KEY = 'mappings.json';
const never = new AbortController().signal;

/** JSON of 50 KB, each time with another value in every entry: more of them than any row needs. */
function* contents(): Generator<string, never> {
  const entries = Array.from({ length: 945 }, (_, index) => [
    `github.com/example/repository-${index}`,
    `team-#-${index % 10}`,
  ]);
  const text = JSON.stringify(Object.fromEntries(entries), null, 1);
  // Made before, so that making them is not measured.
  const all = Array.from({ length: 200 }, (_, index) => text.replaceAll('#', String(1000 + index)));
  for (;;) yield* all;
}

async function makeCache({ plane }: Scene, name: string): Promise<void> {
  const metadata = { name, namespace: NAMESPACE };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: '' } };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
}

/** Plans and applies a refresh of one key, each time with other content, as the extension does. */
export async function refreshing(
  scene: Scene,
  name: string,
  { changes }: { readonly changes: Changes },
): Promise<() => Promise<void>> {
  await makeCache(scene, name);
  const ref = { context: 'demo', namespace: NAMESPACE, name };
  const source = { kind: 'url', url: 'https://example.com/mappings.json' } as const;
  const next = contents();
  return async () => {
    const bytes = new TextEncoder().encode(next.next().value);
    const plan = await changes.plan(ref, [{ key: KEY, source, content: { bytes } }], never);
    const { kind } = await changes.apply(plan, never);
    if (kind !== 'written') throw new Error(`The refresh ended as ${kind}.`);
  };
}

async function againstBareRequests(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const ours = await refreshing(scene, 'bench-ours', await productOn(scene));
  await makeCache(scene, 'bench-bare');
  const bare = await BareClient.open(scene.plane.kubeconfig);
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/bench-bare`;
  const next = contents();
  const requests = async () => {
    const body = JSON.stringify({ data: { [KEY]: next.next().value } });
    await bare.send({ method: 'GET', path });
    await bare.send({ method: 'PATCH', path, body });
  };
  const ratio = await ratioOf(
    50,
    () => timeOf(ours),
    () => timeOf(requests),
  );
  bare.close();
  return ratio;
}

/** The history is one in memory here, as when the limit was set; what the one on disk costs is a row of its own. */
async function againstKubectl(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const cluster = new KubernetesCluster(() => [scene.plane.kubeconfig]);
  const ours = await refreshing(scene, 'bench-ours', changesOn(cluster));
  await makeCache(scene, 'bench-kubectl');
  const { kubectl } = scene.plane;
  const create = ['create', 'configmap', 'bench-kubectl', `--namespace=${NAMESPACE}`];
  const next = contents();
  const commands = async () => {
    const literal = `--from-literal=${KEY}=${next.next().value}`;
    const input = await kubectl([...create, literal, '--dry-run=client', '-o', 'yaml']);
    await kubectl(['apply', '-f', '-'], { input });
  };
  return await ratioOf(
    20,
    () => timeOf(ours),
    () => timeOf(commands),
  );
}

export const REFRESH: readonly Measurement[] = [
  {
    name: 'refresh: plan and apply one 50 KB key, to GET and PATCH',
    limit: 2,
    unit: '× the bare requests',
    measure: againstBareRequests,
  },
  {
    name: 'refresh: plan and apply one 50 KB key, its history in memory, to kubectl create and apply',
    limit: 1 / 15,
    unit: '× the time of kubectl',
    measure: againstKubectl,
  },
];
