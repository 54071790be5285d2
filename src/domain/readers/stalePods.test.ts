import assert from 'node:assert/strict';
import { podOf, readingWorkload, useWith } from '../../../test/fakes/workloads.ts';
import { effectOn, type Earlier, type Reader } from './reader.ts';
import { asItsPodsAre, isThere, stalePods } from './stalePods.ts';
import type { Use } from './use.ts';

const [EARLY, MIDDLE, LATE] = [1, 2, 3].map((hour) => `2026-11-24T0${hour}:00:00Z`) as [
  string,
  string,
  string,
];
const WORKLOAD = readingWorkload('ReplicaSet', 'web');
const MOUNTED = { way: 'volume', mountPath: '/cache' } as const;

const pod = (name: string, startTime?: string, more: object = {}) => ({
  ...podOf('ReplicaSet', 'web', { pod: name, status: { startTime } }),
  ...more,
});
const PODS = [pod('early', EARLY), pod('late', LATE), pod('pending')];

/** The names of the pods that are stale where the keys changed at these times. */
function stale(
  uses: readonly Partial<Use>[],
  times: Readonly<Record<string, string>>,
  { isImmutable = false, earlier }: { isImmutable?: boolean; earlier?: Earlier } = {},
) {
  const entries = Object.entries(times).map(([key, time]) => [key, Date.parse(time)] as const);
  const reader = { workload: WORKLOAD, uses: uses.map(useWith) };
  const found = stalePods(reader, PODS, { isImmutable, times: new Map(entries), earlier });
  return found.map(({ ref }) => ref.name);
}

describe('The pods that run content from before', () => {
  it('are those that began before a key changed that they see only at their beginning', () => {
    assert.deepEqual(stale([{}], { a: MIDDLE }), ['early']);
    assert.deepEqual(stale([{}], { a: '2026-11-24T00:00:00Z' }), []);
    assert.deepEqual(stale([{}], { a: '2026-11-24T04:00:00Z' }), ['early', 'late']);
  });

  it('are counted from the last change of a key that they read', () => {
    assert.deepEqual(stale([{}], { a: EARLY, b: MIDDLE }), ['early']);
    assert.deepEqual(stale([{ keys: ['a'] }], { a: '2026-11-24T00:30:00Z', b: MIDDLE }), []);
    assert.deepEqual(stale([{ keys: ['a'] }, { keys: ['b'] }], { b: MIDDLE }), ['early']);
  });

  it('are none where all of them follow the cache, but where it is immutable', () => {
    assert.deepEqual(stale([MOUNTED], { a: MIDDLE }), []);
    assert.deepEqual(stale([MOUNTED], { a: MIDDLE }, { isImmutable: true }), ['early']);
    assert.deepEqual(stale([MOUNTED, { ...MOUNTED, subPath: 'a' }], { a: MIDDLE }), ['early']);
  });

  it('are none where nobody can tell, and none of a cache without keys', () => {
    assert.deepEqual(stale([{ way: 'declared' }, { way: 'text' }], { a: MIDDLE }), []);
    assert.deepEqual(stale([{}], {}), []);
    assert.deepEqual(stale([], { a: MIDDLE }), []);
  });

  it('are not those that are being deleted, nor what is no pod', () => {
    const reader = { workload: WORKLOAD, uses: [useWith()] };
    const of = { isImmutable: false, times: new Map([['a', Date.parse(MIDDLE)]]) };
    const ending = pod('ending', EARLY, { pod: { started: 0, isReady: true, isEnding: true } });
    assert.deepEqual(stalePods(reader, [ending, WORKLOAD], of), []);
  });

  it('are not those that have ended, and stay as a record only', () => {
    const reader = { workload: WORKLOAD, uses: [useWith()] };
    const of = { isImmutable: false, times: new Map([['a', Date.parse(MIDDLE)]]) };
    for (const phase of ['Failed', 'Succeeded', 'Running', 'Pending']) {
      const status = { startTime: EARLY, phase };
      const one = podOf('ReplicaSet', 'web', { pod: phase, status });
      const isOld = phase === 'Running' || phase === 'Pending';
      assert.equal(stalePods(reader, [one], of).length, isOld ? 1 : 0, phase);
      assert.equal(isThere(one), isOld);
    }
    assert.ok(!isThere(WORKLOAD), 'nor what is no pod');
  });

  it('are counted from when an ephemeral container began, which is later than its pod', () => {
    const shell = useWith({ started: Date.parse(MIDDLE), role: 'ephemeral' });
    const [early = assert.fail()] = PODS;
    const isOld = (time: string, ...uses: readonly Use[]) => {
      const times = new Map([['a', Date.parse(time)]]);
      const reader = { workload: WORKLOAD, uses };
      return stalePods(reader, [early], { isImmutable: false, times }).length > 0;
    };
    assert.ok(!isOld(EARLY, shell));
    assert.ok(isOld(EARLY, shell, useWith()));
    assert.ok(isOld(LATE, shell));
  });

  it('are those that began with an earlier ConfigMap that was immutable, however they read it', () => {
    const earlier = { until: Date.parse(MIDDLE), isCertain: true };
    for (const use of [MOUNTED, { ...MOUNTED, way: 'projected' }, {}] as const) {
      assert.deepEqual(stale([use], {}, { earlier }), ['early']);
    }
    assert.deepEqual(stale([MOUNTED], { a: LATE }, { earlier }), ['early']);
    // The kubelet has no part in these.
    for (const way of ['semaphore', 'declared', 'parameter'] as const) {
      assert.deepEqual(stale([{ way }], {}, { earlier }), [], way);
    }
    assert.deepEqual(stale([MOUNTED], {}, { earlier: { ...earlier, isCertain: false } }), []);
  });

  it('are found in a cache of very many keys', () => {
    const keys = Array.from({ length: 100_000 }, (_, number) => [`k${number}`, MIDDLE]);
    const times = Object.fromEntries(keys) as Record<string, string>;
    assert.deepEqual(stale([{}, {}, {}], times), ['early']);
  });
});

