import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../../test/fakes/caches.ts';
import type { CacheContent } from '../../domain/cache.ts';
import { detailOf } from '../../domain/detail.ts';
import type { HistoryRecord } from '../../domain/history/history.ts';
import { Past } from '../../domain/history/past.ts';
import { typed, undoStage } from '../../../test/fakes/undoStage.ts';
import type { KeyTimes } from '../../domain/readers/stalePods.ts';
import { ChangeTimes } from './changeTimes.ts';
import type { Look } from '../history/undo.ts';

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

/** What is told of the cache, where the history holds these records and the keys these digests. */
async function toldOf(
  records: readonly HistoryRecord[],
  { cache = CACHE, a = 'digest of a' }: { cache?: CacheContent; a?: string } = {},
): Promise<KeyTimes> {
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
  assert.deepEqual(await times.earlier(REF, never), found.earlier);
  return found;
}

const timesOf = async (...of: Parameters<typeof toldOf>) => (await toldOf(...of)).times;

const snapshot = (uid: string, immutable: boolean): HistoryRecord => ({
  ...{ kind: 'snapshot', at: EARLY, uid, labels: {}, annotations: {}, immutable, keys: [] },
});

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
    const cache = { ...CACHE, resourceVersion: '42' };
    const past = new Past([version('a', 'digest of a'), written(EARLY), written(LATE)]);
    const now = new Map([['a', 'digest of a']]);
    const looks: Look[] = [
      { past, cache, now },
      { past, cache: CACHE, now },
    ];
    const look = () => {
      const next = looks.shift();
      return next === undefined
        ? Promise.reject(new Error('It is broken.'))
        : Promise.resolve(next);
    };
    const times = new ChangeTimes({ look });
    const changed = async (detail = detailOf(CACHE)) =>
      (await times.of(REF, detail, never)).times.get('a');
    assert.equal(await changed(), Date.parse(LATE));
    assert.equal(await changed(), Date.parse(EARLY), 'what failed is looked up again');
    assert.equal(await changed(detailOf(cache)), Date.parse(LATE), 'it is broken');
  });
});

describe('When a key was removed', () => {
  const gone = (at: string, more: object = {}) => version('gone', 'digest', { at, ...more });
  const removedAt = async (...records: readonly HistoryRecord[]) =>
    (await timesOf(records)).get('gone');

  it('is when the history kept it last', async () => {
    assert.equal(await removedAt(gone(EARLY), gone(LATE)), Date.parse(LATE));
    assert.equal(await removedAt(gone(LATE, { sha256: 'other' }), gone(EARLY)), Date.parse(EARLY));
  });

  it('is when we removed it, and when it was found that others had', async () => {
    const { cluster, history, undo, apply } = undoStage();
    await apply(typed('a.txt', undefined));
    const change = new ChangeTimes(undo);
    const told = async () => {
      const cache = cluster.peek(REF) ?? assert.fail();
      return (await change.of(REF, detailOf(cache), never)).times;
    };
    const written = (await undo.past(REF, never)).lastWrittenAt(cluster.peek(REF)?.uid ?? '');
    assert.equal((await told()).get('a.txt'), Date.parse(written ?? ''));
    assert.ok(!(await told()).has('gone'));
    history.found(cluster.peek(REF) ?? assert.fail());
    history.found(cluster.put({ ...(cluster.peek(REF) ?? assert.fail()), values: new Map() }));
    assert.deepEqual([...(await told()).keys()].sort(), ['a.txt', 'b.txt']);
  });

  it('is later by what the clock of this machine is behind', async () => {
    const last: HistoryRecord = {
      ...{ kind: 'write', at: EARLY, uid: CACHE.uid, id: 'w', keys: [] },
    };
    assert.equal(await removedAt(gone(EARLY), last), Date.parse(LATE));
  });

  it('is not known of one that an earlier ConfigMap had, or of which nobody knows that it was there', async () => {
    assert.equal(await removedAt(gone(LATE, { uid: 'another' })), undefined);
    assert.equal(await removedAt(gone(LATE, { write: 'unknown' })), undefined);
    assert.equal(await removedAt(version('a', 'older')), undefined);
    assert.ok(!(await timesOf([])).has('gone'));
  });
});

describe('What was there before a cache', () => {
  it('is as the history tells', async () => {
    const { earlier } = await toldOf([snapshot('old', true)]);
    assert.deepEqual(earlier, { until: Date.parse(CACHE.createdAt), isCertain: true });
    assert.equal((await toldOf([snapshot('old', false)])).earlier, undefined);
  });

  it('is unknown where the history cannot be read, and nothing where there is no cache', async () => {
    const broken = new ChangeTimes({ look: () => Promise.reject(new Error('It is broken.')) });
    const { earlier } = await broken.of(REF, detailOf(CACHE), never);
    assert.equal(earlier?.isCertain, false);
    assert.equal(await broken.earlier(REF, never), undefined);
    const look = { past: new Past([snapshot('old', true)]), cache: undefined, now: new Map() };
    const none = new ChangeTimes({ look: () => Promise.resolve(look) });
    assert.equal(await none.earlier(REF, never), undefined);
  });
});
