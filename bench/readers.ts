import { isRestartable, restartPatch } from '../src/domain/readers/restartPatch.ts';
import type { WorkloadKind } from '../src/domain/readers/workload.ts';
import { KubernetesCluster } from '../src/gateway/kubernetes/cluster.ts';
import { pathOf, pathOfKind } from '../src/gateway/kubernetes/kinds.ts';
import type { WorkloadCluster } from '../src/operations/ports.ts';
import { Readers } from '../src/operations/readers/readers.ts';
import { Restarts } from '../src/operations/restarts/restarts.ts';
import type { Scene } from '../test/scene.ts';
import { BareClient } from './bareClient.ts';
import { median, ratioOf, timeOf } from './figures.ts';
import { heapOf } from './heap.ts';
import type { Measurement, Scenes } from './measurement.ts';

const NAMESPACE = 'workloads';
const REF = { context: 'demo', namespace: NAMESPACE, name: 'read-cache' };
const OTHER = { ...REF, name: 'other-cache' };
const READING = 20;

/** How many of each kind there are: 1,000 in all. The first Deployments read the cache. */
const COUNTS = { Deployment: 600, StatefulSet: 150, DaemonSet: 100, CronJob: 100, Job: 50 };

type Counted = keyof typeof COUNTS;

/** The kinds that a cluster without Argo knows, all of which are asked for readers. */
const KINDS: readonly WorkloadKind[] = [
  ...(Object.keys(COUNTS) as Counted[]),
  'ReplicaSet',
  'ReplicationController',
  'Pod',
];

const filled = new WeakSet<Scene>();

async function fill(scenes: Scenes): Promise<Scene> {
  const scene = await scenes.get();
  if (filled.has(scene)) return scene;
  filled.add(scene);
  const bare = await BareClient.open(scene.plane.kubeconfig, 8);
  const metadata = { name: NAMESPACE };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  await bare.send({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: JSON.stringify(namespace),
  });
  const all = (Object.keys(COUNTS) as Counted[]).flatMap((kind) =>
    Array.from({ length: COUNTS[kind] }, (_, index) => ({ kind, index })),
  );
  const work = async () => {
    for (let next = all.pop(); next !== undefined; next = all.pop()) {
      const body = JSON.stringify(manifest(next.kind, next.index));
      await bare.send({ method: 'POST', path: pathOfKind(next.kind, NAMESPACE), body });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  bare.close();
  return scene;
}

/** A workload as people have them: some variables, probes, resources, and mounts of its own ConfigMap. */
function manifest(kind: Counted, index: number): object {
  const name = `${kind.toLowerCase()}-${index}`;
  const labels = { app: name };
  const reads = kind === 'Deployment' && index < READING;
  const variables = Array.from({ length: 12 }, (_, number) => ({
    name: `SETTING_${number}`,
    value: `the value of setting ${number} of ${name}`,
  }));
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 };
  const container = {
    name: 'app',
    image: `registry.example/${name}:1.2.3`,
    env: variables,
    envFrom: reads ? [{ configMapRef: { name: REF.name } }] : [],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: probe,
    volumeMounts: [{ name: 'settings', mountPath: '/settings' }],
  };
  const volumes = [{ name: 'settings', configMap: { name: `${name}-settings` } }];
  const isJob = kind === 'Job' || kind === 'CronJob';
  const pod = {
    containers: [container],
    volumes,
    ...(isJob ? { restartPolicy: 'Never' } : {}),
  };
  const template = { metadata: { labels }, spec: pod };
  const spec = {
    Deployment: { replicas: 3, selector: { matchLabels: labels }, template },
    StatefulSet: { replicas: 3, serviceName: name, selector: { matchLabels: labels }, template },
    DaemonSet: { selector: { matchLabels: labels }, template },
    CronJob: { schedule: '0 2 * * *', jobTemplate: { spec: { template } } },
    Job: { template },
  }[kind];
  return {
    apiVersion: isJob ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name, namespace: NAMESPACE, labels },
    spec,
  };
}

interface Asked {
  readonly readers: Readers;
  readonly workloads: WorkloadCluster;
  readonly end: () => void;
}

/** Asks for the readers of the cache with connections of its own, in a window that has never asked before. */
async function ask({ plane }: Scene): Promise<Asked> {
  const cluster = new KubernetesCluster(() => [plane.kubeconfig]);
  const readers = new Readers(cluster.workloads, Date.now);
  const { length } = (await readers.of(REF)).readers;
  if (length !== READING) throw new Error(`There are ${length} readers.`);
  const end = () => {
    readers.reset();
    cluster.reset();
  };
  return { readers, workloads: cluster.workloads, end };
}

