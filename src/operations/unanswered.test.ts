import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../test/fakes/caches.ts';
import { changesOn } from '../../test/fakes/changesOn.ts';
import { FakeCluster } from '../../test/fakes/fakeCluster.ts';
import { FakeHistory } from '../../test/fakes/fakeHistory.ts';
import { failureOf } from '../../test/failureOf.ts';
import type { CacheContent } from '../domain/cache.ts';
import type { NewContent } from '../domain/plan/cachePlan.ts';
import { valueOf } from '../domain/content/content.ts';
import { Failure } from '../domain/failure.ts';
import { stateOf } from '../domain/plan/planState.ts';
import type { ChangeOutcome } from './changes.ts';

const NOW = new Date('2026-11-23T10:20:30.456Z');
const OLD = { 'a.json': '{"x":1,"y":2}', 'c.txt': 'kept' };
const CONTENT: readonly NewContent[] = [
  {
    key: 'a.json',
    source: { kind: 'url', url: 'https://example.com/a.json' },
    content: { bytes: utf8('{"x":1,"y":3}') },
  },
];
const unreachable = new Failure('It cannot be reached.', {
  ...{ reason: 'Unreachable', nextStep: 'retry' },
});
const live = (): AbortSignal => new AbortController().signal;

/** Lets something happen between each write and what follows it. */
function afterWrites(cluster: FakeCluster, happen: (cluster: FakeCluster) => void): void {
  const changeKeys: FakeCluster['changeKeys'] = cluster.changeKeys.bind(cluster);
  cluster.changeKeys = async (...of) => {
    const outcome = await changeKeys(...of);
    happen(cluster);
    return outcome;
  };
}

/** A plan on a cluster, and what the history was told of how its write ended. */
async function stage(cluster = new FakeCluster(cacheWith(OLD))) {
  const store = new FakeHistory();
  const { changes, history } = changesOn(cluster, () => NOW, store);
  const plan = await changes.plan(REF, CONTENT, live());
  const told = async () => {
    await history.settled();
    const [place] = await history.places(REF, live());
    const records = place === undefined ? [] : await store.records(place);
    return records.flatMap((record) => (record.kind === 'outcome' ? [record.written] : []));
  };
  return { cluster, changes, plan, told, apply: () => changes.apply(plan, live()) };
}

/** A write that is held up: it gets no answer, and reaches the cluster when it is told to. */
async function held() {
  const on = await stage();
  on.cluster.cut = 'before';
  const notYet = await on.apply();
  assert.ok(notYet.kind === 'notYet');
  const [sent] = on.cluster.writes;
  assert.ok(sent !== undefined && 'write' in sent);
  const arrive = () => on.cluster.changeKeys(sent.write, sent.resourceVersion, live());
  return { ...on, notYet, arrive };
}

/** The cache of now with another value of the key that was written. */
function overwritten(cluster: FakeCluster, text = '{"theirs":1}'): CacheContent {
  const now = cluster.peek(REF) ?? assert.fail();
  return { ...now, values: new Map([['a.json', valueOf(utf8(text))]]) };
}

/** The same question, which gets no answer twice. */
function breaking<Of extends readonly unknown[], T>(ask: (...of: Of) => Promise<T>) {
  let left = 2;
  return async (...of: Of): Promise<T> => {
    if (left-- > 0) throw unreachable;
    return await ask(...of);
  };
}

