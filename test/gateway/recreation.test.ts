import assert from 'node:assert/strict';
import type { CacheContent } from '../../src/domain/cache.ts';
import { detailOf } from '../../src/domain/detail.ts';
import { effectWords } from '../../src/domain/readers/readerText.ts';
import { stalePods } from '../../src/domain/readers/stalePods.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { ChangeTimes } from '../../src/operations/readers/changeTimes.ts';
import { podsIn, Readers, readersIn } from '../../src/operations/readers/readers.ts';
import { Recreation } from '../../src/operations/recreation.ts';
import { Restarts } from '../../src/operations/restarts/restarts.ts';
import { Undo } from '../../src/operations/history/undo.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import type { Match } from '../cluster/passing.ts';
import { createUser } from '../cluster/users.ts';
import { changesOn } from '../fakes/changesOn.ts';
import { FakeHistory } from '../fakes/fakeHistory.ts';
import { failureOf } from '../failureOf.ts';

const never = new AbortController().signal;
const isDelete: Match = ({ method }) => method === 'DELETE';
const isCreate: Match = ({ method, url }) =>
  method === 'POST' && url.includes('/configmaps?') && !url.includes('dryRun');

/** What a ConfigMap is, without what each creation gives anew. */
interface Stored {
  readonly metadata: {
    readonly uid: string;
    readonly labels?: object;
    readonly annotations?: object;
    readonly ownerReferences?: readonly object[];
  };
  readonly data: object;
  readonly immutable?: boolean;
}

