import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { questionsFor, roleFor, type Verb } from '../../src/domain/accessRequest.ts';
import type { FollowEvent } from '../../src/operations/ports.ts';
import { Inventory } from '../../src/operations/inventory.ts';
import { Rights } from '../../src/operations/rights.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import type { Match } from '../cluster/passing.ts';
import { createUser, type Grant } from '../cluster/users.ts';
import { changesOn } from '../fakes/changesOn.ts';
import { failureOf } from '../failureOf.ts';

const CACHE = 'some-cache';
const never = new AbortController().signal;

const rule = (verbs: readonly string[], resource = 'configmaps', resourceNames?: string[]) => ({
  apiGroups: [''],
  resources: [resource],
  verbs,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});

describe('what a user with exactly these rights sees', () => {
  let plane: ControlPlane;
  const end: (() => Promise<void>)[] = [];

  before(async () => {
    plane = await startControlPlane();
    const input = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'named-cache' },
      data: { a: '1' },
    });
    await plane.kubectl(['apply', '--server-side', '-f', '-'], { input });
    for (const namespace of ['one', 'two']) {
      await plane.kubectl(['create', 'namespace', namespace]);
      await plane.kubectl(['create', 'configmap', CACHE, '-n', namespace]);
    }
  });
  afterEach(async () => {
    for (const each of end.splice(0)) await each();
  });
  after(() => plane.stop());

  let number = 0;
  const userWith = async (grants: readonly Grant[], named: readonly string[] = []) => {
    const name = `user-${number++}`;
    const own = await createUser(plane, { name, grants, credential: 'token' });
    const proxy = await FaultProxy.start(plane, { kubeconfig: own });
    const cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    const inventory = new Inventory(cluster, Date.now, () => named);
    end.push(() => {
      inventory.reset();
      return proxy.stop();
    });
    /** The names of the ConfigMaps of a namespace, or why they are not to be had. */
    const seen = async (namespace: string) => {
      const { standing, members } = await inventory.caches(name, namespace);
      return standing.kind === 'failed' ? standing.failure.reason : [...members.keys()];
    };
    /** Waits for a version of the one cache that is newer than this one. */
    const newer = async (version: string): Promise<void> => {
      const heard = new Promise<void>((resolve) => {
        inventory.subscribe(() => {
          resolve();
        }, never);
      });
      const { members } = await inventory.caches(name, 'one');
      const now = members.get(CACHE)?.resourceVersion ?? '';
      if (Number(now) > Number(version)) return;
      await heard;
      await newer(version);
    };
    return { name, proxy, cluster, inventory, seen, newer };
  };
  const label = async (value: string): Promise<string> => {
    const before = [
      'get',
      'configmap',
      CACHE,
      '-n',
      'one',
      '-o',
      'jsonpath={.metadata.resourceVersion}',
    ];
    const version = await plane.kubectl(before);
    await plane.kubectl(['label', '--overwrite', 'configmap', CACHE, '-n', 'one', `n=${value}`]);
    return version;
  };

  it('may do anything: all namespaces and their caches', async () => {
    const { name, inventory, seen } = await userWith([{ rules: [rule(['*'], '*')] }]);
    const { members } = await inventory.namespaces(name);
    assert.ok(members.has('one') && members.has('two'));
    assert.deepEqual(await seen('two'), [CACHE]);
  });

  it('one namespace only: it is followed where it is named, and the other one is refused', async () => {
    const rules = [rule(['get', 'list', 'watch'])];
    const { name, inventory, seen } = await userWith([{ namespace: 'one', rules }]);
    const { standing } = await inventory.namespaces(name);
    assert.ok(standing.kind === 'failed' && standing.failure.nextStep === 'chooseNamespaces');
    assert.equal(await inventory.allCaches(name), undefined);
    assert.deepEqual(await seen('one'), [CACHE]);
    assert.equal(await seen('two'), 'Forbidden');
  });

  it('list but not watch: the caches, as not live, and the server is asked with growing pauses', async () => {
    const { name, proxy, inventory, seen } = await userWith([{ rules: [rule(['list'])] }]);
    assert.deepEqual(await seen('one'), [CACHE]);
    const lists = () =>
      proxy.requests.filter(({ url }) => url.startsWith('/api/v1/configmaps?limit')).length;
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

  it('get on one map by name: it is followed once it is named, by looking, and said not to be live', async () => {
    const grants = [{ namespace: 'one', rules: [rule(['get'], 'configmaps', [CACHE])] }];
    const unnamed = await userWith(grants);
    const { standing } = await unnamed.inventory.caches(unnamed.name, 'one');
    assert.ok(standing.kind === 'failed' && standing.failure.nextStep === 'nameCaches');
    const { name, inventory, seen, newer } = await userWith(grants, [CACHE]);
    assert.deepEqual(await seen('one'), [CACHE]);
    assert.equal(inventory.standing(name).kind, 'stale');
    await newer(await label('looked'));
  });

  it('get on one map and another one named: the one is seen, and the other cannot be', async () => {
    const grants = [{ namespace: 'one', rules: [rule(['get'], 'configmaps', [CACHE])] }];
    const { name, cluster, seen } = await userWith(grants, [CACHE, 'other-cache']);
    assert.deepEqual(await seen('one'), [CACHE]);
    const other = { context: name, namespace: 'one', name: 'other-cache' };
    const failure = await failureOf(cluster.readCache(other, never));
    assert.equal(failure.nextStep, 'copyAccessRequest');
  });

  it('list and watch limited by resourceNames: it is followed live once it is named', async () => {
    const rules = [rule(['list', 'watch'], 'configmaps', [CACHE])];
    const { name, proxy, inventory, seen, newer } = await userWith(
      [{ namespace: 'one', rules }],
      [CACHE],
    );
    assert.deepEqual(await seen('one'), [CACHE]);
    const { standing } = await inventory.caches(name, 'one');
    assert.equal(standing.kind, 'live');
    const lists = () => proxy.requests.filter(({ url }) => !url.includes('watch=true')).length;
    const before = lists();
    await newer(await label('watched'));
    assert.equal(lists(), before, 'heard by the watch');
  });

  it('may read but not patch: nothing is offered but what a rule allows by name', async () => {
    const rules = [rule(['get', 'list', 'watch']), rule(['patch'], 'configmaps', [CACHE])];
    const { name, cluster } = await userWith([{ namespace: 'one', rules }]);
    const rights = new Rights(cluster);
    const where = { context: name, namespace: 'one' };
    assert.equal(await rights.learn(where, [CACHE, 'kube-root-ca.crt'], never), true);
    assert.ok(rights.mayChange({ ...where, name: CACHE }));
    assert.ok(!rights.mayChange({ ...where, name: 'kube-root-ca.crt' }));
    assert.ok(rights.mayChange({ ...where, namespace: 'two', name: CACHE }), 'not asked yet');
    assert.equal(await rights.learn(where, [CACHE, 'kube-root-ca.crt'], never), false);
  });

  it('a review that is wrong, or cannot be had, stops nobody', async () => {
    const { name, cluster, proxy } = await userWith([{ rules: [rule(['*'])] }]);
    const isReview: Match = ({ url }) => url.includes('selfsubjectaccessreviews');
    const ref = { context: name, namespace: 'one', name: CACHE };
    const rights = new Rights(cluster);
    const no = '{"status":{"allowed":false}}';
    proxy.break(isReview, { kind: 'answer', status: 201, body: no }, 2);
    await rights.learn(ref, [CACHE], never);
    assert.ok(!rights.mayChange(ref), 'the server says so');
    rights.reset();
    proxy.break(isReview, { kind: 'answer', status: 503, body: '' }, Infinity);
    await rights.learn(ref, [CACHE], never);
    assert.ok(rights.mayChange(ref));
    const { changes } = changesOn(cluster);
    const content = { bytes: new TextEncoder().encode('text') };
    const source = { kind: 'url', url: 'https://example.com/a.txt' } as const;
    const plan = await changes.plan(ref, [{ key: 'a.txt', source, content }], never);
    assert.equal((await changes.apply(plan, never)).kind, 'written');
  });

  it('nothing, and then what *Copy Access Request* asks for: enough to see and refresh the cache', async () => {
    const { name, cluster, seen } = await userWith([], [CACHE]);
    assert.equal(await seen('one'), 'Forbidden');
    const verbs = questionsFor('one', CACHE).map(({ verb }) => verb);
    const role = roleFor('one', CACHE, verbs);
    await plane.kubectl(['apply', '-f', '-'], { input: role });
    await plane.kubectl([
      'create',
      'rolebinding',
      'asked-for',
      '--namespace=one',
      '--role=cache-configmaps',
      `--serviceaccount=default:${name}`,
    ]);
    const again = new Inventory(cluster, Date.now, () => [CACHE]);
    let standing;
    do ({ standing } = await again.caches(name, 'one'));
    while (standing.kind === 'failed');
    assert.equal(standing.kind, 'live');
    const ref = { context: name, namespace: 'one', name: CACHE };
    const { resourceVersion = '' } = (await cluster.readCache(ref, never)) ?? {};
    const write = { ref, values: new Map(), removed: new Map(), annotations: { a: 'b' } };
    assert.equal((await cluster.changeKeys(write, resourceVersion, never)).kind, 'written');
    again.reset();
  });

  it('nothing: refused, with a next step', async () => {
    const { name, inventory, seen } = await userWith([]);
    const { standing } = await inventory.namespaces(name);
    assert.ok(standing.kind === 'failed' && standing.failure.reason === 'Forbidden');
    assert.equal(await seen('one'), 'Forbidden');
  });

  for (const credential of ['certificate', 'token'] as const) {
    it(`with a ${credential} reads what may be read and is told what may not`, async () => {
      const name = `reader-${credential}`;
      const rules = [
        {
          apiGroups: [''],
          resources: ['configmaps'],
          verbs: ['get'],
          resourceNames: ['named-cache'],
        },
      ];
      const kubeconfig = await createUser(plane, {
        name,
        credential,
        grants: [{ namespace: 'default', rules }],
      });
      const can = async (...question: string[]) =>
        (
          await plane.kubectl(['auth', 'can-i', ...question], { kubeconfig }).catch(() => 'no')
        ).trim();
      assert.equal(await can('get', 'configmap/named-cache'), 'yes');
      assert.equal(await can('list', 'configmaps'), 'no');
      const cluster = new KubernetesCluster(() => [kubeconfig]);
      const one = { context: name, namespace: 'default', name: 'named-cache' };
      const cache = await cluster.readCache(one, never);
      assert.deepEqual(cache?.keys, ['a']);
      const write = {
        ref: one,
        values: new Map([['a', { kind: 'text', bytes: new TextEncoder().encode('2') } as const]]),
        removed: new Map(),
        annotations: {},
      };
      const refused = await failureOf(cluster.changeKeys(write, cache.resourceVersion, never));
      assert.equal(refused.reason, 'Forbidden');
      assert.ok(refused.message.includes('default/named-cache'), refused.message);
      const may = async (verb: Verb, named?: string) =>
        await cluster.may(
          name,
          { verb, namespace: 'default', ...(named === undefined ? {} : { name: named }) },
          never,
        );
      assert.deepEqual(
        await Promise.all([may('get', 'named-cache'), may('get'), may('patch', 'named-cache')]),
        [true, false, false],
      );
      const stop = new AbortController();
      const event = await new Promise<FollowEvent<string>>((resolve) => {
        cluster.followNamespaces(name, resolve, stop.signal);
      });
      stop.abort();
      assert.ok(event.kind === 'failed' && event.failure.reason === 'Forbidden');
      cluster.reset();
    });
  }
});
