import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { Readers } from '../../src/operations/readers/readers.ts';
import { Restarts, type RestartOutcome } from '../../src/operations/restarts/restarts.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { CACHE, create, HOME, REF } from './rollouts.ts';

const never = new AbortController().signal;

/** The controller of Argo Rollouts does not run here: the test writes what it would write. */
describe('restarting a Rollout of Argo', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;
  let readers: Readers;

  before(async () => {
    plane = await startControlPlane();
    await installArgoKinds(plane);
    proxy = await FaultProxy.start(plane);
    cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    readers = new Readers(cluster.workloads, Date.now);
  });
  after(async () => {
    readers.reset();
    cluster.reset();
    await proxy.stop();
    await plane.stop();
  });

  const rollout = async (name: string, more: object = {}) => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: CACHE, key: 'a' } } }];
    const containers = [{ name: 'app', image: 'registry.example/app:1', env }];
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers } };
    const spec = {
      replicas: 2,
      selector: { matchLabels: labels },
      strategy: { canary: {} },
      template,
      ...more,
    };
    const metadata = { name, namespace: HOME };
    await create(plane, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec });
    await readers.of(REF);
    const isSeen = () =>
      readers.known(REF)?.workloads.named({ kind: 'Rollout', name }) !== undefined;
    await readers.until(REF, isSeen, never);
  };
  interface Asked {
    readonly spec: { readonly restartAt?: string };
    readonly metadata: { readonly generation: number };
  }
  /** Restarts it; what the controller says of it comes after the request. */
  const restart = async (
    name: string,
    status: (asked: Asked) => object,
  ): Promise<RestartOutcome | undefined> => {
    const { readers: all } = await readers.of(REF);
    const of = all.filter(({ workload: { ref } }) => ref.name === name);
    const restarts = new Restarts(cluster.workloads, readers, () => new Date());
    let told: Promise<unknown> | undefined;
    const answer = async () => {
      const text = await plane.kubectl(['get', 'rollout', name, '-n', HOME, '-o', 'json']);
      const patch = JSON.stringify({ status: status(JSON.parse(text) as Asked) });
      const args = ['--subresource=status', '--type=merge', '-p', patch];
      await plane.kubectl(['patch', 'rollout', name, '-n', HOME, ...args]);
    };
    const listener = { progressed: () => (told ??= answer()), ended: () => undefined };
    const [one] = await restarts.run(REF, { readers: of, order: 'allAtOnce' }, listener, never);
    await told;
    return one?.outcome;
  };

  it('asks for it as its own plugin does, in UTC, and follows it until its pods are new', async () => {
    await rollout('healthy');
    const outcome = await restart('healthy', ({ spec, metadata }) => ({
      observedGeneration: String(metadata.generation),
      restartedAt: spec.restartAt,
      availableReplicas: 2,
      // It may pause at a step for long: that is not what the restart waits for.
      phase: 'Paused',
    }));
    assert.equal(outcome?.kind, 'done');
    const patch = proxy.requests.findLast(({ method }) => method === 'PATCH');
    assert.match(
      patch?.body ?? '',
      /^\{"spec":\{"restartAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}\}$/,
    );
    assert.equal(patch?.headers['content-type'], 'application/merge-patch+json');
  });

  it('is not refused where it is paused: its plugin asks for it, and its controller does it', async () => {
    await rollout('paused', { paused: true });
    const restarts = new Restarts(cluster.workloads, readers, () => new Date());
    const { lines } = await restarts.plan(REF, { isImmutable: false }, never);
    const line = lines.find(({ reader }) => reader.workload.ref.name === 'paused');
    assert.deepEqual([line?.isWanted, line?.refusal], [true, undefined]);
    const outcome = await restart('paused', ({ spec, metadata }) => ({
      observedGeneration: String(metadata.generation),
      restartedAt: spec.restartAt,
      availableReplicas: 2,
      phase: 'Paused',
    }));
    assert.equal(outcome?.kind, 'done');
  });

  it('fails in the words of Argo', async () => {
    await rollout('degraded');
    const outcome = await restart('degraded', ({ spec, metadata }) => ({
      observedGeneration: String(metadata.generation),
      restartedAt: spec.restartAt,
      availableReplicas: 1,
      phase: 'Degraded',
      message: 'ProgressDeadlineExceeded: it timed out progressing',
    }));
    assert.equal(outcome?.kind, 'failed');
    assert.match(outcome.words, /timed out progressing/);
  });
});