describe('A reader as its pods are', () => {
  const reader = { workload: WORKLOAD, uses: [useWith(MOUNTED)] };
  const earlier = { until: Date.parse(MIDDLE), isCertain: true };
  const effects = (of: Reader) => effectOn(of, { isImmutable: false });

  it('must be made anew where one of them keeps what was there before', () => {
    const kept = asItsPodsAre(reader, PODS, earlier);
    assert.equal(kept.keepsEarlier, 'certainly');
    assert.deepEqual([effects(kept), effects(reader)], ['recreate', 'live']);
    const perhaps = asItsPodsAre(reader, PODS, { ...earlier, isCertain: false });
    assert.deepEqual([perhaps.keepsEarlier, effects(perhaps)], ['perhaps', 'live']);
  });

  it('is as it was where all of them began later, are no more, or nothing was there before', () => {
    const ended = podOf('ReplicaSet', 'web', {
      ...{ pod: 'ended', status: { startTime: EARLY, phase: 'Failed' } },
    });
    for (const pods of [[pod('late', LATE)], [pod('pending')], [ended], []]) {
      assert.equal(asItsPodsAre(reader, pods, earlier), reader);
    }
    assert.equal(asItsPodsAre(reader, PODS, undefined), reader);
    const semaphore = { workload: WORKLOAD, uses: [useWith({ way: 'semaphore' })] };
    assert.equal(asItsPodsAre(semaphore, PODS, earlier), semaphore);
  });

  it('keeps nothing at places that the kubelet has no part in, nor where it reads other keys', () => {
    const uses = [useWith({ ...MOUNTED, keys: ['a'] }), useWith({ way: 'semaphore', keys: ['b'] })];
    const kept = asItsPodsAre({ workload: WORKLOAD, uses }, PODS, earlier);
    const effect = (key: string) => effectOn(kept, { isImmutable: false, keys: [key] });
    assert.deepEqual(['a', 'b', 'c'].map(effect), ['recreate', 'live', undefined]);
  });
});
