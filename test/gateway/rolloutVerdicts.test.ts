import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { followRollout } from '../../src/operations/restarts/rollouts.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { CACHE, create, HOME, ourVerdict, verdictOfKubectl, workload } from './rollouts.ts';

type Kind = Parameters<typeof workload>[0];

/** Real rollouts, looked at by kubectl and by us at every version that both have seen. */
describe('the verdict on a rollout that goes on', () => {
  let plane: ControlPlane;
  const steps = new Map<string, number>();

  before(async () => {
    plane = await startControlPlane({ workloads: true });
    const metadata = { name: CACHE, namespace: HOME };
    await create(plane, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  });
  after(async () => {
    process.stdout.write(`      ${JSON.stringify(Object.fromEntries(steps))}\n`);
    await plane.stop();
  });

  /** Compares until both say that it is over, or it was compared so many times; gives the last verdict. */
  const compare = async (kind: Kind, name: string, most = Infinity): Promise<string> => {
    for (let count = 0; ;) {
      const before = await ourVerdict(plane, kind, name);
      const theirs = await verdictOfKubectl(plane, kind, name);
      const after = await ourVerdict(plane, kind, name);
      // Only what both have looked at at the same version can be compared.
      if (before.version !== after.version) continue;
      assert.equal(before.kind, theirs);
      steps.set(`${kind} ${theirs}`, (steps.get(`${kind} ${theirs}`) ?? 0) + 1);
      count += 1;
      if (theirs !== 'progressing' || count >= most) return theirs;
    }
  };
  const restart = (kind: Kind, name: string) =>
    plane.kubectl(['rollout', 'restart', `${kind}/${name}`, '-n', HOME]);

  const specs: readonly (readonly [string, Kind, object])[] = [
    ['Deployment', 'Deployment', {}],
    ['Deployment that replaces all at once', 'Deployment', { strategy: { type: 'Recreate' } }],
    [
      'Deployment pod by pod',
      'Deployment',
      { replicas: 5, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
    ],
    ['StatefulSet', 'StatefulSet', {}],
    ['StatefulSet side by side', 'StatefulSet', { podManagementPolicy: 'Parallel' }],
    [
      'StatefulSet with a partition',
      'StatefulSet',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    ],
    ['DaemonSet', 'DaemonSet', {}],
  ];
  for (const [number, [what, kind, spec]] of specs.entries()) {
    it(`is that of kubectl for a ${what}, when it is made and when it is restarted`, async () => {
      const name = `verdict-${number}`;
      await create(plane, workload(kind, name, { spec }));
      assert.equal(await compare(kind, name), 'done');
      await restart(kind, name);
      assert.equal(await compare(kind, name), 'done');
    });
  }

  for (const kind of ['StatefulSet', 'DaemonSet'] as const) {
    it(`is that of kubectl for a ${kind} that waits until its pods are deleted: there is none`, async () => {
      const name = `waiting-${kind.toLowerCase()}`;
      const spec = { updateStrategy: { type: 'OnDelete' } };
      await create(plane, workload(kind, name, { spec }));
      assert.equal(await compare(kind, name), 'failed');
      await restart(kind, name);
      assert.equal(await compare(kind, name), 'failed');
    });
  }

  it('is that of kubectl until a deadline has passed, and after it', async () => {
    const pod = { nodeSelector: { disk: 'none' } };
    const spec = { progressDeadlineSeconds: 5 };
    await create(plane, workload('Deployment', 'late', { spec, pod }));
    assert.equal(await compare('Deployment', 'late'), 'failed');
  });

  it('is that of kubectl while it is paused in the middle, and after it is resumed', async () => {
    await create(plane, workload('Deployment', 'halted', { spec: { replicas: 6 } }));
    assert.equal(await compare('Deployment', 'halted'), 'done');
    await restart('Deployment', 'halted');
    await plane.kubectl(['rollout', 'pause', 'deployment/halted', '-n', HOME]);
    await compare('Deployment', 'halted', 5);
    await plane.kubectl(['rollout', 'resume', 'deployment/halted', '-n', HOME]);
    assert.equal(await compare('Deployment', 'halted'), 'done');
  });

  it('ends where kubectl ends when it is deleted, and is no success for either', async () => {
    const pod = { nodeSelector: { disk: 'none' } };
    await create(plane, workload('Deployment', 'doomed', { pod }));
    const cluster = new KubernetesCluster(() => [plane.kubeconfig]);
    const ref = { context: 'demo', namespace: HOME, kind: 'Deployment', name: 'doomed' } as const;
    const signal = new AbortController().signal;
    const written = await cluster.workloads.readWorkload(ref, signal);
    assert.ok(written !== undefined);
    const proxy = await FaultProxy.start(plane);
    proxy.break(({ url }) => url.includes('watch=true'), { kind: 'drip' });
    // Where kubectl has read it and not begun to watch it, it would hear nothing of its end.
    const isWatched = proxy.strikes();
    const { kubeconfig } = proxy;
    const theirs = plane
      .kubectl(['rollout', 'status', 'deployment/doomed', '-n', HOME], { kubeconfig })
      .then(String, String);
    let seen: (() => void) | undefined;
    const isSeen = new Promise<void>((resolve) => (seen = resolve));
    const ours = followRollout(written, cluster.workloads, () => seen?.(), signal);
    await Promise.all([isSeen, isWatched]);
    await plane.kubectl(['delete', 'deployment', 'doomed', '-n', HOME, '--wait=false']);
    assert.deepEqual(await ours, { kind: 'gone' });
    assert.match(await theirs, /object has been deleted/);
    cluster.reset();
    await proxy.stop();
  });
});
