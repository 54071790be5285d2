import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import type { Changes } from '../../src/operations/changes.ts';
import type { Cluster } from '../../src/operations/ports.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import type { Fault, Match } from '../cluster/passing.ts';
import { createUser } from '../cluster/users.ts';
import { changesOn } from '../fakes/changesOn.ts';
import { failureOf } from '../failureOf.ts';

const never = new AbortController().signal;
const KEY = 'mappings.json';
const isWrite: Match = ({ method }) => method !== 'GET';
const isRead: Match = ({ method }) => method === 'GET';

describe('a connection that breaks in mid-write', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;
  let changes: Changes;

  before(async () => {
    plane = await startControlPlane();
    proxy = await FaultProxy.start(plane);
    cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    ({ changes } = changesOn(cluster));
  });
  afterEach(() => {
    proxy.mend();
  });
  after(async () => {
    cluster.reset();
    await proxy.stop();
    await plane.stop();
  });

  const refOf = (name: string) => ({ context: 'demo', namespace: 'default', name });
  const make = (name: string) =>
    plane.kubectl(['create', 'configmap', name, `--from-literal=${KEY}={"a": 1}`]);
  const valueOf = (name: string) =>
    plane.kubectl(['get', 'configmap', name, '-o', `jsonpath={.data.${KEY.replace('.', '\\.')}}`]);
  const patch = (name: string, text: string) =>
    plane.kubectl(['patch', 'cm', name, '-p', JSON.stringify({ data: { [KEY]: text } })]);
  const plan = (name: string, text: string, on = changes) =>
    on.plan(
      refOf(name),
      [
        {
          key: KEY,
          source: { kind: 'url', url: 'https://example.com/mappings.json' },
          content: { bytes: new TextEncoder().encode(text) },
        },
      ],
      never,
    );
  /** Changes on a cluster where something happens after each write, before it is read again. */
  const changesBefore = (happen: () => Promise<unknown>, on: Cluster = cluster) => {
    const changeKeys: Cluster['changeKeys'] = async (...of) => {
      const outcome = await on.changeKeys(...of);
      await happen();
      return outcome;
    };
    return changesOn(Object.assign(Object.create(on) as Cluster, { changeKeys })).changes;
  };

  it('before the server saw it: it is not written so far, and said so', async () => {
    await make('cut-before');
    const made = await plan('cut-before', '{"a": 2}');
    proxy.break(isWrite, { kind: 'cutBefore' });
    assert.equal((await changes.apply(made, never)).kind, 'notYet');
    assert.equal(await valueOf('cut-before'), '{"a": 1}');
  });

  it('after the server saw it: it is written, and found by reading', async () => {
    await make('cut-after');
    const made = await plan('cut-after', '{"a": 2}');
    proxy.break(isWrite, { kind: 'cutAfter' });
    const outcome = await changes.apply(made, never);
    assert.ok(outcome.kind === 'written' && outcome.confirmedByReading);
    assert.equal(await valueOf('cut-after'), '{"a": 2}');
  });

  it('is sent once, whatever becomes of it', async () => {
    await make('sent-once');
    const made = await plan('sent-once', '{"a": 2}');
    const before = proxy.requests.filter(isWrite).length;
    proxy.break(isWrite, { kind: 'cutAfter' }, Infinity);
    await changes.apply(made, never);
    assert.equal(proxy.requests.filter(isWrite).length, before + 1);
  });

  it('while a cache is created: the new cache is found by reading, or found missing', async () => {
    for (const kind of ['cutAfter', 'cutBefore'] as const) {
      const name = `created-${kind.toLowerCase()}`;
      const made = await plan(name, '{"a": 1}');
      proxy.break(isWrite, { kind });
      const outcome = await changes.apply(made, never);
      const there = await plane.kubectl(['get', 'configmap', name, '--ignore-not-found']);
      assert.equal(outcome.kind, kind === 'cutAfter' ? 'written' : 'notYet');
      assert.equal(there !== '', kind === 'cutAfter');
    }
  });

  it('and stays broken: nobody claims to know whether it was written', async () => {
    await make('unclear');
    const made = await plan('unclear', '{"a": 2}');
    proxy.break(isWrite, { kind: 'cutAfter' });
    proxy.break(isRead, { kind: 'cutBefore' }, Infinity);
    const failure = await failureOf(changes.apply(made, never));
    assert.ok(failure.message.includes('default/unclear'), failure.message);
    assert.equal(await valueOf('unclear'), '{"a": 2}');
  });

  const etcd = JSON.stringify({
    kind: 'Status',
    code: 500,
    message: 'etcdserver: request timed out',
  });
  for (const [status, body] of [
    [500, etcd],
    [502, '<html>bad gateway</html>'],
    [503, 'upstream connect error or disconnect/reset before headers'],
    [504, '<html>gateway time-out</html>'],
    [200, '<html>welcome</html>'],
  ] as const) {
    it(`is answered with ${status} in the place of what became of it: that is found by reading`, async () => {
      const name = `answered-${status}`;
      await make(name);
      const headers = { 'Retry-After': '1' };
      proxy.break(isWrite, { kind: 'answer', isDone: true, status, body, headers });
      const outcome = await changes.apply(await plan(name, '{"a": 2}'), never);
      assert.ok(outcome.kind === 'written' && outcome.confirmedByReading);
      assert.equal(await valueOf(name), '{"a": 2}');
      proxy.break(isWrite, { kind: 'answer', status, body, headers });
      const open = await changes.apply(await plan(name, '{"a": 3}'), never);
      assert.ok(open.kind === 'notYet');
      const { message = '', detail = '' } = open.failure ?? {};
      assert.ok(message.includes(`default/${name}`), message);
      assert.ok(detail.startsWith(`HTTP ${status}`), detail);
      assert.equal(await valueOf(name), '{"a": 2}');
    });
  }

  it('is answered with 504 and carried out later: it is never said that it is not written', async () => {
    await make('late');
    const [held, done] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const arrived = () => {
      done.resolve(undefined);
    };
    const late: Fault = { kind: 'late', status: 504, body: '', until: held.promise, arrived };
    proxy.break(isWrite, late);
    const open = await changes.apply(await plan('late', '{"a": 2}'), never);
    assert.ok(open.kind === 'notYet');
    assert.equal(await valueOf('late'), '{"a": 1}');
    assert.equal((await open.check(never)).kind, 'notYet');
    held.resolve(undefined);
    await done.promise;
    assert.equal(await valueOf('late'), '{"a": 2}');
    const found = await open.check(never);
    assert.ok(found.kind === 'written' && found.confirmedByReading);
  });

  it('is sent again after a 429, which was not begun, and after nothing else', async () => {
    await make('sent-again');
    for (const [status, times] of [
      [429, 2],
      [500, 1],
      [503, 1],
    ] as const) {
      const made = await plan('sent-again', `{"status": ${status}}`);
      const before = proxy.requests.filter(isWrite).length;
      const headers = { 'Retry-After': '0' };
      proxy.break(isWrite, { kind: 'answer', status, body: 'later', headers });
      await changes.apply(made, never).catch(() => undefined);
      assert.equal(proxy.requests.filter(isWrite).length, before + times, String(status));
    }
    assert.equal(await valueOf('sent-again'), '{"status": 429}');
  });

  for (const [kind, what, happen, end] of [
    ['cutAfter', 'overwritten', (name: string) => patch(name, '{"theirs": 1}'), 'overwritten'],
    ['cutAfter', 'deleted', (name: string) => plane.kubectl(['delete', 'cm', name]), 'overwritten'],
    ['cutBefore', 'changed', (name: string) => patch(name, '{"theirs": 1}'), 'conflict'],
    ['cutBefore', 'deleted', (name: string) => plane.kubectl(['delete', 'cm', name]), 'gone'],
    [
      'cutBefore',
      'replaced',
      async (name: string) => {
        await plane.kubectl(['delete', 'cm', name]);
        await make(name);
      },
      'conflict',
    ],
  ] as const) {
    it(`and the cache is ${what} before it is read again: ${kind} is told by the states in between`, async () => {
      const name = `${what}-${kind.toLowerCase()}`;
      await make(name);
      const made = await plan(name, '{"a": 2}');
      proxy.break(isWrite, { kind });
      const outcome = await changesBefore(() => happen(name)).apply(made, never);
      assert.equal(outcome.kind, end);
    });
  }

  it('and the states in between may not be watched: nobody claims to know', async () => {
    await make('unwatched');
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'patch'] }];
    const kubeconfig = await createUser(plane, {
      ...{ name: 'blind', credential: 'certificate', context: 'demo' },
      grants: [{ namespace: 'default', rules }],
    });
    const own = await FaultProxy.start(plane, { kubeconfig });
    const blind = new KubernetesCluster(() => [own.kubeconfig]);
    const blindly = changesBefore(() => patch('unwatched', '{"theirs": 1}'), blind);
    const made = await plan('unwatched', '{"a": 2}', blindly);
    own.break(isWrite, { kind: 'cutAfter' });
    assert.equal((await blindly.apply(made, never)).kind, 'overtaken');
    blind.reset();
    await own.stop();
  });
});
