import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../../test/fakes/caches.ts';
import type { CacheContent } from '../../domain/cache.ts';
import { detailOf } from '../../domain/detail.ts';
import type { HistoryRecord } from '../../domain/history/history.ts';
import { Past } from '../../domain/history/past.ts';
import { ChangeTimes } from './changeTimes.ts';

const [EARLY, LATE] = ['2026-11-24T01:00:00Z', '2026-11-24T03:00:00Z'];
const never = new AbortController().signal;

/** A cache of two keys that one manager wrote last, whatever of them it was. */
const CACHE = cacheWith(
  { a: 'one', b: 'two' },
  { writers: [{ manager: 'cache-configmaps', time: LATE, keys: ['a', 'b'] }] },
);

const version = (key: string, sha256: string, more: object = {}): HistoryRecord => ({
  kind: 'version',
  ...{ at: EARLY, time: EARLY, uid: CACHE.uid, key, sha256, bytes: 3, stored: 'text', facts: {} },
  ...more,
});

/** The times for the cache, where the history holds these records and the keys these digests. */
async function timesOf(
  records: readonly HistoryRecord[],
  { cache = CACHE, a = 'digest of a' }: { cache?: CacheContent; a?: string } = {},
) {
  let looks = 0;
  const now = new Map([
    ['a', a],
    ['b', 'digest of b'],
  ]);
  const look = () => {
    looks += 1;
    return Promise.resolve({ past: new Past(records), cache, now });
  };
  const times = new ChangeTimes({ look });
  const found = await times.of(REF, detailOf(cache), never);
  await times.of(REF, detailOf(cache), never);
  assert.equal(looks, 1, 'a version is looked up once');
  return found.times;
}

describe('When the content of a key changed', () => {
  it('is as the cluster tells where the history knows nothing', async () => {
    const times = await timesOf([]);
    assert.deepEqual([...times.values()], [Date.parse(LATE), Date.parse(LATE)]);
  });

  const written = (at: string): HistoryRecord => ({
    ...{ kind: 'write', at, uid: CACHE.uid, id: `write at ${at}`, keys: [] },
  });

  it('is as the history tells where we wrote another key later, which has the same manager', async () => {
    const times = await timesOf([version('a', 'digest of a'), written(EARLY), written(LATE)]);
    assert.equal(times.get('a'), Date.parse(EARLY));
    assert.equal(times.get('b'), Date.parse(LATE));
  });

  it('is later by what the clock of this machine is behind', async () => {
    // Our last write was at three by the cluster's clock, and at half past two by ours.
    const records = [version('a', 'digest of a'), written(EARLY), written('2026-11-24T02:30:00Z')];
    const behind = 30 * 60_000;
    assert.equal((await timesOf(records)).get('a'), Date.parse(EARLY) + behind);
  });

  it('is not later than the cluster tells, and not earlier where our clock is ahead', async () => {
    const ahead = '2026-11-24T05:00:00Z';
    const records = [version('a', 'digest of a', { at: ahead, time: ahead }), written(ahead)];
    assert.equal((await timesOf(records)).get('a'), Date.parse(LATE));
    const early = [version('a', 'digest of a'), written(EARLY), written(ahead)];
    assert.equal((await timesOf(early)).get('a'), Date.parse(EARLY));
  });

  it('is as the cluster tells where another machine wrote by our name after us', async () => {
    const records = [version('a', 'digest of a'), written(EARLY)];
    assert.equal((await timesOf(records)).get('a'), Date.parse(LATE));
  });

  it('is as the cluster tells where others changed it and changed it back unseen', async () => {
    const writers = [{ manager: 'kubectl-edit', time: LATE, keys: ['a'] }];
    const cache = { ...CACHE, writers };
    const seen = version('a', 'digest of a', { manager: 'kubectl-edit' });
    assert.equal((await timesOf([seen], { cache })).get('a'), Date.parse(LATE));
  });

  it('is as the history tells where managedFields tell nothing, but never before the creation', async () => {
    const cache = { ...CACHE, writers: [] };
    const [ours, old] = [
      version('a', 'digest of a'),
      version('b', 'digest of b', { time: '2020-01-01T00:00:00Z' }),
    ];
    const times = await timesOf([ours, old], { cache });
    assert.equal(times.get('a'), Date.parse(EARLY));
    assert.equal(times.get('b'), Date.parse(CACHE.createdAt));
  });

  it('is not that of the same content under another uid, or of an older content', async () => {
    for (const record of [version('a', 'digest of a', { uid: 'another' }), version('a', 'older')]) {
      assert.equal((await timesOf([record])).get('a'), Date.parse(LATE));
    }
    const again = [version('a', 'digest of a'), version('a', 'newer')];
    assert.equal((await timesOf(again)).get('a'), Date.parse(LATE));
  });

  it('is as the cluster tells where the cache has changed meanwhile, or the history cannot be read', async () => {
    const changed = { ...CACHE, resourceVersion: '42' };
    const records = [version('a', 'digest of a')];
    assert.equal((await timesOf(records, { cache: changed })).get('a'), Date.parse(LATE));
    const broken = new ChangeTimes({ look: () => Promise.reject(new Error('It is broken.')) });
    const { times } = await broken.of(REF, detailOf(CACHE), never);
    assert.equal(times.get('a'), Date.parse(LATE));
  });
});
