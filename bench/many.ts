import { BareClient } from './bareClient.ts';
import type { Scene } from '../test/scene.ts';

/** How many ConfigMaps there are of each size of cluster, and in how many namespaces. */
export const MANY = { maps: 10_000, namespaces: 100 } as const;

const made = new WeakSet<Scene>();

/** Fills the cluster with many small ConfigMaps, once. */
export async function fillWithMany(scene: Scene): Promise<void> {
  if (made.has(scene)) return;
  made.add(scene);
  const bare = await BareClient.open(scene.plane.kubeconfig, 8);
  const post = async (path: string, object: object) => {
    await bare.send({ method: 'POST', path, body: JSON.stringify(object) });
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  for (const index of numbers(MANY.namespaces)) {
    const metadata = { name: `many-${index}` };
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  const queue = numbers(MANY.maps);
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
