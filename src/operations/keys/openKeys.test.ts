import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { changesOn } from '../../../test/fakes/changesOn.ts';
import { FakeCluster } from '../../../test/fakes/fakeCluster.ts';
import type { CacheContent } from '../../domain/cache.ts';
import { Failure } from '../../domain/failure.ts';
import { stateOf } from '../../domain/plan/planState.ts';
import type { KeyAddress } from './keyAddress.ts';
import { OpenKeys } from './openKeys.ts';
import type { FollowListener } from '../ports.ts';
import { Rights } from '../rights.ts';

const live = (): AbortSignal => new AbortController().signal;
const lost = new Failure('It cannot be reached.', { reason: 'Unreachable', nextStep: 'retry' });

/** A cluster with a cache that is followed, and what is open of it. */
function stage(first: CacheContent = cacheWith({ 'a.txt': 'one', 'b.txt': 'other' })) {
  const cluster = new FakeCluster(first);
  let heard: FollowListener<CacheContent> = () => undefined;
  let reads = 0;
  const readCache = cluster.readCache.bind(cluster);
  cluster.readCache = async (...of) => {
    reads++;
    return await readCache(...of);
  };
  Object.assign(cluster, {
    followContexts: () => undefined,
    followContent: (_: unknown, listener: FollowListener<CacheContent>) => {
      heard = listener;
      const cache = cluster.peek(REF);
      listener({ kind: 'all', items: cache === undefined ? [] : [cache] });
    },
    may: () => Promise.resolve(allowed),
  });
  let allowed = true;
  const { changes } = changesOn(cluster);
  const rights = new Rights(cluster);
  const keys = new OpenKeys(cluster, { changes, rights, now: () => 0 });
  const { uid } = cluster.peek(REF) ?? assert.fail();
  const address: KeyAddress = { ref: REF, uid, key: 'a.txt' };
  return {
    cluster,
    changes,
    keys,
    rights,
    address,
    forbid: () => {
      allowed = false;
    },
    /** Reads the key as a document does that shows it, and says what it is told of it. */
    show: async (end = new AbortController()) => {
      const told: string[] = [];
      await keys.read(address, live());
      keys.shown(address, keys.lastRead(address));
      keys.follow(address, (change) => told.push(change), end.signal);
      return told;
    },
    reads: () => reads,
    /** Somebody else writes, and the watch tells. */
    theirs: (cache: CacheContent) => {
      const item = cluster.put(cache);
      heard({ kind: 'changed', item });
      return item;
    },
    tell: (event: Parameters<typeof heard>[0]) => {
      heard(event);
    },
  };
}

