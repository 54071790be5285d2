import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { KubernetesCluster } from '../src/gateway/kubernetes/cluster.ts';
import { Inventory } from '../src/operations/inventory.ts';
import { freePorts } from '../test/freePorts.ts';
import type { Scene } from '../test/scene.ts';
import { median, timeOf } from './figures.ts';
import { fillWithMany } from './many.ts';
import type { Measurement, Scenes } from './measurement.ts';

const DEAD = 49;
const TURNS = 81;

interface Config {
  readonly clusters: { name: string; cluster: { server: string } }[];
  readonly contexts: { name: string; context: { cluster: string; user: string } }[];
}

/** A kubeconfig with one live context and many dead ones: servers that refuse, that are no more, that never answer. */
async function withDead({ plane }: Scene, silentPort: number): Promise<string> {
  const config = JSON.parse(await readFile(plane.kubeconfig, 'utf8')) as Config;
  const [cluster, context] = [config.clusters[0], config.contexts[0]];
  if (cluster === undefined || context === undefined) throw new Error('The kubeconfig is empty.');
  const [refused = 0] = await freePorts(1);
  const places = [`127.0.0.1:${refused}`, 'gone.invalid', `127.0.0.1:${silentPort}`];
  for (let index = 0; index < DEAD; index++) {
    const name = `dead-${index}`;
    const server = `https://${places[index % places.length] ?? ''}`;
    config.clusters.push({ name, cluster: { ...cluster.cluster, server } });
    config.contexts.push({ name, context: { ...context.context, cluster: name } });
  }
  const file = path.join(plane.directory, 'dead.kubeconfig');
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Milliseconds in which the picture of the live context is built anew: the middle of several times. */
async function live(inventory: Inventory): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const stop = new AbortController();
    const complete = new Promise<void>((resolve) => {
      inventory.subscribe(({ context }) => {
        if (context === 'demo' && inventory.standing('demo').kind === 'live') resolve();
      }, stop.signal);
    });
    times.push(
      await timeOf(async () => {
        await inventory.allCaches('demo');
        await complete;
      }),
    );
    stop.abort();
    inventory.leave('demo');
  }
  return median(times);
}

/** The dead ones are tried again and again meanwhile. Before and after them it is measured alone. */
async function besideDead(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  await fillWithMany(scene);
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const file = await withDead(scene, (silent.address() as AddressInfo).port);
  const inventory = new Inventory(new KubernetesCluster(() => [file]), Date.now);
  await live(inventory);
  const before = await live(inventory);
  const dead = Array.from({ length: DEAD }, (_, index) => `dead-${index}`);
  await Promise.all(dead.map((name) => inventory.allCaches(name)));
  const beside = await live(inventory);
  for (const name of dead) inventory.leave(name);
  const alone = (before + (await live(inventory))) / 2;
  inventory.reset();
  silent.close();
  for (const socket of sockets) socket.destroy();
  process.stderr.write(`  ${beside.toFixed(1)} ms, alone ${alone.toFixed(1)} ms\n`);
  return beside / alone;
}

export const CONTEXTS: readonly Measurement[] = [
  {
    name: 'contexts: the live one of 50, while 49 dead ones are tried again, to the live one alone',
    limit: 1.1,
    unit: '× the time alone',
    measure: besideDead,
  },
];
