import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Reader } from '../../src/domain/readers/reader.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { Readers } from '../../src/operations/readers/readers.ts';
import {
  Restarts,
  type Restarted,
  type RestartOrder,
} from '../../src/operations/restarts/restarts.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { createUser } from '../cluster/users.ts';
import { isRefused, noPodsOf, waitingFor } from './refusedPods.ts';
import { CACHE, create, HOME, ourVerdict, REF, verdictOfKubectl, workload } from './rollouts.ts';

const never = new AbortController().signal;
const CHANGE = { isImmutable: false };

describe('restarting readers on a real cluster', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;
  let readers: Readers;
  let restarts: Restarts;
  let second = Date.now();

  before(async () => {
    plane = await startControlPlane({ workloads: true });
    proxy = await FaultProxy.start(plane);
    cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    readers = new Readers(cluster.workloads, Date.now);
    // Each restart at another second, so that no test has to wait for one.
    restarts = new Restarts(cluster.workloads, readers, () => new Date((second += 1000)));
    await create(plane, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CACHE, namespace: HOME },
      data: { key: 'value' },
    });
  });
  after(async () => {
    readers.reset();
    cluster.reset();
    await proxy.stop();
    await plane.stop();
  });
  afterEach(() => {
    proxy.mend();
  });

  const made = async (...items: readonly object[]) => {
    await create(plane, ...items);
    for (const item of items) {
      const { kind, metadata } = item as { kind: string; metadata: { name: string } };
      await plane.kubectl(['rollout', 'status', `${kind}/${metadata.name}`, '--timeout=60s']);
    }
  };
  const readerNamed = async (...names: readonly string[]): Promise<readonly Reader[]> => {
    const isThere = () => {
      const known = readers.known(REF)?.readers.map(({ workload: { ref } }) => ref.name) ?? [];
      return names.every((name) => known.includes(name));
    };
    await readers.of(REF);
    await readers.until(REF, isThere, never);
    const { readers: all } = await readers.of(REF);
    return names.flatMap((name) => all.find(({ workload: { ref } }) => ref.name === name) ?? []);
  };
  const restart = async (
    names: readonly string[],
    { order = 'allAtOnce', signal = never }: { order?: RestartOrder; signal?: AbortSignal } = {},
    heard: (words: string, reader: Reader) => void = () => undefined,
  ): Promise<readonly Restarted[]> =>
    await restarts.run(
      REF,
      { readers: await readerNamed(...names), order },
      {
        progressed: (reader, { words }) => {
          heard(words, reader);
        },
        ended: () => undefined,
      },
      signal,
    );
  const kinds = (restarted: readonly Restarted[]) => restarted.map(({ outcome }) => outcome.kind);

  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
    it(`the request for a ${kind} is that of kubectl, but for the time`, async () => {
      const name = `same-${kind.toLowerCase()}`;
      await made(workload(kind, name));
      const from = proxy.requests.length;
      await plane.kubectl(['rollout', 'restart', `${kind}/${name}`], {
        kubeconfig: proxy.kubeconfig,
      });
      await restart([name]);
      const [theirs, ours] = proxy.requests
        .slice(from)
        .filter(({ method }) => method === 'PATCH')
        .map(({ url, body, headers }) => ({
          url: url.replace(/[?&]timeout=[^&]*/, ''),
          type: headers['content-type'],
          body: body.replace(/\d{4}-\d\d-\d\dT[^"]*/, 'TIME'),
          time: /"(\d{4}-[^"]*)"/.exec(body)?.[1]?.replace(/\d/g, '0'),
        }));
      assert.notEqual(theirs, undefined);
      assert.deepEqual(ours, theirs);
    });
  }

  it('a rollout is followed to its end, and every pod is new', async () => {
    await made(workload('Deployment', 'followed'));
    const podsOf = async () =>
      await plane.kubectl([
        'get',
        'pods',
        '-l',
        'app=followed',
        '-o',
        'jsonpath={.items[*].metadata.uid}',
      ]);
    const before = (await podsOf()).split(' ');
    assert.equal(before.length, 3);
    const words: string[] = [];
    const [one] = await restart(['followed'], {}, (each) => words.push(each));
    assert.deepEqual(one?.outcome, { kind: 'done', isOvertaken: false, oldPods: [] });
    assert.ok(words.length > 0, 'progress was told');
    const after = (await podsOf()).split(' ');
    assert.ok(before.every((uid) => !after.includes(uid)));
  });

  it('what kubectl refuses is refused: a paused Deployment, and twice in a second', async () => {
    await made(workload('Deployment', 'paused'), workload('Deployment', 'twice'));
    await plane.kubectl(['rollout', 'pause', 'deployment/paused']);
    const [paused] = await readerNamed('paused');
    const isPaused = () =>
      readers.known(REF)?.readers.some(({ workload: { ref, rollout } }) => {
        return ref.name === 'paused' && rollout?.isPaused === true;
      }) === true;
    await readers.until(REF, isPaused, never);
    const { lines } = await restarts.plan(REF, CHANGE, never);
    const line = lines.find(({ reader }) => reader.workload.uid === paused?.workload.uid);
    assert.equal(line?.refusal, 'paused: resume first');
    // Also where it was paused after it was offered.
    assert.deepEqual(kinds(await restart(['paused'])), ['refused']);
    const now = new Date();
    const still = new Restarts(cluster.workloads, readers, () => now);
    const silent = { progressed: () => undefined, ended: () => undefined };
    const of = { readers: await readerNamed('twice'), order: 'allAtOnce' } as const;
    assert.deepEqual(kinds(await still.run(REF, of, silent, never)), ['done']);
    const again = await still.run(REF, of, silent, never);
    assert.deepEqual(
      again.map(({ outcome }) => outcome),
      [{ kind: 'refused', words: 'it was already restarted within the past second' }],
    );
  });

  it('OnDelete restarts nothing, and a partition only what is above it: both are said', async () => {
    await create(
      plane,
      workload('StatefulSet', 'on-delete', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    );
    await made(
      workload('StatefulSet', 'parted', {
        spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      }),
    );
    await readerNamed('on-delete', 'parted');
    const { lines } = await restarts.plan(REF, CHANGE, never);
    const remarks = (name: string) =>
      lines.find(({ reader }) => reader.workload.ref.name === name)?.remarks ?? [];
    const onDelete = lines.find(({ reader }) => reader.workload.ref.name === 'on-delete');
    assert.equal(onDelete?.refusal, 'nothing restarts: OnDelete');
    assert.ok(remarks('parted').includes('only ordinals from 2'));
    for (const name of ['on-delete', 'parted']) {
      const { kind } = await ourVerdict(plane, 'StatefulSet', name);
      assert.equal(kind, await verdictOfKubectl(plane, 'StatefulSet', name));
    }
    const [parted] = await restart(['parted']);
    assert.deepEqual(parted?.outcome, {
      kind: 'done',
      isOvertaken: false,
      oldPods: ['parted-0', 'parted-1'],
    });
  });

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

  it('one after the other stops at the first that fails, and says which were not started', async () => {
    await made(workload('Deployment', 'first'), workload('Deployment', 'third'));
    await made(workload('Deployment', 'second'));
    await plane.kubectl(['rollout', 'pause', 'deployment/second']);
    const outcomes = kinds(await restart(['first', 'second', 'third'], { order: 'oneByOne' }));
    assert.deepEqual(outcomes, ['done', 'refused', 'notStarted']);
    await plane.kubectl(['rollout', 'resume', 'deployment/second']);
  });

  it('leaving it ends the following, and never the rollout', async () => {
    await made(workload('Deployment', 'left'));
    const stop = new AbortController();
    const [one] = await restart(['left'], { signal: stop.signal }, () => {
      stop.abort();
    });
    assert.equal(one?.outcome.kind, 'left');
    await plane.kubectl(['rollout', 'status', 'deployment/left', '--timeout=60s']);
  });

  it('a reader that is deleted in mid-rollout is told, and stops none of the others', async () => {
    const never = { nodeSelector: { disk: 'none' } };
    await create(plane, workload('Deployment', 'doomed', { pod: never }));
    await made(workload('Deployment', 'lasting'));
    let deleted: Promise<string> | undefined;
    const outcomes = await restart(['doomed', 'lasting'], {}, () => {
      deleted ??= plane.kubectl(['delete', 'deployment', 'doomed']);
    });
    await deleted;
    assert.deepEqual(kinds(outcomes), ['gone', 'done']);
  });

  it('another rollout that starts meanwhile is followed, and told', async () => {
    await made(workload('Deployment', 'overtaken'));
    let again: Promise<string> | undefined;
    const [one] = await restart(['overtaken'], {}, () => {
      again ??= plane.kubectl(['rollout', 'restart', 'deployment/overtaken']);
    });
    await again;
    assert.equal(one?.outcome.kind, 'done');
    assert.equal(one.outcome.isOvertaken, true);
  });

  it('an API server that is gone in mid-follow: it is said, and the end is seen all the same', async () => {
    await made(workload('Deployment', 'silent'));
    const words: string[] = [];
    let isCut = false;
    const [one] = await restart(['silent'], {}, (each) => {
      words.push(each);
      if (isCut) return;
      isCut = true;
      proxy.break(() => true, { kind: 'cutBefore' }, 6);
      proxy.cutAll();
    });
    assert.equal(one?.outcome.kind, 'done');
    assert.ok(words.some((each) => each.includes('cannot be reached')));
  });

  it('a request whose answer is lost is cleared up by reading', async () => {
    await made(workload('Deployment', 'heard'), workload('Deployment', 'unheard'));
    const patchOf = (name: string) => (request: { method: string; url: string }) =>
      request.method === 'PATCH' && request.url.includes(`/${name}?`);
    proxy.break(patchOf('heard'), { kind: 'cutAfter' });
    proxy.break(patchOf('unheard'), { kind: 'cutBefore' });
    const [heard, unheard] = await restart(['heard', 'unheard'], { order: 'oneByOne' });
    assert.equal(heard?.outcome.kind, 'done');
    assert.equal(unheard?.outcome.kind, 'unclear');
  });

  it('rights: what may not be patched is not offered; one of five that is refused stops none; no watch, but get', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'].map((name) => `of-${name}`);
    await made(...names.map((name) => workload('Deployment', name, { spec: { replicas: 1 } })));
    const read = ['get', 'list'];
    const kubeconfig = await createUser(plane, {
      name: 'restarter',
      credential: 'certificate',
      context: 'demo',
      grants: [
        {
          namespace: HOME,
          rules: [
            { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: read },
            { apiGroups: [''], resources: ['pods'], verbs: read },
            {
              apiGroups: ['apps'],
              resources: ['deployments'],
              resourceNames: names.slice(1),
              verbs: ['patch'],
            },
          ],
        },
      ],
    });
    const theirs = new KubernetesCluster(() => [kubeconfig]);
    const seen = new Readers(theirs.workloads, Date.now);
    const limited = new Restarts(theirs.workloads, seen, () => new Date((second += 1000)));
    const { lines } = await limited.plan(REF, CHANGE, never);
    const five = lines.filter(({ reader }) => names.includes(reader.workload.ref.name));
    assert.equal(five.length, 5);
    const refusals = five.map(({ reader, refusal }) => [reader.workload.ref.name, refusal]);
    assert.deepEqual(
      refusals.filter(([, refusal]) => refusal !== undefined),
      [['of-one', 'you may not patch this']],
    );
    const all = { readers: five.map(({ reader }) => reader), order: 'allAtOnce' } as const;
    const silent = { progressed: () => undefined, ended: () => undefined };
    const outcomes = await limited.run(REF, all, silent, never);
    const told = new Map(
      outcomes.map(({ reader, outcome }) => [reader.workload.ref.name, outcome.kind]),
    );
    assert.equal(told.get('of-one'), 'refused');
    assert.deepEqual(
      names.slice(1).map((name) => told.get(name)),
      ['done', 'done', 'done', 'done'],
    );
    seen.reset();
    theirs.reset();
  });
});