async function firstTime(scene: Scene): Promise<number> {
  let end: (() => void) | undefined;
  const took = await timeOf(async () => {
    ({ end } = await ask(scene));
  });
  end?.();
  return took;
}

async function againstBareLists(scenes: Scenes): Promise<number> {
  const scene = await fill(scenes);
  const lists = async () => {
    const bare = await BareClient.open(scene.plane.kubeconfig, KINDS.length);
    const all = KINDS.map(async (kind) => {
      const body = await bare.send({ method: 'GET', path: pathOfKind(kind, NAMESPACE) });
      JSON.parse(body.toString('utf8'));
    });
    await Promise.all(all);
    bare.close();
  };
  return await ratioOf(
    9,
    () => firstTime(scene),
    () => timeOf(lists),
  );
}

async function againstKubectl(scenes: Scenes): Promise<number> {
  const scene = await fill(scenes);
  const get = ['get', 'deploy,sts,ds,cronjob,job', '-n', NAMESPACE, '-o', 'json'];
  return await ratioOf(
    3,
    () => firstTime(scene),
    () => timeOf(() => scene.plane.kubectl(get)),
  );
}

async function again(scenes: Scenes): Promise<number> {
  const { readers, end } = await ask(await fill(scenes));
  const times: number[] = [];
  for (let turn = 0; turn < 21; turn++) {
    times.push(await timeOf(() => readers.of(REF)), await timeOf(() => readers.of(OTHER)));
  }
  end();
  return median(times);
}

async function held(scenes: Scenes): Promise<number> {
  const scene = await fill(scenes);
  return await heapOf(
    () => ask(scene),
    ({ end }) => {
      end();
    },
  );
}

/** Milliseconds from the choice of 20 Deployments to the answer to the last patch. */
async function restarting({ readers, workloads }: Asked, second: number): Promise<number> {
  const stop = new AbortController();
  let answered = 0;
  const began = performance.now();
  let took = 0;
  const counting: WorkloadCluster = {
    ...workloads,
    // It is called for each once its patch is answered. No controller runs here: nothing would end.
    followWorkload: () => {
      answered += 1;
      if (answered < READING) return;
      took = performance.now() - began;
      stop.abort();
    },
  };
  const restarts = new Restarts(counting, readers, () => new Date(second * 1000));
  const { readers: all } = await readers.of(REF);
  const silent = { progressed: () => undefined, ended: () => undefined };
  await restarts.run(REF, { readers: all, order: 'allAtOnce' }, silent, stop.signal);
  if (answered !== READING) throw new Error(`${answered} patches were answered.`);
  return took;
}

async function restart(scenes: Scenes): Promise<number> {
  const scene = await fill(scenes);
  const asked = await ask(scene);
  const bare = await BareClient.open(scene.plane.kubeconfig);
  let second = Math.floor(Date.now() / 1000);
  const kind = 'Deployment';
  if (!isRestartable(kind)) throw new Error('It cannot be restarted.');
  const path = pathOf({ context: 'demo', namespace: NAMESPACE, kind, name: 'deployment-100' });
  const patch = async () => {
    const time = new Date((second += 1) * 1000).toISOString();
    const body = JSON.stringify(restartPatch(kind, time).body);
    return (await timeOf(() => bare.send({ method: 'PATCH', path, body }))) * (READING / 8);
  };
  const ratio = await ratioOf(15, () => restarting(asked, (second += 1)), patch);
  bare.close();
  asked.end();
  return ratio;
}

export const READERS: readonly Measurement[] = [
  {
    name: 'readers: of one cache among 1,000 workloads, first time, to the bare lists side by side',
    limit: 1.5,
    unit: '× the bare lists',
    measure: againstBareLists,
  },
  {
    name: 'readers: the same, to kubectl get deploy,sts,ds,cronjob,job -o json',
    limit: 1,
    unit: '× the time of kubectl',
    measure: againstKubectl,
  },
  { name: 'readers: again, and of another cache', limit: 5, unit: 'ms', measure: again },
  { name: 'readers: heap that 1,000 workloads add', limit: 2, unit: 'MB', measure: held },
  {
    name: 'restart: 20 Deployments at once, to the last answer, to one bare PATCH × 20 / 8',
    limit: 3,
    unit: '× the bare requests',
    measure: restart,
  },
];