describe('A write without an answer', () => {
  it('is written where the cache, read again, holds the new content', async () => {
    const { cluster, apply, told } = await stage();
    cluster.cut = 'after';
    const outcome = await apply();
    const cache = cluster.peek(REF);
    assert.deepEqual(outcome, {
      kind: 'written',
      cache,
      confirmedByReading: true,
      write: 'write 1',
    });
    assert.equal(cluster.writes.length, 1);
    assert.deepEqual(await told(), [true]);
  });

  it('is not written so far where the cache, read again, is as it was, and nobody says more', async () => {
    const { cluster, told, notYet } = await held();
    assert.equal((await notYet.check(live())).kind, 'notYet');
    assert.equal(cluster.writes.length, 1, 'nothing is sent twice');
    assert.deepEqual(await told(), []);
  });

  it('is found where it is carried out after the cache was read again', async () => {
    const { cluster, told, notYet, arrive } = await held();
    await arrive();
    const cache = cluster.peek(REF);
    const found = await notYet.check(live());
    assert.deepEqual(found, { kind: 'written', cache, confirmedByReading: true, write: 'write 1' });
    assert.deepEqual(await told(), [true]);
  });

  it('is found where it is carried out late and written over', async () => {
    const { cluster, told, notYet, arrive } = await held();
    await arrive();
    cluster.put(overwritten(cluster));
    assert.equal((await notYet.check(live())).kind, 'overwritten');
    assert.deepEqual(await told(), [true]);
  });

  it('is ruled out where another write was faster: the one that was held up is refused', async () => {
    const { cluster, told, notYet, arrive } = await held();
    cluster.put(overwritten(cluster));
    assert.equal((await arrive()).kind, 'conflict');
    assert.equal((await notYet.check(live())).kind, 'conflict');
    assert.deepEqual(await told(), [false]);
  });

  it('is carried out once at most where it is sent again', async () => {
    const { cluster, apply, arrive } = await held();
    assert.equal((await apply()).kind, 'written');
    const { resourceVersion } = cluster.peek(REF) ?? assert.fail();
    assert.equal((await arrive()).kind, 'conflict');
    assert.equal(cluster.peek(REF)?.resourceVersion, resourceVersion);
  });

  const others = (fake: FakeCluster) => fake.put(overwritten(fake));
  const twice = (fake: FakeCluster) => [others(fake), fake.put(overwritten(fake, '{"more":1}'))];
  const same = (fake: FakeCluster) => fake.put(overwritten(fake, '{"x":1,"y":3}'));
  const deleted = (fake: FakeCluster) => {
    fake.delete(REF);
  };
  for (const [cut, what, happen, kind, written] of [
    ['after', 'somebody else wrote over it', others, 'overwritten', [true]],
    ['after', 'others wrote over it twice', twice, 'overwritten', [true]],
    ['after', 'it was deleted', deleted, 'overwritten', [true]],
    ['before', 'somebody else wrote', others, 'conflict', [false]],
    ['before', 'others wrote twice', twice, 'conflict', [false]],
    ['before', 'somebody else wrote the same', same, 'conflict', [false]],
    ['before', 'it was deleted', deleted, 'gone', [false]],
  ] as const) {
    const how = cut === 'after' ? 'carried out' : 'not carried out';
    it(`is found out by the states in between: ${how}, and ${what}`, async () => {
      const { cluster, apply, told } = await stage();
      cluster.cut = cut;
      afterWrites(cluster, happen);
      const outcome = await apply();
      assert.ok('plan' in outcome && outcome.kind === kind, outcome.kind);
      assert.equal(outcome.plan.before, cluster.peek(REF));
      assert.equal(cluster.writes.length, 1);
      assert.deepEqual(await told(), written);
    });
  }

  it('is not taken for what somebody else made under the name, with the same content', async () => {
    for (const [cut, kind] of [
      ['after', 'overwritten'],
      ['before', 'conflict'],
    ] as const) {
      const { cluster, apply } = await stage();
      cluster.cut = cut;
      afterWrites(cluster, () => {
        const [sent] = cluster.writes;
        assert.ok(sent !== undefined && 'write' in sent);
        const annotations = sent.write.annotations as Record<string, string>;
        const values = new Map([...cacheWith(OLD).values, ...sent.write.values]);
        cluster.delete(REF);
        cluster.put(cacheWith({}, { uid: 'another', annotations, values }));
      });
      assert.equal((await apply()).kind, kind);
    }
  });

  it('is not known where the server has forgotten the states in between, or does not tell them', async () => {
    for (const failure of [
      undefined,
      new Failure('You may not watch it.', { reason: 'Forbidden', nextStep: 'retry' }),
    ]) {
      for (const cut of ['before', 'after'] as const) {
        const { cluster, apply, told } = await stage();
        cluster.cut = cut;
        cluster.forgets = true;
        if (failure !== undefined) cluster.statesSince = () => Promise.reject(failure);
        afterWrites(cluster, others);
        const outcome = await apply();
        assert.ok(outcome.kind === 'overtaken');
        assert.deepEqual(outcome.plan.keys[0]?.diff?.removed, ['theirs']);
        assert.deepEqual(await told(), [], 'the history is not told what is not known');
      }
    }
  });

  it('has nothing more to change where somebody else wrote the same', async () => {
    const { cluster, apply } = await stage();
    cluster.cut = 'before';
    afterWrites(cluster, same);
    const outcome = await apply();
    assert.ok(outcome.kind === 'conflict');
    assert.equal(stateOf(outcome.plan).kind, 'nothingToChange');
  });

  it('is told apart the same way for a new cache', async () => {
    for (const [cut, kind] of [
      ['after', 'written'],
      ['before', 'notYet'],
    ] as const) {
      const { cluster, apply } = await stage(new FakeCluster());
      cluster.cut = cut;
      assert.equal((await apply()).kind, kind);
    }
  });

  it('is found out also where the connection breaks again', async () => {
    const { cluster, apply } = await stage();
    cluster.cut = 'after';
    afterWrites(cluster, others);
    cluster.readCache = breaking(cluster.readCache.bind(cluster));
    cluster.statesSince = breaking(cluster.statesSince.bind(cluster));
    assert.equal((await apply()).kind, 'overwritten');
  });

  it('is not known where the cache cannot be read afterwards', async () => {
    const { cluster, apply, told } = await stage();
    cluster.cut = 'after';
    cluster.readFailure = unreachable;
    const failure = await failureOf(apply());
    assert.equal(failure.reason, 'Unreachable');
    assert.match(failure.message, /argo\/workflow-cache.*not known/);
    assert.deepEqual(await told(), []);
  });
});

