import assert from 'node:assert/strict';
import { restartPatch } from '../../src/domain/readers/restartPatch.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { create, HOME, workload } from './rollouts.ts';

const never = new AbortController().signal;
const TIME = '2026-11-24T02:00:07Z';

/** What servers and those in between answer in the place of what became of a write. */
const ANSWERS = [
  [500, '{"kind":"Status","code":500,"message":"etcdserver: request timed out"}'],
  [502, '<html>bad gateway</html>'],
  [503, 'upstream connect error or disconnect/reset before headers'],
  [504, '<html>gateway time-out</html>'],
  [200, '<html>welcome</html>'],
] as const;

describe('a restart, a run or a suspension whose answer does not tell what became of it', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;

  before(async () => {
    plane = await startControlPlane();
    proxy = await FaultProxy.start(plane);
    cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } };
    const spec = { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } };
    const metadata = { name: 'refresh', namespace: HOME };
    await create(plane, workload('Deployment', 'web'));
    await create(plane, { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec });
  });
  afterEach(() => {
    proxy.mend();
  });
  after(async () => {
    cluster.reset();
    await proxy.stop();
    await plane.stop();
  });

  const refOf = (kind: 'Deployment' | 'CronJob', name: string) => ({
    ...{ context: 'demo', namespace: HOME },
    ...{ kind, name },
  });

  for (const [status, body] of ANSWERS) {
    it(`with ${status} is unanswered, and was sent once`, async () => {
      const headers = { 'Retry-After': '0' };
      const from = proxy.requests.length;
      proxy.break(
        ({ method }) => method !== 'GET',
        { kind: 'answer', isDone: true, status, body, headers },
        3,
      );
      const web = refOf('Deployment', 'web');
      const cron = refOf('CronJob', 'refresh');
      const uid = (await cluster.workloads.readWorkload(cron, never))?.uid ?? '';
      const outcomes = [
        await cluster.workloads.restart(web, restartPatch('Deployment', TIME), never),
        await cluster.workloads.runJob(cron, `run-${status}`, never),
        await cluster.jobs.setSuspended({ ref: cron, uid }, true, never),
      ];
      for (const outcome of outcomes) {
        assert.ok(outcome.kind === 'unanswered', outcome.kind);
        assert.ok(outcome.detail.startsWith(`HTTP ${status}`), outcome.detail);
      }
      const writes = proxy.requests.slice(from).filter(({ method }) => method !== 'GET');
      assert.equal(writes.length, 3);
      // Each of them was carried out all the same.
      const now = await cluster.workloads.readWorkload(web, never);
      assert.equal(now?.rollout?.restartedAt, TIME);
      await plane.kubectl(['get', 'job', `run-${status}`]);
    });
  }
});
