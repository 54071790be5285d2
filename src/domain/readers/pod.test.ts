import assert from 'node:assert/strict';
import { chance } from '../../../test/fakes/chance.ts';
import { isFromBefore, podStateOf } from './pod.ts';

const STARTED = '2026-11-24T02:00:07Z';
const TIME = Date.parse(STARTED);
/** The annotation that a restart by kubectl leaves. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

const withStatus = (status: object) => podStateOf({ status });
const waiting = (name: string, reason: string, message?: string) => ({
  name,
  state: { waiting: { reason, message } },
});

describe('A pod', () => {
  it('that no node has taken up has not started', () => {
    assert.deepEqual(podStateOf({}), { isReady: false, isEnding: false });
  });

  it('started when its node took it up, and was made by the restart that its annotation tells', () => {
    const annotations = { [RESTARTED_AT]: '2026-11-24T03:00:00+01:00' };
    const { started, restarted } = podStateOf({
      metadata: { annotations },
      status: { startTime: STARTED },
    });
    assert.equal(started, TIME);
    assert.equal(restarted, Date.parse('2026-11-24T02:00:00Z'));
  });

  it('has no times where what stands there is none', () => {
    const annotations = { [RESTARTED_AT]: 'soon' };
    const state = podStateOf({ metadata: { annotations }, status: { startTime: 4 } });
    assert.deepEqual([state.started, state.restarted], [undefined, undefined]);
  });

  it('is ready where its condition says so', () => {
    const ready = (type: string, status: string) =>
      withStatus({
        conditions: [
          { type: 'Initialized', status: 'True' },
          { type, status },
        ],
      }).isReady;
    assert.ok(ready('Ready', 'True'));
    assert.ok(!ready('Ready', 'False'));
    assert.ok(!ready('ContainersReady', 'True'));
  });

  it('is ending from the time on at which somebody deleted it', () => {
    assert.ok(podStateOf({ metadata: { deletionTimestamp: STARTED } }).isEnding);
  });
});

describe('What keeps a pod from being ready', () => {
  it('is nothing while it starts as pods do', () => {
    for (const reason of ['ContainerCreating', 'PodInitializing']) {
      assert.equal(withStatus({ containerStatuses: [waiting('app', reason)] }).trouble, undefined);
    }
    const running = { name: 'app', state: { running: {} } };
    assert.equal(withStatus({ containerStatuses: [running, {}] }).trouble, undefined);
  });

  it('is the container that does not start, in the words of the cluster', () => {
    const containerStatuses = [
      waiting('fine', 'ContainerCreating'),
      waiting('app', 'CreateContainerConfigError', 'configmap "x" not found'),
      waiting('other', 'ImagePullBackOff'),
    ];
    const { trouble = '' } = withStatus({ containerStatuses });
    for (const word of ['app', 'CreateContainerConfigError', 'configmap "x" not found']) {
      assert.ok(trouble.includes(word), trouble);
    }
    assert.ok(!trouble.includes('ImagePullBackOff'), 'the first one is enough');
  });

  it('is an init container before the others', () => {
    const { trouble = '' } = withStatus({
      containerStatuses: [waiting('app', 'ImagePullBackOff')],
      initContainerStatuses: [waiting('first', 'CrashLoopBackOff')],
    });
    assert.match(trouble, /first.*CrashLoopBackOff$/, 'and without a message nothing follows');
  });

  it('is, before all, that no node takes it', () => {
    const message = '0/3 nodes are available';
    const { trouble = '' } = withStatus({
      conditions: [{ type: 'PodScheduled', status: 'False', message }],
      containerStatuses: [waiting('app', 'ImagePullBackOff')],
    });
    assert.ok(trouble.endsWith(message));
    const scheduled = { conditions: [{ type: 'PodScheduled', status: 'True' }] };
    assert.equal(withStatus(scheduled).trouble, undefined);
  });

  it('is that it failed, with the reason where there is one', () => {
    const evicted = withStatus({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' });
    assert.match(evicted.trouble ?? '', /^Evicted.*low on memory$/);
    assert.notEqual(withStatus({ phase: 'Failed' }).trouble ?? '', '');
    assert.equal(withStatus({ phase: 'Running', reason: 'x' }).trouble, undefined);
  });
});

describe('A pod is from before a change', () => {
  const pod = (started: number | undefined, restarted?: number) => ({
    isReady: true,
    isEnding: false,
    ...(started === undefined ? {} : { started }),
    ...(restarted === undefined ? {} : { restarted }),
  });
  const [before, after] = [TIME - 1000, TIME + 1000];
  const table: readonly (readonly [string, number | undefined, number | undefined, boolean])[] = [
    ['where it began in an earlier second', before, undefined, true],
    ['not where it began in a later second', after, undefined, false],
    ['where it began in the same second', TIME, undefined, true],
    ['where it began in that second for a restart before', TIME, before, true],
    ['not where it began in that second for a restart of that second', TIME, TIME, false],
    ['not where it began in that second for a restart after', TIME, after, false],
    ['where it began before, whatever restart it tells', before, after, true],
    ['not where it began after, whatever restart it tells', after, before, false],
    ['not where it has not begun', undefined, before, false],
  ];
  for (const [what, started, restarted, isOld] of table) {
    it(what, () => {
      // The change has a time within that second.
      for (const part of [0, 1, 500, 999]) {
        assert.equal(isFromBefore(pod(started, restarted), TIME + part), isOld, String(part));
      }
    });
  }

  it('and from before every later one, too', () => {
    const below = chance(3);
    for (let round = 0; round < 500; round++) {
      const restarted = below(3) === 0 ? undefined : below(6) * 1000;
      const one = pod(below(6) * 1000, restarted);
      const [early, late] = [below(6000), below(6000)].sort((a, b) => a - b) as [number, number];
      if (isFromBefore(one, early)) assert.ok(isFromBefore(one, late));
    }
  });
});
