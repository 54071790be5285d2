import { BareClient } from './bareClient.ts';
import type { Scene } from '../test/scene.ts';

/** How many ConfigMaps there are of each size of cluster, and in how many namespaces. */
export const MANY = { maps: 10_000, namespaces: 100 } as const;

const made = new WeakMap<Scene, number>();

/** Fills the cluster up to so many small ConfigMaps. */
export async function fillWithMany(scene: Scene, maps: number = MANY.maps): Promise<void> {
  const before = made.get(scene) ?? 0;
  if (before >= maps) return;
  made.set(scene, maps);
  const bare = await BareClient.open(scene.plane.kubeconfig, 8);
  const post = async (path: string, object: object) => {
    await bare.send({ method: 'POST', path, body: JSON.stringify(object) });
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  for (const index of before === 0 ? numbers(MANY.namespaces) : []) {
    const metadata = { name: `many-${index}` };
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  const queue = numbers(maps).slice(before);
  const work = async () => {
    for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
      const namespace = `many-${index % MANY.namespaces}`;
      await post(`/api/v1/namespaces/${namespace}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `lookup-cache-${index}`, namespace },
        data: { 'mappings.json': JSON.stringify({ index, text: 'x'.repeat(500) }) },
      });
    }
  };
  await Promise.all(numbers(8).map(work));
  bare.close();
}
