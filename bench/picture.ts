import { setFlagsFromString } from 'node:v8';
import { setTimeout as pause } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { KubernetesCluster } from '../src/gateway/kubernetes/cluster.ts';
import { Inventory } from '../src/operations/inventory.ts';
import type { Scene } from '../test/scene.ts';
import { BareClient } from './bareClient.ts';
import { ratioOf, timeOf } from './figures.ts';
import { fillWithMany, MANY } from './many.ts';
import type { Measurement, Scenes } from './measurement.ts';

const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

async function filled(scenes: Scenes): Promise<Scene> {
  const scene = await scenes.get();
  await fillWithMany(scene);
  return scene;
}

/** Builds the picture of a whole cluster with connections of its own; gives it and what ends it. */
async function picture({ plane }: Scene): Promise<{ inventory: Inventory; end: () => void }> {
  const cluster = new KubernetesCluster(() => [plane.kubeconfig]);
  const inventory = new Inventory(cluster, Date.now);
  const complete = new Promise<void>((resolve) => {
    inventory.subscribe(() => {
      if (inventory.standing('demo').kind === 'live') resolve();
    }, new AbortController().signal);
  });
  const all = await inventory.allCaches('demo');
  await complete;
  const found = [...(all?.values() ?? [])].reduce((sum, members) => sum + members.size, 0);
  if (found < MANY.maps) throw new Error(`The picture holds ${found} ConfigMaps.`);
  return {
    inventory,
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

/** Megabytes of heap that the picture keeps, by the collector's own account. */
async function heap(scenes: Scenes): Promise<number> {
  const scene = await filled(scenes);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  /** The heap once everything has ended that is about to. */
  const settled = async () => {
    for (let turn = 0; turn < 10; turn++) {
      await pause(20);
      collect();
    }
    return process.memoryUsage().heapUsed;
  };
  const before = await settled();
  const { inventory, end } = await picture(scene);
  const added = (await settled()) - before;
  // It must be alive until here, or there would be nothing to measure.
  inventory.standing('demo');
  end();
  return added / 1e6;
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
  { name: 'tree: heap that 10,000 maps add', limit: 25, unit: 'MB', measure: heap },
];
