import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { changesOn } from '../../../test/fakes/changesOn.ts';
import { FakeCluster } from '../../../test/fakes/fakeCluster.ts';
import type { CachePlan } from '../../domain/plan/cachePlan.ts';
import { isFailure } from '../../domain/failure.ts';
import { stateOf } from '../../domain/plan/planState.ts';
import { planCopy } from './keyCopies.ts';

const NOW = new Date('2026-11-23T10:20:30Z');
const live = (): AbortSignal => new AbortController().signal;
const cacheOf = (content: string, source: string) => {
  const annotations = { 'source.cache-configmaps.dev/a.txt': source };
  return cacheWith({ 'a.txt': content, 'b.txt': 'other' }, { annotations });
};

/** A cache whose key a.txt is changed by others as soon as it was read for the first time. */
function stage(happen: (cluster: FakeCluster) => void = () => undefined) {
  const cluster = new FakeCluster(cacheOf('old', 'file:old'));
  const { changes } = changesOn(cluster, () => NOW);
  const readCache = cluster.readCache.bind(cluster);
  let isFirst = true;
  const hasty = {
    readCache: async (...of: Parameters<typeof readCache>) => {
      const cache = await readCache(...of);
      if (isFirst) happen(cluster);
      isFirst = false;
      return cache;
    },
  };
  const plan = (keepsOld: boolean) =>
    planCopy(
      { cluster: hasty, changes },
      { ref: REF, key: 'a.txt', other: 'c.txt', keepsOld },
      live(),
    );
  return { cluster, changes, plan };
}

const told = ({ keys }: CachePlan) =>
  keys.map(({ key, after }) => [key, after && new TextDecoder().decode(after.bytes)]);
const change = (cluster: FakeCluster): void => {
  cluster.put(cacheOf('new', 'file:new'));
};

describe('Copying and renaming a key', () => {
  it('takes the content of the version on which the plan stands, and its source', async () => {
    const { plan } = stage(change);
    const copied = await plan(true);
    assert.deepEqual(told(copied), [['c.txt', 'new']]);
    const [{ source } = assert.fail()] = copied.keys;
    assert.deepEqual(source.kind === 'key' && source.facts, { source: 'file:new' });
  });

  it('loses nothing where the old name goes, and so asks nothing', async () => {
    const renamed = await stage(change).plan(false);
    assert.deepEqual(told(renamed), [
      ['c.txt', 'new'],
      ['a.txt', undefined],
    ]);
    assert.equal(stateOf(renamed).kind, 'ready');
  });

  for (const keepsOld of [true, false]) {
    it(`takes what is there by then where a change is met, ${keepsOld ? 'copying' : 'renaming'}`, async () => {
      const { cluster, changes, plan } = stage();
      const first = await plan(keepsOld);
      change(cluster);
      const outcome = await changes.apply(first, live());
      assert.ok(outcome.kind === 'conflict');
      assert.deepEqual(told(outcome.plan)[0], ['c.txt', 'new']);
      assert.equal((await changes.apply(outcome.plan, live())).kind, 'written');
      const now = cluster.peek(REF) ?? assert.fail();
      assert.deepEqual(now.values.get('c.txt')?.bytes, utf8('new'));
      assert.equal(now.annotations['source.cache-configmaps.dev/c.txt'], 'file:new');
      assert.equal(now.values.has('a.txt'), keepsOld);
    });
  }

  it('leaves another form of the content, such as a smaller one, as it is', async () => {
    const { changes, plan } = stage();
    const [{ source } = assert.fail()] = (await plan(true)).keys;
    const packed = { key: 'c.txt', source, content: { bytes: utf8('o') } };
    assert.deepEqual(told(await changes.plan(REF, [packed], live())), [['c.txt', 'o']]);
  });

  const gone = [
    [
      'the cache',
      (cluster: FakeCluster) => {
        cluster.delete(REF);
      },
      /does not exist any more/,
    ],
    [
      'the key',
      (cluster: FakeCluster) => {
        cluster.put(cacheWith({ 'b.txt': 'x' }));
      },
      /no key a\.txt/,
    ],
  ] as const;
  for (const [what, happen, words] of gone) {
    it(`fails where ${what} went before or meanwhile`, async () => {
      const before = stage();
      happen(before.cluster);
      for (const { plan } of [stage(happen), before]) {
        await assert.rejects(plan(true), (error) => isFailure(error) && words.test(error.message));
      }
    });
  }
});