describe('An error of the server in place of an answer', () => {
  const failure = new Failure('The API server failed.', {
    reason: 'InternalError',
    nextStep: 'retry',
  });

  /** Applies a plan to which the server says that it failed, whether it has carried it out or not. */
  async function applied(cut: 'before' | 'after'): Promise<{
    readonly outcome: ChangeOutcome;
    readonly told: readonly boolean[];
  }> {
    const { cluster, apply, told } = await stage();
    cluster.cut = cut;
    const changeKeys: FakeCluster['changeKeys'] = cluster.changeKeys.bind(cluster);
    cluster.changeKeys = async (...of) => ({ ...(await changeKeys(...of)), failure });
    const outcome = await apply();
    return { outcome, told: await told() };
  }

  it('does not hide that it was written', async () => {
    const { outcome, told } = await applied('after');
    assert.ok('confirmedByReading' in outcome && outcome.confirmedByReading);
    assert.deepEqual(told, [true]);
  });

  it('is what the person is told where it was not seen', async () => {
    const { outcome, told } = await applied('before');
    assert.ok(outcome.kind === 'notYet');
    assert.equal(outcome.failure, failure);
    assert.deepEqual(told, []);
  });
});

describe('An abort in mid-write', () => {
  it('leaves open how it ended: it may have been written', async () => {
    const { cluster, apply, told } = await stage();
    const reason = new Error('The window is closed.');
    afterWrites(cluster, () => {
      throw reason;
    });
    await assert.rejects(apply(), (error) => error === reason);
    assert.deepEqual(await told(), []);
  });
});