describe('A key as a file', () => {
  it('has its true size, and the time of its last write', async () => {
    const writers = [
      { manager: 'a', time: '2026-11-23T01:00:00Z', keys: ['a.txt', 'b.txt'] },
      { manager: 'b', time: '2026-11-23T02:00:00Z', keys: ['a.txt'] },
      { manager: 'c', time: '2026-11-23T03:00:00Z', keys: ['b.txt'] },
    ];
    const { keys, address } = stage(cacheWith({ 'a.txt': 'ünï', 'b.txt': '' }, { writers }));
    assert.deepEqual(await keys.stat(address, live()), {
      bytes: 5,
      created: Date.parse('2026-01-02T03:04:05Z'),
      changed: Date.parse('2026-11-23T02:00:00Z'),
      readOnly: undefined,
    });
  });

  it('is a newer file after each change of it, and the same one after a change of another key', async () => {
    const { keys, address, theirs } = stage();
    const { changed } = await keys.stat(address, live());
    theirs(cacheWith({ 'a.txt': 'one', 'b.txt': 'changed' }));
    assert.equal((await keys.stat(address, live())).changed, changed);
    theirs(cacheWith({ 'a.txt': 'two', 'b.txt': 'changed' }));
    const second = (await keys.stat(address, live())).changed;
    assert.ok(second > changed);
    theirs(cacheWith({ 'a.txt': 'one', 'b.txt': 'changed' }));
    assert.ok((await keys.stat(address, live())).changed > second);
  });

  it('has a time that never goes back, whatever the clocks of its writers say', async () => {
    const { keys, address, theirs, tell, show } = stage();
    await show();
    const at = async () => (await keys.stat(address, live())).changed;
    const by = (text: string, time: string) =>
      cacheWith({ 'a.txt': text }, { writers: [{ manager: 'a', time, keys: ['a.txt'] }] });
    let last = await at();
    const first = theirs(by('two', '2026-11-23T02:00:00Z'));
    for (const change of [
      () => theirs(by('three', '2026-11-23T01:00:00Z')),
      () => theirs(by('four', '2026-11-23T01:00:00Z')),
      () => theirs(by('five', '2026-11-23T03:00:00Z')),
      // The cluster was set back to a backup.
      () => {
        tell({ kind: 'all', items: [first] });
      },
    ]) {
      change();
      const now = await at();
      assert.ok(now > last);
      last = now;
    }
    assert.ok(last > Date.parse('2026-11-23T03:00:00Z'));
  });

  it('is followed, so that nothing more is asked while the watch is live', async () => {
    const { keys, address, reads, tell } = stage();
    await keys.stat(address, live());
    assert.deepEqual(await keys.read(address, live()), utf8('one'));
    assert.equal(reads(), 0);
    tell({ kind: 'failed', failure: lost });
    await keys.stat(address, live());
    assert.equal(reads(), 1);
  });

  it('tells its editor of changes and deletions, and not of other keys', async () => {
    const { keys, address, theirs, tell } = stage();
    const told: string[] = [];
    const end = new AbortController();
    await keys.stat(address, live());
    keys.follow(address, (change) => told.push(change), end.signal);
    theirs(cacheWith({ 'a.txt': 'one', 'b.txt': 'changed' }));
    assert.deepEqual(told, []);
    theirs(cacheWith({ 'a.txt': 'two' }));
    const last = theirs(cacheWith({ 'b.txt': 'only' }));
    tell({ kind: 'removed', item: last });
    theirs(cacheWith({ 'a.txt': 'again' }, { uid: 'another' }));
    assert.deepEqual(told, ['changed', 'removed', 'removed', 'removed']);
    end.abort();
    theirs(cacheWith({ 'a.txt': 'later' }));
    assert.equal(told.length, 4);
  });

  it('of a cache that was deleted, or deleted and created again, is not there', async () => {
    const { cluster, keys, address, tell } = stage();
    await keys.stat(address, live());
    await assert.rejects(keys.stat({ ...address, key: 'none' }, live()), /no key none any more/);
    const again = cluster.put(cacheWith({ 'a.txt': 'again' }, { uid: 'another' }));
    tell({ kind: 'changed', item: again });
    for (const ask of [
      () => keys.stat(address, live()),
      () => keys.read(address, live()),
      () => keys.planSave(address, utf8('mine'), live()),
    ]) {
      await assert.rejects(ask, /deleted and created again/);
    }
    cluster.delete(REF);
    tell({ kind: 'removed', item: again });
    await assert.rejects(keys.stat(address, live()), /does not exist any more/);
    await assert.rejects(keys.planSave(address, utf8('mine'), live()), /does not exist any more/);
  });

  it('is read-only where it is immutable, a memoized entry, or not to be changed by this person', async () => {
    const labels = { 'workflows.argoproj.io/configmap-type': 'Cache' };
    const cases = [
      [{ immutable: true }, 'immutable'],
      [{ labels }, 'memoization'],
    ] as const;
    for (const [other, reason] of cases) {
      const { keys, address } = stage(cacheWith({ 'a.txt': 'one' }, other));
      assert.equal((await keys.stat(address, live())).readOnly, reason);
    }
    const { keys, address, forbid } = stage();
    forbid();
    assert.equal((await keys.stat(address, live())).readOnly, 'forbidden');
  });
});

describe('A key in a document', () => {
  it('that is hidden for long is not told of changes that were not, and of those that were', async () => {
    const { keys, address, show, theirs, cluster } = stage();
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const end = new AbortController();
      await show(end);
      end.abort();
      mock.timers.tick(60_000);
      assert.equal(keys.lastRead(address), undefined, 'it is not followed any more');
      const told: string[] = [];
      keys.follow(address, (change) => told.push(change), live());
      assert.equal(told.length, 0);
      theirs(cacheWith({ 'a.txt': 'two' }));
      assert.deepEqual(told, ['changed']);
      keys.reset();
      cluster.put(cacheWith({ 'a.txt': 'three' }));
      keys.follow(address, (change) => told.push(change), live());
      assert.deepEqual(told, ['changed', 'changed']);
      const { base, now } = await keys.versions(address, live());
      assert.deepEqual([base?.bytes, now?.bytes], [utf8('one'), utf8('three')]);
      keys.reset();
    } finally {
      mock.timers.reset();
    }
  });

  it('is told, when it is shown again, of what changed while it was hidden for a moment', async () => {
    const { keys, address, show, theirs } = stage();
    const end = new AbortController();
    await show(end);
    end.abort();
    theirs(cacheWith({ 'a.txt': 'two' }));
    const told: string[] = [];
    keys.follow(address, (change) => told.push(change), live());
    assert.deepEqual(told, ['changed']);
    keys.reset();
  });

  it('has not seen what only something else has read', async () => {
    const { keys, address, show, theirs } = stage();
    await show();
    theirs(cacheWith({ 'a.txt': 'two' }));
    await keys.read(address, live());
    keys.shown(address, undefined);
    const { seen, base } = await keys.planSave(address, utf8('mine'), live());
    assert.deepEqual([seen, base?.bytes], [false, utf8('one')]);
    keys.shown(address, keys.lastRead(address));
    assert.ok((await keys.planSave(address, utf8('mine'), live())).seen);
    keys.reset();
  });

  it('has seen nothing where its text is older than the window, whoever reads', async () => {
    const { keys, address } = stage();
    keys.shown(address, undefined);
    await keys.read(address, live());
    assert.equal((await keys.planSave(address, utf8('mine'), live())).base, undefined);
    keys.closed(address);
    assert.ok((await keys.planSave(address, utf8('mine'), live())).seen);
    keys.reset();
  });

  it('is told where it can be changed no more, and where it can be again', async () => {
    const { keys, rights, address, show, theirs, forbid } = stage();
    const told = await show();
    await keys.stat(address, live());
    const { resourceVersion } = theirs(cacheWith({ 'a.txt': 'one' }, { immutable: true }));
    assert.deepEqual(told, ['changed']);
    assert.equal((await keys.stat(address, live())).readOnly, 'immutable');
    theirs(cacheWith({ 'a.txt': 'one' }, { resourceVersion }));
    assert.deepEqual(told, ['changed', 'changed']);
    await keys.stat(address, live());
    forbid();
    rights.reset();
    await new Promise(setImmediate);
    assert.equal(told.length, 3);
    assert.equal((await keys.stat(address, live())).readOnly, 'forbidden');
    keys.reset();
  });

  it('of a context that is left is not followed any more', async () => {
    const { keys, show, theirs } = stage();
    const told = await show();
    keys.keepTo([REF.context]);
    theirs(cacheWith({ 'a.txt': 'two' }));
    assert.deepEqual(told, ['changed']);
    keys.keepTo(['another']);
    theirs(cacheWith({ 'a.txt': 'three' }));
    assert.deepEqual(told, ['changed']);
  });

  it('goes back with a cluster that was restored from a backup', async () => {
    const { keys, address, cluster, show, theirs, tell } = stage();
    const older = cluster.peek(REF) ?? assert.fail();
    theirs(cacheWith({ 'a.txt': 'two' }));
    const told = await show();
    const { changed } = await keys.stat(address, live());
    tell({ kind: 'all', items: [older] });
    assert.deepEqual(told, ['changed']);
    assert.deepEqual(await keys.read(address, live()), utf8('one'));
    assert.ok((await keys.stat(address, live())).changed > changed);
    keys.reset();
  });
});

