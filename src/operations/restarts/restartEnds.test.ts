import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { REF } from '../../../test/fakes/caches.ts';
import type { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { readerWith, restartsOn } from '../../../test/fakes/restartsOn.ts';
import { podOf } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import type { RolloutState } from '../../domain/readers/rolloutState.ts';
import { WORKLOAD_KINDS, type Workload } from '../../domain/readers/workload.ts';
import type { Restarted, RestartOutcome } from './restarts.ts';

const RENEWED: RestartOutcome = { kind: 'done', isOvertaken: false, oldPods: [] };
const WEB = readerWith('web');
const DEADLINE = {
  conditions: [
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: '' },
  ],
};

const turn = () => new Promise((resolve) => setImmediate(resolve));
const forbidden = new Failure('You may not patch it.', { reason: 'Forbidden', nextStep: 'retry' });
const podNamed = (pod: string, status: object = {}) => podOf('Deployment', 'web', { pod, status });
const kinds = (restarted: readonly Restarted[]) => restarted.map(({ outcome }) => outcome.kind);

/** The time until which old pods are waited for is over when the test says so. */
const patience: { milliseconds: number; end: () => void } = {
  milliseconds: 0,
  end: () => undefined,
};

/** In a group of tests time stands still, but for `mock.timers.tick`. */
function standStill() {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(AbortSignal, 'timeout', (milliseconds: number) => {
      const over = new AbortController();
      patience.milliseconds = milliseconds;
      patience.end = () => {
        over.abort();
      };
      return over.signal;
    });
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });
}

describe('The pods after a restart', () => {
  standStill();

  const restarted = async (
    { cluster, run }: ReturnType<typeof restartsOn>,
    meanwhile: () => void = () => undefined,
  ) => {
    const done = run([WEB]);
    await turn();
    meanwhile();
    cluster.settle(WEB);
    await turn();
    return { outcome: done.then(([one]) => one?.outcome) };
  };

  it('are all new where none from before is there', async () => {
    const on = restartsOn(WEB, podNamed('old'));
    const { outcome } = await restarted(on, () => {
      on.cluster.delete(podNamed('old'));
      on.cluster.put(podNamed('new'));
    });
    assert.deepEqual(await outcome, RENEWED);
  });

  it('below the partition of a StatefulSet are kept, and not waited for', async () => {
    const set = readerWith('web', { kind: 'StatefulSet', state: { partition: 2, desired: 3 } });
    const pods = [0, 1, 2].map((ordinal) => podOf('StatefulSet', 'web', { pod: `web-${ordinal}` }));
    const { cluster, progress, run } = restartsOn(set, ...pods);
    const done = run([set]);
    await turn();
    cluster.delete(podOf('StatefulSet', 'web', { pod: 'web-2' }));
    cluster.settle(set, { partition: 2, updated: 0 });
    assert.equal(progress.at(-1)?.wanted, 1);
    cluster.settle(set, { partition: 2, updated: 1 });
    const [one] = await done;
    assert.deepEqual(one?.outcome, { ...RENEWED, keptPods: ['web-0', 'web-1'] });
  });

  it('may be told a little later than the end: so long they are waited for', async () => {
    const on = restartsOn(WEB, podNamed('old'));
    const { outcome } = await restarted(on);
    assert.ok(patience.milliseconds > 0);
    on.cluster.delete(podNamed('old'));
    assert.deepEqual(await outcome, RENEWED);
  });

  it('are named where they are from before and stay', async () => {
    const on = restartsOn(WEB, podNamed('kept'), podNamed('ending'));
    const { outcome } = await restarted(on, () => {
      const ending = podNamed('ending');
      const pod = { isReady: true, ...ending.pod, isEnding: true };
      on.cluster.put({ ...ending, pod });
      on.cluster.put(podNamed('new'));
    });
    patience.end();
    assert.deepEqual(await outcome, { ...RENEWED, oldPods: ['kept'] });
  });

  it('are not known where they may not be seen, before or after', async () => {
    const blind = restartsOn(WEB);
    await blind.readers.of(REF);
    blind.cluster.tell('Pod', { kind: 'failed', failure: forbidden });
    const before = await restarted(blind);
    patience.end();
    assert.deepEqual(await before.outcome, { ...RENEWED, oldPods: undefined });
    const blindAtFirst = restartsOn(WEB, podNamed('old'));
    await blindAtFirst.readers.of(REF);
    blindAtFirst.cluster.tell('Pod', { kind: 'failed', failure: forbidden });
    const seen = await restarted(blindAtFirst, () => {
      blindAtFirst.cluster.tell('Pod', { kind: 'all', items: [podNamed('old')] });
    });
    patience.end();
    assert.deepEqual(await seen.outcome, { ...RENEWED, oldPods: undefined });
    const on = restartsOn(WEB, podNamed('old'));
    const after = await restarted(on, () => {
      on.cluster.tell('ReplicaSet', { kind: 'failed', failure: forbidden });
    });
    patience.end();
    assert.deepEqual(await after.outcome, { ...RENEWED, oldPods: undefined });
  });
});

