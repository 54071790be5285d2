import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { changesOn } from '../../../test/fakes/changesOn.ts';
import { FakeCluster } from '../../../test/fakes/fakeCluster.ts';
import { FakeHistory } from '../../../test/fakes/fakeHistory.ts';
import type { CacheContent } from '../../domain/cache.ts';
import { Failure } from '../../domain/failure.ts';
import { stateOf } from '../../domain/plan/planState.ts';
import type { NewContent } from '../../domain/plan/cachePlan.ts';
import { Undo } from './undo.ts';

const live = (): AbortSignal => new AbortController().signal;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const fromUrl = (key: string, text: string): NewContent => ({
  key,
  source: { kind: 'url', url: `https://example.com/${key}` },
  content: { bytes: utf8(text) },
});
const typed = (key: string, text: string | undefined): NewContent => ({
  key,
  source: { kind: 'editor' },
  content: text === undefined ? undefined : { bytes: utf8(text) },
});

/** A cluster with a cache, what changes it, and what is kept. Each moment is a second later. */
function stage(cache: CacheContent = cacheWith({ 'a.txt': 'one', 'b.txt': 'kept' })) {
  const cluster = new FakeCluster(cache);
  const store = new FakeHistory();
  const clock = { seconds: 0 };
  const now = () => new Date(Date.UTC(2026, 10, 24, 0, 0, clock.seconds++));
  const log: string[] = [];
  const { changes, history } = changesOn(cluster, now, store, (line) => log.push(line));
  const undo = new Undo(store, { history, changes, cluster });
  const apply = async (...contents: readonly NewContent[]) =>
    await changes.apply(await changes.plan(REF, contents, live()), live());
  const takeBack = async () => {
    const plan = await undo.planUndo(REF, live());
    return { plan, outcome: await changes.apply(plan, live()) };
  };
  const textOf = (key: string): string | undefined => {
    const value = cluster.peek(REF)?.values.get(key);
    return value && Buffer.from(value.bytes).toString();
  };
  const kept = async (key?: string): Promise<readonly string[]> =>
    (await undo.past(REF, live())).versions(key).map((version) => version.sha256);
  return { cluster, store, clock, log, changes, history, undo, apply, takeBack, textOf, kept };
}