describe('an immutable ConfigMap that is made anew', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;

  before(async () => {
    plane = await startControlPlane();
    proxy = await FaultProxy.start(plane);
    cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
  });
  afterEach(() => {
    proxy.mend();
  });
  after(async () => {
    cluster.reset();
    await proxy.stop();
    await plane.stop();
  });

  const recreationOn = (on: KubernetesCluster, isKept = true) => {
    const { history } = changesOn(on);
    return new Recreation(on, history, { now: () => new Date(), isKept: () => isKept });
  };
  const stored = async (name: string, namespace = 'default') =>
    JSON.parse(await plane.kubectl(['get', 'cm', name, '-n', namespace, '-o', 'json'])) as Stored;
  const isThere = async (name: string) =>
    (await plane.kubectl(['get', 'cm', name, '--ignore-not-found'])) !== '';
  /** Makes an immutable ConfigMap and reads it. */
  const make = async (name: string, metadata: object = {}, namespace = 'default') => {
    const input = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...metadata } },
      ...{ data: { 'a.json': '{"a": 1}' }, immutable: true },
    });
    await plane.kubectl(['apply', '--server-side', '-f', '-'], { input });
    const ref = { context: 'demo', namespace, name };
    return (await cluster.readCache(ref, never)) ?? assert.fail();
  };
  const recreate = (cache: CacheContent, on = cluster, isKept = true) => {
    const recreation = recreationOn(on, isKept);
    return recreation.recreate(cache, recreation.changeable(cache), never);
  };

  it('is another object with the same content, labels, annotations and owners', async () => {
    await make('owner');
    const { uid } = (await stored('owner')).metadata;
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, controller: true };
    const marks = { labels: { team: 'b' }, annotations: { 'example.com/a': 'b' } };
    const cache = await make('anew', { ...marks, ownerReferences: [owner] });
    const before = await stored('anew');
    assert.equal((await recreate(cache)).kind, 'recreated');
    const { metadata, data, immutable } = await stored('anew');
    assert.notEqual(metadata.uid, before.metadata.uid);
    assert.deepEqual([data, immutable], [before.data, undefined]);
    const { labels, annotations, ownerReferences } = metadata;
    assert.deepEqual(
      { labels, annotations, ownerReferences },
      { ...marks, ownerReferences: [owner] },
    );
  });

  it('is left alone where it may be deleted and not created', async () => {
    const cache = await make('no-create');
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'delete'] }];
    const kubeconfig = await createUser(plane, {
      ...{ name: 'only-deletes', credential: 'certificate', context: 'demo' },
      grants: [{ namespace: 'default', rules }],
    });
    const theirs = new KubernetesCluster(() => [kubeconfig]);
    const failure = await failureOf(recreate(cache, theirs));
    assert.equal(failure.reason, 'Forbidden');
    assert.match(failure.message, /may not create ConfigMap default\/no-create.*was not deleted/);
    assert.equal((await stored('no-create')).metadata.uid, cache.uid);
    theirs.reset();
  });

  it('is left alone where a quota or a policy would refuse it', async () => {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'no-new-caches' },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE'],
              resources: ['configmaps'],
            },
          ],
        },
        validations: [{ expression: "object.metadata.name != 'policy'", message: 'Not this one.' }],
      },
    };
    const binding = {
      ...{ apiVersion: policy.apiVersion, kind: 'ValidatingAdmissionPolicyBinding' },
      metadata: { name: 'no-new-caches' },
      spec: { policyName: 'no-new-caches', validationActions: ['Deny'] },
    };
    await plane.kubectl(['create', 'namespace', 'full']);
    const [byPolicy, byQuota] = [await make('policy'), await make('quota', {}, 'full')];
    await plane.kubectl(['create', 'quota', 'full', '-n', 'full', '--hard=count/configmaps=1']);
    for (const object of [policy, binding]) {
      await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
    }
    // No controller counts here. A count of before the deletion is what a creation right after it meets.
    const counts = { 'count/configmaps': '1' };
    const status = JSON.stringify({ status: { hard: counts, used: counts } });
    const full = ['resourcequota', 'full', '-n', 'full', '--subresource=status'];
    await plane.kubectl(['patch', ...full, '--type=merge', '-p', status]);
    const recreation = recreationOn(cluster);
    for (const cache of [byPolicy, byQuota]) {
      // They are in force a moment after they were made.
      const isAllowed = () =>
        cluster.tryCreate(recreation.changeable(cache), never).then(
          () => true,
          () => false,
        );
      while (await isAllowed());
      const failure = await failureOf(recreate(cache));
      assert.match(failure.message, /So it was not deleted\.$/);
      assert.match(failure.detail ?? '', /Not this one|quota/);
      const { metadata } = await stored(cache.ref.name, cache.ref.namespace);
      assert.equal(metadata.uid, cache.uid);
    }
  });

  it('is left alone where finalizers would keep it', async () => {
    const cache = await make('held', { finalizers: ['example.com/keep'] });
    assert.match((await failureOf(recreate(cache))).message, /finalizers.*example\.com\/keep/);
    const { metadata } = JSON.parse(await plane.kubectl(['get', 'cm', 'held', '-o', 'json'])) as {
      metadata: { deletionTimestamp?: string };
    };
    assert.equal(metadata.deletionTimestamp, undefined);
  });

  for (const [what, kind, match, end] of [
    ['after it is deleted', 'cutAfter', isDelete, 'recreated'],
    ['after it is created', 'cutAfter', isCreate, 'recreated'],
    ['between the two', 'cutBefore', isCreate, 'recreated'],
  ] as const) {
    it(`is found out where the connection breaks ${what}`, async () => {
      const name = `cut-${what.replaceAll(' ', '-')}`;
      const cache = await make(name);
      proxy.break(match, { kind });
      assert.equal((await recreate(cache)).kind, end);
      const { metadata, immutable } = await stored(name);
      assert.notEqual(metadata.uid, cache.uid);
      assert.equal(immutable, undefined);
    });
  }

  it('is there where the connection breaks before it is deleted, and said to be', async () => {
    const cache = await make('cut-before');
    proxy.break(isDelete, { kind: 'cutBefore' });
    const failure = await failureOf(recreate(cache));
    assert.match(
      failure.message,
      /connection broke\. default\/cut-before .* is not deleted so far/,
    );
    assert.equal((await stored('cut-before')).metadata.uid, cache.uid);
  });

  it('is found out where a proxy answers in the place of the server', async () => {
    const cache = await make('answered');
    const page = { status: 504, body: '<html>gateway time-out</html>' };
    proxy.break(isDelete, { kind: 'answer', isDone: true, ...page });
    proxy.break(isCreate, { kind: 'answer', isDone: true, ...page });
    assert.equal((await recreate(cache)).kind, 'recreated');
    assert.notEqual((await stored('answered')).metadata.uid, cache.uid);
  });

  it('is put back where it is refused nevertheless', async () => {
    const cache = await make('put-back');
    proxy.break(isCreate, { kind: 'answer', status: 403, body: '{"reason": "Forbidden"}' });
    const outcome = await recreate(cache);
    assert.ok(outcome.kind === 'putBack', outcome.kind);
    const { immutable, data } = await stored('put-back');
    assert.deepEqual([immutable, data], [true, { 'a.json': '{"a": 1}' }]);
  });

  it('is said to be gone, and where what it held is, where even that is refused', async () => {
    for (const [isKept, words] of [
      [true, /What it held is in the history/],
      [false, /The history is off: what it held is not kept/],
    ] as const) {
      const name = `gone-${String(isKept)}`;
      const cache = await make(name);
      proxy.break(isCreate, { kind: 'answer', status: 403, body: '{}' }, Infinity);
      assert.match((await failureOf(recreate(cache, cluster, isKept))).message, words);
      assert.equal(await isThere(name), false);
      proxy.mend();
    }
  });
});

