import { KubernetesCluster } from '../src/gateway/kubernetes/cluster.ts';
import { changesOn } from '../test/fakes/changesOn.ts';
import type { Scene } from '../test/scene.ts';
import { BareClient } from './bareClient.ts';
import { ratioOf, timeOf } from './figures.ts';
import type { Measurement, Scenes } from './measurement.ts';

const NAMESPACE = 'default';
const KEY = 'mappings.json';
const never = new AbortController().signal;

/** JSON of 50 KB, in two versions that differ in every entry. */
const CONTENTS = ['blue', 'green'].map((colour) => {
  const entries = Array.from({ length: 945 }, (_, index) => [
    `github.com/example/repository-${index}`,
    `team-${colour}-${index % 10}`,
  ]);
  return JSON.stringify(Object.fromEntries(entries), null, 1);
});

/** The two versions in turn. */
function* contents(): Generator<string, never> {
  for (;;) for (const content of CONTENTS) yield content;
}

async function makeCache({ plane }: Scene, name: string): Promise<void> {
  const metadata = { name, namespace: NAMESPACE };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: '' } };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
}

/** Plans and applies a refresh of one key, each time with other content, as the extension does. */
async function refreshing(scene: Scene, name: string): Promise<() => Promise<void>> {
  await makeCache(scene, name);
  const cluster = new KubernetesCluster(() => [scene.plane.kubeconfig]);
  const { changes } = changesOn(cluster);
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
  const ours = await refreshing(scene, 'bench-ours');
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

async function againstKubectl(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const ours = await refreshing(scene, 'bench-ours');
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
    name: 'refresh: plan and apply one 50 KB key, to kubectl create and apply',
    limit: 1 / 15,
    unit: '× the time of kubectl',
    measure: againstKubectl,
  },
];
