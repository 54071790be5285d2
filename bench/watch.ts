import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { KubernetesCluster } from '../src/gateway/kubernetes/cluster.ts';
import { splitLines } from '../src/gateway/kubernetes/lines.ts';
import { Inventory } from '../src/operations/inventory.ts';
import { FaultProxy } from '../test/cluster/faultProxy.ts';
import type { Scene } from '../test/scene.ts';
import { BareClient } from './bareClient.ts';
import { fillWithMany, MANY } from './many.ts';
import type { Measurement, Scenes } from './measurement.ts';

const SECONDS = 10;
const PER_SECOND = 200;

/** What the changes of some seconds cost. Milliseconds. */
interface Followed {
  /** How much later than a bare watch ours tells of a change: of a hundred, the worst but one. */
  readonly later: number;
  /** The longest that the event loop was blocked. */
  readonly blocked: number;
}

let followed: Promise<Followed> | undefined;

/** Watches with Node alone; notes when each version of an object came. */
async function bareWatch(bare: BareClient, seen: Map<string, number>): Promise<void> {
  const path = '/api/v1/configmaps?watch=true';
  const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
  const stream = await bare.begin({ method: 'GET', path, accept });
  const read = async () => {
    for await (const line of splitLines(stream as AsyncIterable<Buffer>)) {
      const { object } = JSON.parse(line) as { object: { metadata: { resourceVersion: string } } };
      seen.set(object.metadata.resourceVersion, performance.now());
    }
  };
  read().catch(() => undefined);
}

/** Changes maps evenly: in bursts it would block the host by itself. */
async function changeMaps(bare: BareClient): Promise<void> {
  const sent: Promise<Buffer>[] = [];
  const began = performance.now();
  for (let index = 0; index < SECONDS * PER_SECOND; index++) {
    await pause(Math.max(0, began + (index * 1000) / PER_SECOND - performance.now()));
    const map = index % PER_SECOND;
    const path = `/api/v1/namespaces/many-${map % MANY.namespaces}/configmaps/lookup-cache-${map}`;
    const body = JSON.stringify({ metadata: { labels: { changed: String(index) } } });
    sent.push(bare.send({ method: 'PATCH', path, body }));
  }
  await Promise.all(sent);
}

async function follow(scene: Scene): Promise<Followed> {
  await fillWithMany(scene);
  const { kubeconfig } = scene.plane;
  const writer = await BareClient.open(kubeconfig, 4);
  const watcher = await BareClient.open(kubeconfig);
  const inventory = new Inventory(new KubernetesCluster(() => [kubeconfig]), Date.now);
  const [ours, theirs] = [new Map<string, number>(), new Map<string, number>()];
  const all = await inventory.allCaches('demo');
  const stop = new AbortController();
  inventory.subscribe(({ namespace = '', name = '' }) => {
    const version = all?.get(namespace)?.get(name)?.resourceVersion;
    if (version !== undefined) ours.set(version, performance.now());
  }, stop.signal);
  await bareWatch(watcher, theirs);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await pause(1000);
  delay.enable();
  await changeMaps(writer);
  delay.disable();
  while (ours.size < SECONDS * PER_SECOND) await pause(50);
  stop.abort();
  inventory.reset();
  writer.close();
  watcher.close();
  const later = [...ours]
    .map(([version, time]) => time - (theirs.get(version) ?? time))
    .sort((a, b) => a - b);
  return { later: later[Math.floor(later.length * 0.99)] ?? 0, blocked: delay.max / 1e6 };
}

/** Connections that a view makes which follows 50 namespaces by themselves and reads 50 caches at once. */
async function connections(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const proxy = await FaultProxy.start(scene.plane);
  const cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
  const inventory = new Inventory(cluster, Date.now);
  await Promise.all([inventory.namespaces('demo'), inventory.allCaches('demo')]);
  const stop = new AbortController();
  const followed = Array.from({ length: 50 }, (_, index) => {
    const scope = { context: 'demo', namespace: `named-${index}` };
    return new Promise((resolve) => {
      cluster.followCaches(scope, resolve, stop.signal);
    });
  });
  await Promise.all(followed);
  const ref = { context: 'demo', namespace: 'argo', name: 'workflow-cache' };
  const never = new AbortController().signal;
  await Promise.all(Array.from({ length: 50 }, () => cluster.readCache(ref, never)));
  stop.abort();
  inventory.reset();
  await proxy.stop();
  return proxy.connections;
}

export const WATCH: readonly Measurement[] = [
  {
    name: 'watch: 200 changes/s to the event, p99, later than a bare watch',
    limit: 50,
    unit: 'ms',
    measure: async (scenes) => (await (followed ??= follow(await scenes.get()))).later,
  },
  {
    name: 'watch: longest that the host is blocked meanwhile',
    limit: 50,
    unit: 'ms',
    measure: async (scenes) => (await (followed ??= follow(await scenes.get()))).blocked,
  },
  {
    name: 'watch: connections to one API server, 50 namespaces followed, 50 reads at once',
    limit: 4,
    unit: 'connections',
    measure: connections,
  },
];