describe('The history', () => {
  it('holds what is replaced, and what it is replaced by, before the write is sent', async () => {
    const { cluster, store, apply, kept } = stage();
    let keptBefore: readonly string[] = [];
    const changeKeys = cluster.changeKeys.bind(cluster);
    cluster.changeKeys = async (...of) => {
      keptBefore = [...store.contents.keys()];
      return await changeKeys(...of);
    };
    await apply(fromUrl('a.txt', 'two'));
    assert.deepEqual([...keptBefore].sort(), ['one', 'two', 'kept'].map(sha256).sort());
    assert.deepEqual(await kept('a.txt'), [sha256('two'), sha256('one')]);
  });

  it('holds what we replaced once, also where the watch is faster than the answer', async () => {
    const { cluster, history, apply, kept } = stage();
    const changeKeys = cluster.changeKeys.bind(cluster);
    cluster.changeKeys = async (...of) => {
      const outcome = await changeKeys(...of);
      if (outcome.kind === 'written') history.saw(outcome.cache);
      return outcome;
    };
    history.saw(cluster.peek(REF) ?? assert.fail());
    await apply(fromUrl('a.txt', 'two'));
    await apply(fromUrl('a.txt', 'three'));
    assert.deepEqual(await kept('a.txt'), ['three', 'two', 'one'].map(sha256));
  });

  it('holds what we replace also where it was kept before and is gone from the disk', async () => {
    const { store, apply, takeBack, textOf } = stage();
    await apply(fromUrl('a.txt', 'two'));
    store.contents.delete(sha256('two'));
    await apply(fromUrl('a.txt', 'three'));
    await takeBack();
    assert.equal(textOf('a.txt'), 'two');
  });

  it('holds what others replace also where it was kept before and is gone from the disk', async () => {
    const { cluster, store, history, apply, kept } = stage();
    await apply(fromUrl('a.txt', 'two'));
    store.contents.clear();
    history.saw(cluster.put(cacheWith({ 'a.txt': 'theirs', 'b.txt': 'kept' })));
    assert.deepEqual(await kept('a.txt'), [sha256('two'), sha256('one')], 'and nothing twice');
    assert.deepEqual([...store.contents.keys()], [sha256('two')]);
  });

  it('holds what is written into a cache that is created, before it is sent', async () => {
    const { cluster, store, apply, undo } = stage();
    cluster.delete(REF);
    const createCache = cluster.createCache.bind(cluster);
    let keptBefore: readonly string[] = [];
    cluster.createCache = async (...of) => {
      keptBefore = (await undo.past(REF, live())).versions().map((each) => each.sha256);
      return await createCache(...of);
    };
    await apply(fromUrl('a.txt', 'new'));
    assert.deepEqual(keptBefore, [sha256('new')]);
    assert.deepEqual([...store.contents.keys()], [sha256('new')]);
    const past = await undo.past(REF, live());
    const uid = cluster.peek(REF)?.uid ?? assert.fail();
    assert.deepEqual(past.uids(), [uid]);
    assert.deepEqual(
      past.versions().map(({ certain, ...of }) => [of.uid, of.sha256, certain]),
      [[uid, sha256('new'), true]],
    );
    assert.deepEqual(past.last(uid)?.snapshot.keys, ['a.txt']);
  });

  it('that cannot be written keeps a cache from being created', async () => {
    const { cluster, store, apply } = stage();
    cluster.delete(REF);
    store.failure = new Failure('The disk is full.', { reason: 'History', nextStep: 'showLog' });
    await assert.rejects(apply(fromUrl('a.txt', 'new')), /The disk is full/);
    assert.deepEqual(cluster.writes, []);
  });

  it('passes over an answer that is older than what was told meanwhile', async () => {
    const { cluster, history, kept } = stage();
    const text = (value: string) => cluster.put(cacheWith({ 'a.txt': value }));
    history.saw(text('one'));
    const answer = history.asks(REF);
    const [old, now] = [text('two'), text('three')];
    history.saw(old);
    history.saw(now);
    answer(old);
    history.asks(REF)(text('four'));
    assert.deepEqual(await kept('a.txt'), ['three', 'two', 'one'].map(sha256));
    const late = history.asks(REF);
    history.saw(text('five'));
    late(undefined);
    history.saw(text('six'));
    assert.deepEqual((await kept('a.txt'))[0], sha256('five'));
    history.saw(old);
    history.lost(REF);
    assert.deepEqual((await kept('a.txt'))[0], sha256('six'));
  });

  it('goes on where a cluster was set back to an older state, as a list or an answer tells', async () => {
    const { cluster, history, kept } = stage();
    const old = cluster.put(cacheWith({ 'a.txt': 'old' }));
    history.saw(cluster.put(cacheWith({ 'a.txt': 'new' })));
    history.asks(REF)(old);
    history.lost(REF);
    assert.deepEqual(await kept('a.txt'), [sha256('old'), sha256('new')]);
  });

  it('holds in the end what could not be kept at first', async () => {
    const { cluster, store, history, log, kept } = stage();
    history.saw(cluster.put(cacheWith({ 'a.txt': 'two' })));
    store.failure = new Error('The disk is full.');
    history.saw(cluster.put(cacheWith({ 'a.txt': 'three' })));
    assert.deepEqual(await kept(), []);
    assert.match(log.join(), /of argo\/workflow-cache could not be kept yet.*The disk is full/);
    store.failure = undefined;
    assert.deepEqual(await kept(), [sha256('two')]);
    assert.equal(log.length, 1);
  });

  it('that cannot be written keeps the write from being sent', async () => {
    const { cluster, store, apply } = stage();
    const failure = new Failure('The disk is full.', { reason: 'History', nextStep: 'showLog' });
    store.failure = failure;
    await assert.rejects(apply(fromUrl('a.txt', 'two')), (error) => error === failure);
    assert.deepEqual(cluster.writes, []);
  });

  it('does not show what was not written in the end', async () => {
    const { cluster, changes, kept } = stage();
    const plan = await changes.plan(REF, [fromUrl('a.txt', 'two')], live());
    cluster.put(cacheWith({ 'a.txt': 'theirs' }));
    assert.equal((await changes.apply(plan, live())).kind, 'conflict');
    assert.deepEqual(await kept('a.txt'), [sha256('one')]);
  });

  it('says where nobody saw the end of a write', async () => {
    const { cluster, changes, undo } = stage();
    const plan = await changes.plan(REF, [fromUrl('a.txt', 'two')], live());
    cluster.cut = 'after';
    cluster.readFailure = new Failure('Gone.', { reason: 'Unreachable', nextStep: 'retry' });
    await assert.rejects(changes.apply(plan, live()));
    cluster.readFailure = undefined;
    const past = await undo.past(REF, live());
    assert.deepEqual(
      past.versions('a.txt').map(({ certain }) => certain),
      [false, true],
    );
  });

  it('holds what others replaced after it was read, and nothing twice', async () => {
    const { cluster, history, kept } = stage();
    for (const text of ['one', 'two', 'two', 'three']) {
      history.saw(cluster.put(cacheWith({ 'a.txt': text, 'b.txt': 'kept' })));
    }
    assert.deepEqual(await kept('a.txt'), [sha256('two'), sha256('one')]);
    assert.deepEqual(await kept('b.txt'), []);
  });

  it('holds nothing of memoization maps but what is deleted', async () => {
    const labels = { 'workflows.argoproj.io/configmap-type': 'Cache' };
    const map = cacheWith({ hit: '{"nodeID":"a"}', other: '{"nodeID":"b"}' }, { labels });
    const { cluster, history, apply, kept } = stage(map);
    history.saw(cluster.put(map));
    history.saw(cluster.put(cacheWith({ hit: '{"nodeID":"c"}' }, { labels })));
    assert.deepEqual(await kept(), []);
    await apply(typed('hit', undefined));
    assert.deepEqual(await kept(), [sha256('{"nodeID":"c"}')]);
  });

  it('tells by whom, when and from where a content was', async () => {
    const writers = [
      { manager: 'kubectl', time: '2026-11-23T01:00:00Z', keys: ['a.txt'] },
      { manager: 'helm', time: '2026-11-23T02:00:00Z', keys: ['b.txt'] },
    ];
    const annotations = { 'source.cache-configmaps.dev/b.txt': 'https://example.com/b' };
    const { apply, undo } = stage(
      cacheWith({ 'a.txt': 'one', 'b.txt': 'kept' }, { writers, annotations }),
    );
    await apply(fromUrl('a.txt', 'two'));
    const past = await undo.past(REF, live());
    const told = ['a.txt', 'b.txt'].flatMap((key) =>
      past.versions(key).map(({ manager, facts }) => [key, manager, facts.source]),
    );
    assert.deepEqual(told, [
      ['a.txt', 'cache-configmaps', 'https://example.com/a.txt'],
      ['a.txt', 'kubectl', undefined],
      ['b.txt', 'helm', 'https://example.com/b'],
    ]);
  });
});

