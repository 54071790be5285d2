import assert from 'node:assert/strict';
import type { CacheSummary } from '../../src/domain/cache.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import type { Change } from '../../src/operations/contextInventory.ts';
import { Inventory } from '../../src/operations/inventory.ts';
import type { Cluster } from '../../src/operations/ports.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { changesOn } from '../fakes/changesOn.ts';
import { FakeHistory } from '../fakes/fakeHistory.ts';

const REF = { context: 'demo', namespace: 'default', name: 'memoized' };
const never = new AbortController().signal;

const entry = (node: string, lastHit: string): string =>
  JSON.stringify({
    nodeID: node,
    outputs: {},
    creationTimestamp: '2026-11-01T00:00:00Z',
    lastHitTimestamp: lastHit,
  });

describe('a memoization map of Argo', () => {
  let plane: ControlPlane;
  let cluster: KubernetesCluster;
  before(async () => {
    plane = await startControlPlane();
    cluster = new KubernetesCluster(() => [plane.kubeconfig]);
  });
  after(async () => {
    cluster.reset();
    await plane.stop();
  });

  const patch = (name: string, body: object) =>
    plane.kubectl(['patch', 'configmap', name, '--type=merge', '-p', JSON.stringify(body)]);
  /** A hit, as the controller writes it. */
  const hit = (key: string, lastHit: string) =>
    patch(REF.name, { data: { [key]: entry(`node of ${key}`, lastHit) } });
  const stored = async (): Promise<Readonly<Record<string, string>>> =>
    (
      JSON.parse(await plane.kubectl(['get', 'configmap', REF.name, '-o', 'json'])) as {
        data?: Record<string, string>;
      }
    ).data ?? {};

  beforeEach(async () => {
    await plane.kubectl(['delete', 'configmap', REF.name, 'marker', '--ignore-not-found']);
    await plane.kubectl(['create', 'configmap', 'marker']);
    // Whole at once, as Argo makes it: of what is created empty the server keeps no managedFields.
    const text = entry('node of step-a', '2026-11-02T00:00:00Z');
    await plane.kubectl(['create', 'configmap', REF.name, `--from-literal=step-a=${text}`]);
    const labels = { 'workflows.argoproj.io/configmap-type': 'Cache' };
    await patch(REF.name, { metadata: { labels } });
    await hit('step-b', '2026-11-03T00:00:00Z');
  });

  it('is not drawn again for a hit, and is for an entry that comes or goes', async () => {
    const inventory = new Inventory(cluster, Date.now);
    const told: Change[] = [];
    let next: () => void = () => undefined;
    inventory.subscribe((change) => {
      told.push(change);
      next();
    }, never);
    const heard = async (name: string) => {
      while (!told.some((change) => change.name === name)) {
        await new Promise<void>((resolve) => (next = resolve));
      }
    };
    const summary = async (): Promise<CacheSummary> => {
      const found = (await inventory.caches(REF.context, REF.namespace)).members.get(REF.name);
      assert.ok(found !== undefined);
      return found;
    };
    const detail = await inventory.detail(await summary(), never);
    told.length = 0;
    for (const day of [4, 5, 6, 7]) await hit('step-a', `2026-11-0${day}T00:00:00Z`);
    // Told after the hits: what is on one stream comes in its order.
    await patch('marker', { data: { x: '1' } });
    await heard('marker');
    assert.deepEqual(
      told.filter(({ name }) => name === REF.name),
      [],
    );
    assert.notEqual((await summary()).resourceVersion, detail?.resourceVersion);
    assert.equal(inventory.knownDetail(await summary()), detail);
    const [first] = (await inventory.detail(await summary(), never))?.keys ?? [];
    assert.ok(first?.memo?.kind === 'entry');
    assert.equal(first.memo.lastHit, Date.UTC(2026, 10, 7));
    await hit('step-c', '2026-11-08T00:00:00Z');
    await heard(REF.name);
    assert.equal(inventory.knownDetail(await summary()), undefined);
    inventory.reset();
  });

  /** The cluster, on which something happens right before each of the first writes. */
  const busy = (times: number, happen: () => Promise<unknown>): Cluster => {
    const changeKeys: Cluster['changeKeys'] = async (...of) => {
      if (times-- > 0) await happen();
      return await cluster.changeKeys(...of);
    };
    return Object.assign(Object.create(cluster) as Cluster, { changeKeys });
  };
  const removal = { key: 'step-a', source: { kind: 'editor' as const }, content: undefined };

  it('loses an entry while others are hit, and nothing but it; what it held is kept', async () => {
    let day = 10;
    const store = new FakeHistory();
    const hits = busy(3, () => hit('step-b', `2026-11-${day++}T00:00:00Z`));
    const { changes } = changesOn(hits, undefined, store);
    const before = (await stored())['step-a'];
    const outcome = await changes.apply(await changes.plan(REF, [removal], never), never);
    assert.equal(outcome.kind, 'written');
    assert.deepEqual(await stored(), {
      'step-b': entry('node of step-b', '2026-11-12T00:00:00Z'),
    });
    assert.deepEqual(
      [...store.contents.values()].map((bytes) => Buffer.from(bytes).toString()),
      [before],
    );
  });

  it('keeps an entry that is hit itself before it is deleted: that is shown first', async () => {
    const { changes } = changesOn(busy(1, () => hit('step-a', '2026-11-20T00:00:00Z')));
    const outcome = await changes.apply(await changes.plan(REF, [removal], never), never);
    assert.equal(outcome.kind, 'conflict');
    assert.ok('step-a' in (await stored()));
  });
});