describe('Saving a key', () => {
  it('is a plan for it alone, on what the person has seen', async () => {
    const { cluster, changes, keys, address } = stage();
    await keys.read(address, live());
    const { plan, seen } = await keys.planSave(address, utf8('mine'), live());
    assert.ok(seen);
    const outcome = await changes.apply(plan, live());
    assert.ok(outcome.kind === 'written');
    keys.saved(address, outcome.cache);
    assert.deepEqual(await keys.read(address, live()), utf8('mine'));
    assert.deepEqual(cluster.peek(REF)?.values.get('b.txt')?.bytes, utf8('other'));
    assert.deepEqual(outcome.cache.annotations, {}, 'a typed content has no source');
  });

  it('is not what the person has seen where somebody changed that key, and is where another key changed', async () => {
    const { keys, address, theirs } = stage();
    await keys.read(address, live());
    theirs(cacheWith({ 'a.txt': 'one', 'b.txt': 'theirs' }));
    assert.ok((await keys.planSave(address, utf8('mine'), live())).seen);
    theirs(cacheWith({ 'a.txt': 'theirs' }));
    const { seen, base } = await keys.planSave(address, utf8('mine'), live());
    assert.equal(seen, false);
    assert.deepEqual(base?.bytes, utf8('one'));
  });

  it('of a text from before the window was opened is nothing that was seen', async () => {
    const { keys, address } = stage();
    const { seen, base } = await keys.planSave(address, utf8('mine'), live());
    assert.deepEqual([seen, base], [false, undefined]);
  });

  it('asks where the text is not readable as its format, since people save halfway', async () => {
    const { keys, address } = stage(cacheWith({ 'a.json': '{"x":1}' }));
    const json = { ...address, key: 'a.json' };
    await keys.read(json, live());
    const { plan } = await keys.planSave(json, utf8('{"x":'), live());
    const state = stateOf(plan);
    assert.ok(state.kind === 'ask');
    assert.deepEqual(
      state.losses.map(({ verdict }) => verdict.kind),
      ['unreadable'],
    );
  });

  it('asks where bytes that are no text would come back as replacement characters', async () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x62);
    const { keys, address } = stage(cacheWith({ 'a.txt': bytes }));
    await keys.read(address, live());
    const { plan } = await keys.planSave(address, utf8('a\uFFFDbc'), live());
    const state = stateOf(plan);
    assert.ok(state.kind === 'ask' && state.losses[0]?.verdict.kind === 'bytesReplaced');
    assert.equal(plan.keys[0]?.after?.kind, 'binary', 'it stays where it is kept');
  });

  it('goes on from our own write, whatever the watch tells late', async () => {
    const { cluster, changes, keys, address, tell } = stage();
    await keys.read(address, live());
    const old = cluster.peek(REF) ?? assert.fail();
    const { plan } = await keys.planSave(address, utf8('mine'), live());
    const outcome = await changes.apply(plan, live());
    assert.ok(outcome.kind === 'written');
    keys.saved(address, outcome.cache);
    tell({ kind: 'changed', item: old });
    assert.deepEqual(await keys.read(address, live()), utf8('mine'));
  });
});
