import { KubernetesCluster } from '../src/gateway/kubernetes/cluster.ts';
import { Inventory } from '../src/operations/inventory.ts';
import type { Scene } from '../test/scene.ts';
import { BareClient } from './bareClient.ts';
import { median, ratioOf, timeOf } from './figures.ts';
import { heapOf } from './heap.ts';
import { fillWithMany, MANY } from './many.ts';
import type { Measurement, Scenes } from './measurement.ts';

const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

async function filled(scenes: Scenes): Promise<Scene> {
  const scene = await scenes.get();
  await fillWithMany(scene);
  return scene;
}

/** The picture of a whole cluster, and what ends it. `first` are the milliseconds until some of it was there. */
interface Built {
  readonly inventory: Inventory;
  readonly first: number;
  readonly end: () => void;
}

/** Builds the picture of a whole cluster of so many ConfigMaps, with connections of its own. */
async function picture({ plane }: Scene, maps: number = MANY.maps): Promise<Built> {
  const began = performance.now();
  const cluster = new KubernetesCluster(() => [plane.kubeconfig]);
  const inventory = new Inventory(cluster, Date.now);
  const complete = new Promise<void>((resolve) => {
    inventory.subscribe(() => {
      if (inventory.standing('demo').kind === 'live') resolve();
    }, new AbortController().signal);
  });
  const [all] = await Promise.all([inventory.allCaches('demo'), inventory.namespaces('demo')]);
  const first = performance.now() - began;
  await complete;
  const found = [...(all?.values() ?? [])].reduce((sum, members) => sum + members.size, 0);
  if (found < maps) throw new Error(`The picture holds ${found} ConfigMaps.`);
  return {
    inventory,
    first,
    end: () => {
      inventory.reset();
    },
  };
}

/** Milliseconds from nothing to the picture. */
async function coldPicture(scene: Scene): Promise<number> {
  let end: (() => void) | undefined;
  const took = await timeOf(async () => {
    ({ end } = await picture(scene));
  });
  end?.();
  return took;
}

async function againstBareList(scenes: Scenes): Promise<number> {
  const scene = await filled(scenes);
  const bareList = async () => {
    const bare = await BareClient.open(scene.plane.kubeconfig);
    const body = await bare.send({ method: 'GET', path: '/api/v1/configmaps', accept: METADATA });
    JSON.parse(body.toString('utf8'));
    bare.close();
  };
  return await ratioOf(
    5,
    () => coldPicture(scene),
    () => timeOf(bareList),
  );
}

async function againstKubectl(scenes: Scenes): Promise<number> {
  const scene = await filled(scenes);
  return await ratioOf(
    3,
    () => coldPicture(scene),
    () => timeOf(() => scene.plane.kubectl(['get', 'configmaps', '-A'])),
  );
}

/** Megabytes of heap that the picture keeps. */
async function heapOfPicture(scene: Scene, maps: number): Promise<number> {
  return await heapOf(
    () => picture(scene, maps),
    ({ end }) => {
      end();
    },
  );
}

/** What the picture of a cluster of so many ConfigMaps costs: milliseconds, and megabytes of heap. */
export interface Cost {
  readonly maps: number;
  readonly first: number;
  readonly complete: number;
  readonly heap: number;
}

/** Measures it on a cluster that is filled up to so many; the middle of eleven times, after one that is not counted. */
export async function costOf(scene: Scene, maps: number): Promise<Cost> {
  await fillWithMany(scene, maps);
  const [firsts, completes]: [number[], number[]] = [[], []];
  (await picture(scene, maps)).end();
  for (let turn = 0; turn < 11; turn++) {
    const began = performance.now();
    const { first, end } = await picture(scene, maps);
    completes.push(performance.now() - began);
    firsts.push(first);
    end();
  }
  const heap = await heapOfPicture(scene, maps);
  return { maps, first: median(firsts), complete: median(completes), heap };
}

export const PICTURE: readonly Measurement[] = [
  {
    name: 'tree: 10,000 maps in 100 namespaces, cold, to the metadata list and its parse',
    limit: 2,
    unit: '× the bare list',
    measure: againstBareList,
  },
  {
    name: 'tree: 10,000 maps in 100 namespaces, cold, to kubectl get cm -A',
    limit: 1 / 15,
    unit: '× the time of kubectl',
    measure: againstKubectl,
  },
  {
    name: 'tree: heap that 10,000 maps add',
    limit: 25,
    unit: 'MB',
    measure: async (scenes) => heapOfPicture(await filled(scenes), MANY.maps),
  },
];
