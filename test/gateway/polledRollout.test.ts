import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { followRollout } from '../../src/operations/restarts/rollouts.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import type { Fault, Match } from '../cluster/passing.ts';
import { createUser } from '../cluster/users.ts';
import { create, HOME, workload } from './rollouts.ts';

const never = new AbortController().signal;
const isRead: Match = ({ url }) => url.endsWith('/deployments/web');
const REF = { context: 'demo', namespace: HOME, kind: 'Deployment', name: 'web' } as const;

/** What is answered, and how often in a row. */
const FAULTS: readonly (readonly [string, Fault, number?])[] = [
  // After the first one, credentials are asked for anew at once.
  [
    '401, also with fresh credentials',
    { kind: 'answer', status: 401, body: '{"message":"no"}' },
    2,
  ],
  ['500', { kind: 'answer', status: 500, body: '{"message":"etcdserver: leader changed"}' }],
  ['503', { kind: 'answer', status: 503, body: 'upstream connect error' }],
  ['a page', { kind: 'answer', status: 200, body: '<html>welcome</html>' }],
  ['a connection that breaks', { kind: 'cutBefore' }],
];

/** Nothing controls workloads here: what a controller would say of the rollout is said by the test. */
describe('a rollout that may only be read, again and again', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;

  before(async () => {
    plane = await startControlPlane();
    await create(plane, workload('Deployment', 'web', { spec: { replicas: 1 } }));
    const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }];
    const kubeconfig = await createUser(plane, {
      ...{ name: 'getter', credential: 'certificate', context: 'demo' },
      grants: [{ namespace: HOME, rules }],
    });
    proxy = await FaultProxy.start(plane, { kubeconfig });
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

  const saidToBe = async (status: object) => {
    const args = ['patch', 'deployment', 'web', '-n', HOME, '--subresource=status'];
    await plane.kubectl([...args, '-p', JSON.stringify({ status })]);
  };
  const counts = (ready: number) => ({
    ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
    ...{ readyReplicas: ready, availableReplicas: ready },
  });

  for (const [what, fault, times] of FAULTS) {
    it(`is followed on where one of the answers is ${what}`, async () => {
      await saidToBe(counts(0));
      const written = (await cluster.workloads.readWorkload(REF, never)) ?? assert.fail();
      const told: string[] = [];
      let over: Promise<void> | undefined;
      const end = await followRollout(
        written,
        cluster.workloads,
        (now, words) => {
          told.push(words);
          if (told.length === 1) proxy.break(isRead, fault, times);
          // Nothing is known at that moment, and it comes to its end after that.
          if (now === undefined) over ??= saidToBe(counts(1));
        },
        never,
      );
      await over;
      assert.deepEqual(end, { kind: 'done', isOvertaken: false });
      assert.ok(told.some((words) => words.endsWith('The rollout goes on.')));
      const status = ['rollout', 'status', 'deployment/web', '-n', HOME, '--watch=false'];
      assert.match(await plane.kubectl(status), /successfully rolled out/);
    });
  }

  it('is not seen where the reading itself is forbidden', async () => {
    const written = (await cluster.workloads.readWorkload(REF, never)) ?? assert.fail();
    await saidToBe(counts(0));
    await plane.kubectl(['delete', 'rolebinding', 'getter-0', '-n', HOME]);
    const end = await followRollout(written, cluster.workloads, () => undefined, never);
    assert.deepEqual(end, { kind: 'unseen' });
  });
});
