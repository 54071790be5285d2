import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { Inventory } from '../../src/operations/inventory.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { createUser, type Grant } from '../cluster/users.ts';

const rule = (verbs: readonly string[], resource = 'configmaps', resourceNames?: string[]) => ({
  apiGroups: [''],
  resources: [resource],
  verbs,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});

describe('what a user with exactly these rights sees', () => {
  let plane: ControlPlane;
  let end: (() => Promise<void>)[] = [];

  before(async () => {
    plane = await startControlPlane();
    for (const namespace of ['one', 'two']) {
      await plane.kubectl(['create', 'namespace', namespace]);
      await plane.kubectl(['create', 'configmap', 'some-cache', '-n', namespace]);
    }
  });
  afterEach(async () => {
    for (const each of end.splice(0)) await each();
  });
  after(() => plane.stop());

  let number = 0;
  const userWith = async (grants: readonly Grant[]) => {
    const name = `user-${number++}`;
    const own = await createUser(plane, { name, grants, credential: 'token' });
    const proxy = await FaultProxy.start(plane, { kubeconfig: own });
    const cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    const inventory = new Inventory(cluster, Date.now);
    end = [
      () => {
        inventory.reset();
        return proxy.stop();
      },
    ];
    /** The names of the ConfigMaps of a namespace, or why they are not to be had. */
    const seen = async (namespace: string) => {
      const { standing, members } = await inventory.caches(name, namespace);
      return standing.kind === 'failed' ? standing.failure.reason : [...members.keys()];
    };
    return { name, proxy, inventory, seen };
  };

  it('may do anything: all namespaces and their caches', async () => {
    const { name, inventory, seen } = await userWith([{ rules: [rule(['*'], '*')] }]);
    const { members } = await inventory.namespaces(name);
    assert.ok(members.has('one') && members.has('two'));
    assert.deepEqual(await seen('two'), ['some-cache']);
  });

  it('one namespace only: it is followed where it is named, and the other one is refused', async () => {
    const rules = [rule(['get', 'list', 'watch'])];
    const { name, inventory, seen } = await userWith([{ namespace: 'one', rules }]);
    const { standing } = await inventory.namespaces(name);
    assert.ok(standing.kind === 'failed' && standing.failure.nextStep === 'chooseNamespaces');
    assert.equal(await inventory.allCaches(name), undefined);
    assert.deepEqual(await seen('one'), ['some-cache']);
    assert.equal(await seen('two'), 'Forbidden');
  });

  it('list but not watch: the caches, as not live, and the server is asked with growing pauses', async () => {
    const { name, proxy, inventory, seen } = await userWith([{ rules: [rule(['list'])] }]);
    assert.deepEqual(await seen('one'), ['some-cache']);
    const lists = () => proxy.requests.filter(({ url }) => url === '/api/v1/configmaps').length;
    const times: number[] = [];
    const standings = new Set<string>();
    await new Promise<void>((resolve) => {
      inventory.subscribe(() => {
        standings.add(inventory.standing(name).kind);
        if (lists() > times.length) times.push(performance.now());
        if (times.length === 11) resolve();
      }, new AbortController().signal);
    });
    assert.ok(standings.has('stale'));
    const pause = (index: number) => (times.at(index) ?? 0) - (times.at(index - 1) ?? 0);
    // The tenth pause is more than seven times the first, each a quarter more or less.
    assert.ok(pause(-1) > 2 * pause(1), times.join());
  });

  it('nothing: refused, with a next step', async () => {
    const { name, inventory, seen } = await userWith([]);
    const { standing } = await inventory.namespaces(name);
    assert.ok(standing.kind === 'failed' && standing.failure.reason === 'Forbidden');
    assert.equal(await seen('one'), 'Forbidden');
  });
});
