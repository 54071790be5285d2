import assert from 'node:assert/strict';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { Readers } from '../../src/operations/readers/readers.ts';
import { Restarts, type Restarted } from '../../src/operations/restarts/restarts.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';
import type { FaultProxy } from '../cluster/faultProxy.ts';
import { createUser } from '../cluster/users.ts';
import { RestartStage } from './restartStage.ts';
import { create, HOME, ourVerdict, REF, verdictOfKubectl, workload } from './rollouts.ts';

const never = new AbortController().signal;
const CHANGE = { isImmutable: false };

describe('restarting readers on a real cluster', () => {
  let stage: RestartStage;
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;
  let readers: Readers;
  let restarts: Restarts;

  before(async () => {
    stage = await RestartStage.set();
    ({ plane, proxy, cluster, readers, restarts } = stage);
  });
  after(async () => {
    await stage.stop();
  });
  afterEach(() => {
    proxy.mend();
  });

  const made: RestartStage['made'] = (...items) => stage.made(...items);
  const readerNamed: RestartStage['readerNamed'] = (...names) => stage.readerNamed(...names);
  const restart: RestartStage['restart'] = (...of) => stage.restart(...of);
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
      oldPods: [],
      keptPods: ['parted-0', 'parted-1'],
    });
  });

  it('a StatefulSet that counts from 5: the partition reaches as far as its controller says', async () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
    const spec = { replicas: 4, ordinals: { start: 5 }, updateStrategy };
    await made(workload('StatefulSet', 'numbered', { spec }));
    const pods = async () => {
      const path = '{range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}';
      const args = ['get', 'pods', '-l', 'app=numbered', '-o', `jsonpath=${path}`];
      return (await plane.kubectl(args)).trim().split('\n').sort();
    };
    const before = await pods();
    await readerNamed('numbered');
    const { lines } = await restarts.plan(REF, CHANGE, never);
    const line = lines.find(({ reader }) => reader.workload.ref.name === 'numbered');
    assert.ok(line?.remarks.includes('only ordinals from 7'), line?.remarks.join());
    const [numbered] = await restart(['numbered']);
    const kept = (await pods()).filter((pod) => before.includes(pod));
    const keptPods = kept.map((pod) => pod.split(' ')[0]);
    assert.deepEqual(keptPods, ['numbered-5', 'numbered-6']);
    const done = { kind: 'done', isOvertaken: false, oldPods: [] };
    assert.deepEqual(numbered?.outcome, { ...done, keptPods });
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

  it('another template is told also where it was scaled meanwhile, and the scale alone is not', async () => {
    await made(workload('Deployment', 'changed'), workload('Deployment', 'scaled'));
    let begun: Promise<unknown> | undefined;
    const scale = ['scale', 'deployment/changed', 'deployment/scaled', '--replicas=4'];
    const image = ['set', 'image', 'deployment/changed', 'app=registry.example/app:2'];
    const [changed, scaled] = await restart(['changed', 'scaled'], {}, () => {
      begun ??= Promise.all([plane.kubectl(scale), plane.kubectl(image)]);
    });
    await begun;
    assert.ok(changed?.outcome.kind === 'done' && scaled?.outcome.kind === 'done');
    assert.deepEqual([changed.outcome.isOvertaken, scaled.outcome.isOvertaken], [true, false]);
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
    const limited = new Restarts(theirs.workloads, seen, stage.nextSecond);
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
