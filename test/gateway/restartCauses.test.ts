import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Reader } from '../../src/domain/readers/reader.ts';
import type { Workload } from '../../src/domain/readers/workload.ts';
import { isRefused, noPodsOf, waitingFor } from './refusedPods.ts';
import { RestartStage } from './restartStage.ts';
import { create, HOME, ourVerdict, verdictOfKubectl, workload } from './rollouts.ts';

describe('a restart that does not come to its end, on a real cluster', () => {
  let stage: RestartStage;
  let plane: RestartStage['plane'];
  let readers: RestartStage['readers'];

  before(async () => {
    stage = await RestartStage.set();
    ({ plane, readers } = stage);
  });
  after(async () => {
    await stage.stop();
  });

  const made: RestartStage['made'] = (...items) => stage.made(...items);
  const restart: RestartStage['restart'] = (...of) => stage.restart(...of);

  it('pods that find no node: it fails after its deadline, and says why', async () => {
    await made(workload('Deployment', 'homeless', { spec: { progressDeadlineSeconds: 10 } }));
    const pod = { spec: { template: { spec: { nodeSelector: { disk: 'none' } } } } };
    await plane.kubectl(['rollout', 'pause', 'deployment/homeless']);
    await plane.kubectl(['patch', 'deployment', 'homeless', '-p', JSON.stringify(pod)]);
    await plane.kubectl(['rollout', 'resume', 'deployment/homeless']);
    const [one] = await restart(['homeless']);
    assert.equal(one?.outcome.kind, 'failed');
    assert.match(one.outcome.words, /deadline/);
    assert.match(one.outcome.cause ?? '', /cannot be scheduled: .*didn't match/);
    assert.equal(await verdictOfKubectl(plane, 'Deployment', 'homeless'), 'failed');
    assert.equal((await ourVerdict(plane, 'Deployment', 'homeless')).kind, 'failed');
  });

  it('pods that may not be made: the quota is named', async () => {
    await made(
      workload('Deployment', 'too-many', { spec: { progressDeadlineSeconds: 10, replicas: 1 } }),
    );
    const hard = { pods: '0' };
    await create(plane, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace: HOME },
      spec: { hard },
    });
    try {
      await pause(0);
      const [one] = await restart(['too-many']);
      assert.equal(one?.outcome.kind, 'failed');
      assert.match(one.outcome.cause ?? '', /exceeded quota: none/);
    } finally {
      await plane.kubectl(['delete', 'resourcequota', 'none', '-n', HOME]);
    }
  });

  it('pods that admission refuses: the policy is named, also while nothing gives up', async () => {
    const one = { replicas: 1, progressDeadlineSeconds: 10 };
    await made(
      workload('Deployment', 'unwelcome', { spec: one }),
      workload('StatefulSet', 'unwelcome-set', { spec: { replicas: 1 } }),
    );
    await create(plane, ...noPodsOf(['unwelcome', 'unwelcome-set']));
    await isRefused(plane, 'unwelcome');
    const stop = new AbortController();
    const [[failed], [left]] = await Promise.all([
      restart(['unwelcome']),
      restart(['unwelcome-set'], { signal: stop.signal }, (words) => {
        if (/denied request: no pods today/.test(words)) stop.abort();
      }),
    ]);
    assert.equal(failed?.outcome.kind, 'failed');
    assert.match(failed.outcome.cause ?? '', /'no-pods'.* denied request: no pods today/);
    assert.equal(
      left?.outcome.kind,
      'left',
      'kubectl gives up on no StatefulSet, and the cause was told',
    );
    await plane.kubectl(['delete', 'validatingadmissionpolicybinding', 'no-pods']);
  });

  it('images that cannot be had: the container and its trouble are named as the kubelet does', async () => {
    const troubles = new Map([
      ['unpulled', { reason: 'ErrImagePull', message: 'manifest unknown' }],
      ['backing-off', { reason: 'ImagePullBackOff', message: 'Back-off pulling image "app:1"' }],
      ['misnamed', { reason: 'InvalidImageName', message: 'invalid reference format' }],
    ]);
    const names = [...troubles.keys()];
    // No scheduler takes these pods, and so no kubelet: what it would say of them is said in its place.
    const pod = { schedulerName: 'nobody' };
    const spec = { replicas: 1, progressDeadlineSeconds: 5 };
    await create(plane, ...names.map((name) => workload('Deployment', name, { spec, pod })));
    const said = new Map<string, Promise<string>>();
    const kubelet = ({ workload }: Reader) => {
      for (const { uid, ref } of readers.podsOf(workload) ?? []) {
        if (said.has(uid)) continue;
        const patch = waitingFor(troubles.get(workload.ref.name));
        const args = ['patch', 'pod', ref.name, '--subresource=status', '-p', patch];
        // Those of the template before are deleted meanwhile.
        said.set(uid, plane.kubectl(args).catch(String));
      }
    };
    const ended = await restart(names, {}, (_words, reader) => {
      kubelet(reader);
    });
    for (const { reader, outcome } of ended) {
      const { reason = '', message = '' } = troubles.get(reader.workload.ref.name) ?? {};
      assert.ok(outcome.kind === 'failed', outcome.kind);
      assert.match(outcome.words, /deadline/);
      assert.ok(outcome.cause?.endsWith(` container app: ${reason}: ${message}`), outcome.cause);
    }
    await Promise.all(said.values());
  });

  /** What the cluster tells of an object, at some time. */
  const tell = async (
    { ref: { kind, name }, uid }: Workload,
    { reason, message, time }: { reason: string; message: string; time: string },
  ) => {
    const involvedObject = { kind, name, namespace: HOME, uid };
    const metadata = { generateName: `${name}-`, namespace: HOME };
    const event = { reason, message, type: 'Warning', firstTimestamp: time, lastTimestamp: time };
    await create(plane, { apiVersion: 'v1', kind: 'Event', metadata, involvedObject, ...event });
  };
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

  it('a volume that cannot be mounted: what its kubelet tells of the pod, which looks like any start', async () => {
    // No scheduler takes these pods, and so no kubelet: what it would say of them is said in its place.
    const pod = { schedulerName: 'nobody' };
    const spec = { replicas: 1, progressDeadlineSeconds: 5 };
    await create(plane, workload('Deployment', 'unmounted', { spec, pod }));
    const said = new Map<string, Promise<unknown>>();
    const message = 'MountVolume.SetUp failed: references non-existent config key: b';
    const [one] = await restart(['unmounted'], {}, (_words, { workload: reader }) => {
      for (const each of readers.podsOf(reader) ?? []) {
        if (said.has(each.uid)) continue;
        const waiting = waitingFor({ reason: 'ContainerCreating' });
        const args = ['patch', 'pod', each.ref.name, '--subresource=status', '-p', waiting];
        const event = { reason: 'FailedMount', message, time: minutesAgo(0) };
        // Those of the template before are deleted meanwhile.
        said.set(
          each.uid,
          tell(each, event).then(() => plane.kubectl(args).catch(String)),
        );
      }
    });
    assert.ok(one?.outcome.kind === 'failed', one?.outcome.kind);
    assert.equal(one.outcome.cause, message);
    await Promise.all(said.values());
  });

  it('an event from before the restart is no cause of it', async () => {
    const pod = { schedulerName: 'nobody' };
    await create(plane, workload('StatefulSet', 'waiting', { spec: { replicas: 1 }, pod }));
    const [reader] = await stage.readerNamed('waiting');
    const set = reader?.workload ?? assert.fail();
    const reason = 'FailedCreate';
    await tell(set, { reason, message: 'exceeded quota', time: minutesAgo(60) });
    const stop = new AbortController();
    const heard: string[] = [];
    const after = { reason, message: 'exceeded another quota', time: minutesAgo(-1) };
    let told: Promise<void> | undefined;
    await restart(['waiting'], { signal: stop.signal }, (words) => {
      heard.push(words);
      told ??= tell(set, after);
      if (words.includes(after.message)) stop.abort();
    });
    await told;
    assert.ok(heard.length > 1);
    assert.ok(!heard.some((words) => words.includes('exceeded quota')), heard.join('\n'));
  });
});
