import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import type { Changes } from '../../src/operations/changes.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import type { Match } from '../cluster/passing.ts';
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

  const make = (name: string) =>
    plane.kubectl(['create', 'configmap', name, `--from-literal=${KEY}={"a": 1}`]);
  const valueOf = (name: string) =>
    plane.kubectl(['get', 'configmap', name, '-o', `jsonpath={.data.${KEY.replace('.', '\\.')}}`]);
  const plan = (name: string, text: string) =>
    changes.plan(
      { context: 'demo', namespace: 'default', name },
      [
        {
          key: KEY,
          source: { kind: 'url', url: 'https://example.com/mappings.json' },
          content: { bytes: new TextEncoder().encode(text) },
        },
      ],
      never,
    );

  it('before the server saw it: it is not written, and said so', async () => {
    await make('cut-before');
    const made = await plan('cut-before', '{"a": 2}');
    proxy.break(isWrite, { kind: 'cutBefore' });
    assert.deepEqual(await changes.apply(made, never), { kind: 'notWritten' });
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
      assert.equal(outcome.kind, kind === 'cutAfter' ? 'written' : 'notWritten');
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
});