describe('A restart that fails', () => {
  standStill();

  const troubled = (pod: string, message: string) => {
    const waiting = { reason: 'CrashLoopBackOff', message };
    return podNamed(pod, { containerStatuses: [{ name: 'app', state: { waiting } }] });
  };
  const failing = async (
    on: ReturnType<typeof restartsOn>,
    state: Partial<RolloutState> = DEADLINE,
  ) => {
    const done = on.run([WEB]);
    await turn();
    on.cluster.put(troubled('new', 'of the new one'));
    on.cluster.settle(WEB, state);
    const [one] = await done;
    assert.ok(one?.outcome.kind === 'failed');
    assert.match(one.outcome.words, /deadline/);
    return one.outcome.cause ?? '';
  };
  const event = (message: string) => ({ reason: 'FailedCreate', type: 'Warning', message });
  const quiet = (cluster: FakeWorkloads) => {
    cluster.put = ((put) => (one: Workload) => (one.ref.kind === 'Pod' ? one : put(one)))(
      cluster.put.bind(cluster),
    );
  };

  it('tells the cause that the cluster names: a new pod, and never one from before', async () => {
    const cause = await failing(restartsOn(WEB, troubled('old', 'of the old one')));
    assert.match(cause, /new.*of the new one/);
  });

  it('asks for what the cluster told lately where no pod tells anything', async () => {
    const on = restartsOn(WEB);
    quiet(on.cluster);
    const time = '2026-11-24T02:00:11Z';
    on.cluster.clusterEvents = [{ ...event('exceeded quota'), time, count: 1 }];
    assert.equal(await failing(on), 'exceeded quota');
    assert.ok(on.cluster.asked.includes(`events of ${WEB.uid}`));
  });

  it('tells no cause where that may not be read, either', async () => {
    const on = restartsOn(WEB);
    quiet(on.cluster);
    on.cluster.clusterEvents = forbidden;
    assert.equal(await failing(on), '');
  });

  it('may tell the cause while it goes on', async () => {
    const { cluster, progress, run } = restartsOn(WEB);
    const done = run([WEB]);
    await turn();
    cluster.put(troubled('new', 'of the new one'));
    cluster.settle(WEB, { updated: 1 });
    assert.match(progress.at(-1)?.words ?? '', /1 of 3.*; .*of the new one/);
    cluster.tell(WEB.ref, {
      kind: 'failed',
      failure: new Failure('It is gone.', { reason: 'Unreachable', nextStep: 'retry' }),
    });
    assert.match(progress.at(-1)?.words ?? '', /^It is gone\./);
    assert.doesNotMatch(progress.at(-1)?.words ?? '', /of the new one/, 'nobody knows now');
    cluster.settle(WEB);
    await done;
  });

  it('may be gone, or not to be seen', async () => {
    const gone = restartsOn(WEB);
    const done = gone.run([WEB]);
    await turn();
    gone.cluster.delete(WEB);
    assert.deepEqual(kinds(await done), ['gone']);
    const unseen = restartsOn(WEB);
    await unseen.readers.of(REF);
    unseen.cluster.isSilent = true;
    const other = unseen.run([WEB]);
    await turn();
    unseen.cluster.tell(WEB.ref, { kind: 'failed', failure: forbidden });
    assert.deepEqual(kinds(await other), ['unseen']);
  });
});

describe('The workloads of a namespace', () => {
  standStill();

  it('are followed as long as a restart takes, and a while longer', async () => {
    const { cluster, run } = restartsOn(WEB);
    const done = run([WEB]);
    await turn();
    mock.timers.tick(3_600_000);
    assert.equal(cluster.following, WORKLOAD_KINDS.length + 1);
    cluster.settle(WEB);
    await done;
    mock.timers.tick(3_600_000);
    assert.equal(cluster.following, 0);
  });
});