describe('pods that began with an immutable ConfigMap, after it was made anew', () => {
  const REF = { context: 'demo', namespace: 'default', name: 'frozen-cache' } as const;
  const data = { 'a.json': '{"a": 1}' };
  let plane: ControlPlane;
  let cluster: KubernetesCluster;
  let readers: Readers;

  before(async () => {
    plane = await startControlPlane({ workloads: true });
    cluster = new KubernetesCluster(() => [plane.kubeconfig]);
    readers = new Readers(cluster.workloads, Date.now);
  });
  after(async () => {
    readers.reset();
    cluster.reset();
    await plane.stop();
  });

  const create = (object: object) =>
    plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
  /** A Deployment that mounts the cache whole, so that it follows a cache that can be changed. */
  const deploy = async () => {
    const [name, labels] = ['held', { app: 'held' }];
    const volumeMounts = [{ name: 'cache', mountPath: '/cache' }];
    const containers = [{ name: 'app', image: 'registry.example/app:1', volumeMounts }];
    const volumes = [{ name: 'cache', configMap: { name: REF.name } }];
    const template = { metadata: { labels }, spec: { containers, volumes } };
    const spec = { replicas: 2, selector: { matchLabels: labels }, template };
    await create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec });
    await plane.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=60s']);
  };
  const podsOf = async () => {
    const args = ['get', 'pods', '-l', 'app=held', '-o', 'jsonpath={.items[*].metadata.name}'];
    return (await plane.kubectl(args)).split(' ').sort();
  };
  const read = async () => (await cluster.readCache(REF, never)) ?? assert.fail();

  it('keep what they have: they are told, are to be restarted, and are new after that', async () => {
    const store = new FakeHistory();
    const { history, changes } = changesOn(cluster, () => new Date(), store);
    const undo = new Undo(store, { history, changes, cluster });
    const changeTimes = new ChangeTimes(undo);
    const restarts = new Restarts(cluster.workloads, readers, () => new Date());
    const recreation = new Recreation(cluster, history, {
      ...{ now: () => new Date(), isKept: () => true },
    });
    /** Each reader with what a change takes, and its pods from before. */
    const told = async () => {
      await readers.of(REF);
      const isThere = () => {
        const held = readers.known(REF)?.workloads.named({ kind: 'Deployment', name: 'held' });
        return held?.rollout?.available === 2 && readers.podsOf(held)?.length === 2;
      };
      await readers.until(REF, isThere, never);
      const picture = await readers.of(REF);
      const times = await changeTimes.of(REF, detailOf(await read()), never);
      return Object.fromEntries(
        readersIn(picture, times).map((reader) => {
          const stale = stalePods(reader, podsIn(picture, reader.workload) ?? [], times);
          const pods = stale.map(({ ref }) => ref.name).sort();
          return [reader.workload.ref.name, [effectWords(reader, times), pods]];
        }),
      );
    };

    await create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: REF.name },
      data,
      immutable: true,
    });
    await deploy();
    const held = await podsOf();
    assert.equal((await told())['held']?.[0], 'recreate needed: immutable');
    const before = await read();
    const { kind } = await recreation.recreate(before, recreation.changeable(before), never);
    assert.equal(kind, 'recreated');
    const patch = JSON.stringify({ data: { 'a.json': '{"a": 2}' } });
    await plane.kubectl(['patch', 'configmap', REF.name, '--type=merge', '-p', patch]);
    assert.deepEqual(await told(), { held: ['recreate needed: was immutable', held] });

    const change = { isImmutable: false, earlier: await changeTimes.earlier(REF, never) };
    const { lines } = await restarts.plan(REF, change, never);
    assert.deepEqual(
      lines.map(({ isWanted }) => isWanted),
      [true],
    );
    const wanted = { readers: lines.map(({ reader }) => reader), order: 'allAtOnce' } as const;
    const listener = { progressed: () => undefined, ended: () => undefined };
    const [ended] = await restarts.run(REF, wanted, listener, never);
    assert.deepEqual(ended?.outcome, { kind: 'done', isOvertaken: false, oldPods: [] });
    assert.ok((await podsOf()).every((pod) => !held.includes(pod)));
    assert.deepEqual(await told(), { held: ['reads it live', []] });
  });
});
