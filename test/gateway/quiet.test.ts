import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mock } from 'node:test';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { Line } from '../cluster/line.ts';
import { Picture, truthOf } from './picture.ts';

const NAMESPACE = 'default';
const never = new AbortController().signal;

/** Our timers stand still but for `mock.timers.tick`; those of the server go on. */
describe('a connection on which nothing happens', () => {
  let plane: ControlPlane;
  let line: Line;
  let cluster: KubernetesCluster;
  let picture: Picture;
  let truth: ReturnType<typeof truthOf>;

  before(async () => {
    plane = await startControlPlane();
    truth = truthOf(plane, NAMESPACE);
    await plane.kubectl(['create', 'configmap', 'first', '-n', NAMESPACE]);
  });
  beforeEach(async () => {
    mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: Date.now() });
    line = new Line(new URL(plane.server));
    const file = await line.open(plane);
    cluster = new KubernetesCluster(() => [file]);
    picture = new Picture(cluster, { context: 'demo', namespace: NAMESPACE });
    await picture.is(truth);
  });
  afterEach(() => {
    picture.stop();
    cluster.reset();
    line.close();
    mock.timers.reset();
  });
  after(() => plane.stop());

  let count = 0;
  const change = () => plane.kubectl(['create', 'configmap', `other-${count++}`, '-n', NAMESPACE]);

  it('is kept for an hour, with one list', async () => {
    const ref = { context: 'demo', namespace: NAMESPACE, name: 'first' };
    for (let passed = 0; passed < 3_600_000; passed += 5_000) {
      mock.timers.tick(5_000);
      // Its answer comes after that of a ping.
      await cluster.readCache(ref, never);
    }
    assert.equal(line.connections, 1);
    assert.equal(line.sockets.length / 2, 1);
    assert.equal(picture.lists, 1);
    assert.deepEqual(picture.failures, []);
  });

  it('is found out when it has died without a word, within a quarter of a minute', async () => {
    line.forget();
    await change();
    mock.timers.tick(10_000);
    assert.deepEqual(picture.failures, []);
    mock.timers.tick(5_000);
    await picture.failed();
    // The first pause is 0.2 s, a quarter more or less.
    mock.timers.tick(250);
    await picture.is(truth);
  });

  it('is made again when packets come through again, after a black hole', async () => {
    line.silence();
    await change();
    mock.timers.tick(10_000);
    mock.timers.tick(5_000);
    await picture.failed();
    const tried = line.sockets.length;
    mock.timers.tick(250);
    while (line.sockets.length === tried) await new Promise((resolve) => setImmediate(resolve));
    // Longer than a connection may take to be made.
    const failures = picture.failures.length;
    mock.timers.tick(5_000);
    while (picture.failures.length === failures) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    line.mend();
    await change();
    mock.timers.tick(400);
    await picture.is(truth);
    assert.ok(picture.failures.every((reason) => reason === 'Unreachable'));
  });

  it('to a server that never answers is given up after 5 seconds, and does not hold up others', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const config = JSON.parse(await readFile(plane.kubeconfig, 'utf8')) as {
      clusters: { name: string; cluster: { server: string } }[];
      contexts: { name: string; context: { cluster: string; user: string } }[];
    };
    const [cluster0] = config.clusters;
    const [context0] = config.contexts;
    assert.ok(cluster0 !== undefined && context0 !== undefined);
    const server = `https://127.0.0.1:${port}`;
    config.clusters.push({ name: 'dead', cluster: { ...cluster0.cluster, server } });
    config.contexts.push({ name: 'dead', context: { ...context0.context, cluster: 'dead' } });
    const file = path.join(plane.directory, 'dead.kubeconfig');
    await writeFile(file, JSON.stringify(config));
    const both = new KubernetesCluster(() => [file]);
    const dead = new Picture(both, { context: 'dead', namespace: NAMESPACE });
    const live = new Picture(both, { context: 'demo', namespace: NAMESPACE });
    await once(silent, 'connection');
    await live.is(truth);
    mock.timers.tick(4_900);
    assert.deepEqual(dead.failures, []);
    mock.timers.tick(100);
    await dead.failed();
    assert.deepEqual(dead.failures, ['Unreachable']);
    assert.deepEqual(live.failures, []);
    for (const each of [dead, live]) each.stop();
    both.reset();
    silent.close();
  });
});