describe('Undo', () => {
  it('restores what was before, with its facts, and is itself undone by the next one', async () => {
    const annotations = {
      'source.cache-configmaps.dev/a.txt': 'https://example.com/old',
      'refreshed.cache-configmaps.dev/a.txt': '2026-01-01T00:00:00Z',
      'max-age.cache-configmaps.dev/a.txt': '24h',
    };
    const { cluster, apply, takeBack, textOf } = stage(
      cacheWith({ 'a.txt': 'one' }, { annotations }),
    );
    await apply(fromUrl('a.txt', 'two'));
    await takeBack();
    assert.equal(textOf('a.txt'), 'one');
    assert.deepEqual(cluster.peek(REF)?.annotations, annotations);
    await takeBack();
    assert.equal(textOf('a.txt'), 'two');
    await takeBack();
    assert.equal(textOf('a.txt'), 'one');
  });

  it('restores what was before though the clock was set back meanwhile', async () => {
    const { clock, apply, takeBack, textOf, kept } = stage();
    clock.seconds = 3600;
    await apply(fromUrl('a.txt', 'two'));
    clock.seconds = 0;
    await apply(fromUrl('a.txt', 'three'));
    assert.deepEqual(await kept('a.txt'), ['three', 'two', 'one'].map(sha256));
    await takeBack();
    assert.equal(textOf('a.txt'), 'two');
  });

  it('takes back the return of a deleted cache as well: its keys are deleted', async () => {
    const { cluster, history, apply, undo, changes, takeBack } = stage();
    await apply(fromUrl('a.txt', 'two'));
    cluster.delete(REF);
    history.lost(REF);
    const [uid = ''] = (await undo.past(REF, live())).uids();
    await changes.apply(await undo.planReturn(REF, uid, live()), live());
    const { plan } = await takeBack();
    assert.deepEqual(
      plan.keys.map(({ key, after }) => [key, after]),
      [
        ['a.txt', undefined],
        ['b.txt', undefined],
      ],
    );
    await takeBack();
    assert.deepEqual([...(cluster.peek(REF)?.keys ?? [])], ['a.txt', 'b.txt']);
  });

  it('takes back all keys of one write: changed, added and deleted ones', async () => {
    const { apply, takeBack, cluster } = stage();
    const before = cluster.peek(REF)?.values;
    await apply(fromUrl('a.txt', 'two'), fromUrl('c.txt', 'new'), typed('b.txt', undefined));
    assert.deepEqual([...(cluster.peek(REF)?.values.keys() ?? [])].sort(), ['a.txt', 'c.txt']);
    const { plan } = await takeBack();
    assert.equal(stateOf(plan).kind, 'ask', 'a key is deleted');
    const after = new Map([...(cluster.peek(REF)?.values ?? [])].sort());
    assert.deepEqual(after, before);
  });

  it('is a conflict where somebody writes meanwhile, like any other plan', async () => {
    const { cluster, apply, undo, changes, textOf } = stage();
    await apply(fromUrl('a.txt', 'two'));
    const plan = await undo.planUndo(REF, live());
    cluster.put(cacheWith({ 'a.txt': 'theirs' }));
    assert.equal((await changes.apply(plan, live())).kind, 'conflict');
    assert.equal(textOf('a.txt'), 'theirs');
  });

  it('goes past a write that never reached the cluster', async () => {
    const { cluster, changes, apply, takeBack, textOf } = stage();
    await apply(fromUrl('a.txt', 'two'));
    const plan = await changes.plan(REF, [fromUrl('a.txt', 'three')], live());
    cluster.cut = 'before';
    cluster.readFailure = new Failure('Gone.', { reason: 'Unreachable', nextStep: 'retry' });
    await assert.rejects(changes.apply(plan, live()));
    cluster.readFailure = undefined;
    await takeBack();
    assert.equal(textOf('a.txt'), 'one');
  });

  it('knows nothing to take back where nothing was written', async () => {
    const { undo } = stage();
    await assert.rejects(undo.planUndo(REF, live()), /knows no refresh of argo\/workflow-cache/);
  });

  it('brings a deleted cache back with labels, annotations and the keys that it had', async () => {
    const other = { labels: { team: 'b' }, annotations: { 'example.com/a': 'b' } };
    const cache = cacheWith({ 'a.txt': 'one', 'b.txt': 'kept', 'c.txt': 'old' }, other);
    const { cluster, history, apply, undo, changes } = stage(cache);
    await apply(fromUrl('a.txt', 'two'), typed('c.txt', undefined), fromUrl('d.txt', 'new'));
    const before = cluster.peek(REF);
    assert.ok(before);
    cluster.delete(REF);
    history.lost(REF);
    const [uid = ''] = (await undo.past(REF, live())).uids();
    const plan = await undo.planReturn(REF, uid, live());
    await changes.apply(plan, live());
    const { values, labels, annotations } = cluster.peek(REF) ?? assert.fail();
    assert.deepEqual([labels, annotations], [before.labels, before.annotations]);
    assert.deepEqual(new Map([...values].sort()), new Map([...before.values].sort()));
  });
});
