import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { Picture, truthOf } from './picture.ts';

const NAMESPACE = 'default';
const never = new AbortController().signal;

interface Config {
  clusters: { name: string; cluster: { server: string } }[];
  contexts: { name: string; context: { cluster: string; user: string; extensions?: unknown } }[];
  users: unknown[];
}

describe('a kubeconfig that changes', () => {
  let plane: ControlPlane;
  let proxies: Readonly<Record<'one' | 'other', FaultProxy>>;
  let file: string;
  let cluster: KubernetesCluster;

  before(async () => {
    plane = await startControlPlane();
    await plane.kubectl(['create', 'configmap', 'some-cache', '-n', NAMESPACE]);
  });
  beforeEach(async () => {
    proxies = { one: await FaultProxy.start(plane), other: await FaultProxy.start(plane) };
    const config = JSON.parse(await readFile(plane.kubeconfig, 'utf8')) as Config;
    const [known] = config.clusters;
    const user = config.contexts[0]?.context.user ?? '';
    assert.ok(known !== undefined);
    const both = await Promise.all(
      Object.entries(proxies).map(async ([name, proxy]) => {
        const own = JSON.parse(await readFile(proxy.kubeconfig, 'utf8')) as Config;
        const server = own.clusters[0]?.cluster.server ?? '';
        return {
          cluster: { name, cluster: { ...known.cluster, server } },
          context: { name, context: { cluster: name, user } },
        };
      }),
    );
    config.clusters = both.map((each) => each.cluster);
    config.contexts = both.map((each) => each.context);
    file = path.join(plane.directory, 'changing.kubeconfig');
    await writeFile(file, JSON.stringify(config));
    cluster = new KubernetesCluster(() => [file]);
  });
  afterEach(async () => {
    cluster.reset();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
  });
  after(() => plane.stop());

  /** The file with something else in the context `one`, and what tells when it was read. */
  const changed = async (note: string) => {
    const config = JSON.parse(await readFile(file, 'utf8')) as Config;
    const one = config.contexts.find(({ name }) => name === 'one');
    assert.ok(one !== undefined);
    one.context.extensions = [{ name: 'note', extension: note }];
    const reread = new Promise<void>((resolve) => {
      cluster.followContexts(resolve, never);
    });
    return { text: JSON.stringify(config), reread };
  };

  const ways: Readonly<Record<string, (text: string) => Promise<void>>> = {
    'written over': (text) => writeFile(file, text),
    'replaced by renaming': async (text) => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    },
  };
  for (const [way, write] of Object.entries(ways)) {
    it(`and is ${way} is read again, and only the context that changed is connected anew`, async () => {
      const truth = truthOf(plane, NAMESPACE);
      const follow = (context: string) => new Picture(cluster, { context, namespace: NAMESPACE });
      const pictures = { one: follow('one'), other: follow('other') };
      await Promise.all([pictures.one.is(truth), pictures.other.is(truth)]);
      const { text, reread } = await changed(way);
      await write(text);
      await reread;
      await pictures.one.listed(2);
      await plane.kubectl(['label', '--overwrite', 'configmap', 'some-cache', `n=${way.length}`]);
      await Promise.all([pictures.one.is(truth), pictures.other.is(truth)]);
      assert.deepEqual([proxies.one.connections, proxies.other.connections], [2, 1]);
      assert.deepEqual([pictures.one.lists, pictures.other.lists], [2, 1]);
      for (const picture of Object.values(pictures)) {
        assert.deepEqual(picture.failures, []);
        picture.stop();
      }
    });
  }

  it('does not break a write that is under way', async () => {
    const ref = { context: 'one', namespace: NAMESPACE, name: 'some-cache' };
    const { resourceVersion = '' } = (await cluster.readCache(ref, never)) ?? {};
    proxies.one.break(({ method }) => method === 'PATCH', { kind: 'drip' });
    const struck = proxies.one.strikes();
    const bytes = new TextEncoder().encode('x'.repeat(50_000));
    const values = new Map([['a', { kind: 'text', bytes } as const]]);
    const order: string[] = [];
    const writing = cluster
      .changeKeys({ ref, values, removed: new Map(), annotations: {} }, resourceVersion, never)
      .finally(() => order.push('written'));
    await struck;
    const { text, reread } = await changed('meanwhile');
    await writeFile(file, text);
    await reread.then(() => order.push('read again'));
    assert.equal((await writing).kind, 'written');
    assert.deepEqual(order, ['read again', 'written']);
  });
});
