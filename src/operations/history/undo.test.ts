import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import {
  ADDRESS,
  live,
  saysHistory,
  sha256,
  typed,
  UID,
  undoStage,
} from '../../../test/fakes/undoStage.ts';
import type { Version } from '../../domain/history/history.ts';
import { stateOf } from '../../domain/plan/planState.ts';
import { missingSentence } from '../../domain/plan/verdictText.ts';
import { remembering } from './remembering.ts';
import { Undo } from './undo.ts';

const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
function version(
  second: number,
  content: string | Uint8Array,
  more: Partial<Version> = {},
): Version {
  return {
    ...{ kind: 'version', at: new Date(Date.UTC(2026, 10, 20, 0, 0, second)).toISOString() },
    ...{ uid: 'u', key: 'a.txt', sha256: sha256(content), bytes: content.length },
    ...{ stored: typeof content === 'string' ? 'text' : 'binary', facts: {}, ...more },
  };
}

describe('The past of a cache', () => {
  it('is told from all places under which its cluster is known, in the order of time', async () => {
    const { undo, keep } = undoStage();
    await keep(UID, 'two', version(2, 'two'));
    await keep(ADDRESS, 'one', version(1, 'one'));
    await keep(ADDRESS, 'three', version(3, 'three'));
    const versions = (await undo.past(REF, live())).versions();
    assert.deepEqual(
      versions.map((each) => each.sha256),
      ['three', 'two', 'one'].map(sha256),
    );
  });

  it('has what is still being kept', async () => {
    const { cluster, history, undo } = undoStage();
    history.saw(cluster.peek(REF) ?? assert.fail());
    history.lost(REF);
    assert.equal((await undo.past(REF, live())).versions().length, 2);
  });

  it('has each name of a namespace, and each namespace, once, sorted', async () => {
    const { undo, keep } = undoStage();
    for (const [place, name] of [
      [UID, 'b'],
      [UID, 'a'],
      [ADDRESS, 'b'],
      [ADDRESS, 'c'],
    ] as const) {
      await keep({ ...place, name }, 'x', version(1, 'x'));
    }
    await keep({ ...UID, namespace: 'other', name: 'd' }, 'x', version(1, 'x'));
    assert.deepEqual(await undo.names(REF, live()), ['a', 'b', 'c']);
    assert.deepEqual(await undo.names({ ...REF, context: 'another' }, live()), []);
    assert.deepEqual(await undo.namespaces(REF.context, live()), ['argo', 'other']);
    assert.deepEqual(await undo.namespaces('another', live()), []);
  });

  it('is looked at beside the present, also of a cache that is not there', async () => {
    const { cluster, undo, keep } = undoStage(cacheWith({ 'a.txt': 'one', 'b.gz': GZIP }));
    await keep(UID, 'one', version(1, 'one'));
    const look = await undo.look(REF, live());
    assert.equal(look.cache, cluster.peek(REF));
    assert.deepEqual(Object.fromEntries(look.now), {
      'a.txt': sha256('one'),
      'b.gz': sha256(GZIP),
    });
    cluster.delete(REF);
    const gone = await undo.look(REF, live());
    assert.deepEqual([gone.cache, gone.now.size, gone.past.versions().length], [undefined, 0, 1]);
  });
});

describe('A look at the past', () => {
  it('has what only its own answer tells of: that the cache is gone, or is another', async () => {
    const { cluster, store, changes, history } = undoStage();
    const undo = new Undo(store, { history, changes, cluster: remembering(cluster, history) });
    assert.equal((await undo.look(REF, live())).past.versions().length, 0);
    cluster.put(cacheWith({ 'a.txt': 'theirs', 'b.txt': 'kept' }));
    assert.equal((await undo.look(REF, live())).past.versions().length, 1);
    cluster.delete(REF);
    assert.equal((await undo.look(REF, live())).past.versions().length, 3);
  });
});

describe('A version', () => {
  it('is a value as it was kept', async () => {
    const { undo, keep } = undoStage();
    const kept = await keep(UID, GZIP, version(1, GZIP));
    assert.deepEqual(await undo.value(kept), { kind: 'binary', bytes: GZIP });
    const text = await keep(UID, 'one', version(2, 'one', { stored: 'binary' }));
    assert.deepEqual(await undo.value(text), { kind: 'binary', bytes: utf8('one') });
  });

  const details = async (undo: Undo, versions: readonly Version[]) => {
    const words: string[] = [];
    for await (const [, each] of undo.details(versions)) words.push(each);
    return words;
  };

  it('is described against the older one of its key, or as the first, each read once', async () => {
    const { store, undo, keep } = undoStage();
    const older = await keep(UID, '{"a":1}', version(1, '{"a":1}', { key: 'a.json' }));
    const other = await keep(UID, 'x', version(2, 'x'));
    const text = '{"a":2,"b":3}';
    const newer = await keep(UID, text, version(3, text, { key: 'a.json' }));
    const content = store.content.bind(store);
    const read: string[] = [];
    store.content = (digest) => {
      read.push(digest);
      return content(digest);
    };
    assert.deepEqual(await details(undo, [newer, other, older]), [
      '2 entries · 1 added, 1 changed',
      'the first that is known',
      '1 entry · the first that is known',
    ]);
    assert.deepEqual(
      read,
      [older, newer, other].map((each) => each.sha256),
    );
  });

  it('is described also beside one whose content is not kept any more', async () => {
    const { undo, keep } = undoStage();
    const first = await keep(UID, 'one', version(1, 'one'));
    const last = await keep(UID, 'three', version(3, 'three'));
    const words = await details(undo, [last, version(2, 'lost'), first]);
    assert.equal(words[0], 'what was before it cannot be read');
    assert.match(words[1] ?? '', /no longer holds that content of a\.txt/);
    assert.equal(words[2], 'the first that is known');
  });

  it('whose content is not kept any more fails, and names its key', async () => {
    const { undo } = undoStage();
    const lost = version(1, 'lost');
    for (const ask of [
      () => undo.content(lost),
      () => undo.value(lost),
      () => undo.planRestore(REF, [lost], live()),
    ]) {
      await assert.rejects(ask(), saysHistory(/no longer holds that content of a\.txt/));
    }
  });
});

describe('Restoring versions', () => {
  it('is a plan with their contents, facts and the way they were kept', async () => {
    const { undo, keep } = undoStage();
    const facts = { source: 'file:then' };
    const one = await keep(UID, 'then', version(1, 'then', { facts }));
    const two = await keep(UID, 'text', version(2, 'text', { key: 'b.txt', stored: 'binary' }));
    const { keys } = await undo.planRestore(REF, [one, two], live());
    assert.deepEqual(
      keys.map(({ key, source, after }) => ({ key, source, after })),
      [
        {
          key: 'a.txt',
          source: { kind: 'history', at: one.at, facts },
          after: { kind: 'text', bytes: utf8('then') },
        },
        {
          key: 'b.txt',
          source: { kind: 'history', at: two.at, facts: {} },
          after: { kind: 'binary', bytes: utf8('text') },
        },
      ],
    );
  });

  it('has nothing to change where the content is there', async () => {
    const { undo, keep } = undoStage();
    const kept = await keep(UID, 'one', version(1, 'one'));
    assert.equal(stateOf(await undo.planRestore(REF, [kept], live())).kind, 'nothingToChange');
  });
});

describe('Undoing the last write', () => {
  it('fails where what was before is not kept any more', async () => {
    const { store, undo, apply } = undoStage();
    await apply(typed('a.txt', 'two'));
    store.contents.delete(sha256('one'));
    await assert.rejects(undo.planUndo(REF, live()), saysHistory(/no longer holds.*a\.txt/));
  });

  it('fails where the record of it is not kept any more', async () => {
    const { store, undo, apply } = undoStage();
    await apply(typed('a.txt', 'two'));
    const records = await store.records(UID);
    await store.forget(UID);
    const left = records.filter((each) => each.kind !== 'version' || each.key !== 'a.txt');
    await store.keep(UID, left, new Map());
    await assert.rejects(undo.planUndo(REF, live()), saysHistory(/what a\.txt was before/));
  });

  it('is not offered for another ConfigMap of the same name, nor for one that is gone', async () => {
    const { cluster, undo, apply } = undoStage();
    await apply(typed('a.txt', 'two'));
    cluster.put(cacheWith({ 'a.txt': 'two' }, { uid: 'another' }));
    await assert.rejects(undo.planUndo(REF, live()), saysHistory(/knows no refresh/));
    cluster.delete(REF);
    await assert.rejects(undo.planUndo(REF, live()), saysHistory(/knows no refresh/));
  });

  it('of one key takes back the last write that changed it, and that key alone', async () => {
    const { undo, apply } = undoStage();
    await apply(typed('a.txt', 'two'), typed('c.txt', 'new'));
    await apply(typed('b.txt', 'three'));
    const planned = async (key?: string) =>
      (await undo.planUndo(REF, live(), key)).keys.map((each) => [each.key, each.after?.bytes]);
    assert.deepEqual(await planned('a.txt'), [['a.txt', utf8('one')]]);
    assert.deepEqual(await planned('c.txt'), [['c.txt', undefined]]);
    assert.deepEqual(
      (await planned()).map(([key]) => key),
      ['b.txt'],
    );
    await assert.rejects(
      undo.planUndo(REF, live(), 'none.txt'),
      saysHistory(/knows no refresh of none\.txt of argo\/workflow-cache/),
    );
  });

  it('takes away a key that it added, and says so', async () => {
    const { undo, apply } = undoStage();
    await apply(typed('new.txt', 'new'));
    const plan = await undo.planUndo(REF, live());
    assert.deepEqual(
      plan.keys.map(({ key, after, source }) => [key, after, source.kind]),
      [['new.txt', undefined, 'history']],
    );
    assert.equal(stateOf(plan).kind, 'ask');
  });
});

describe('Bringing a cache back', () => {
  it('gives it back as immutable, and each key as it was kept', async () => {
    const cache = cacheWith({ 'a.txt': utf8('one'), 'b.gz': GZIP }, { immutable: true });
    const { cluster, changes, history, undo } = undoStage(cache);
    history.saw(cluster.peek(REF) ?? assert.fail());
    history.lost(REF);
    cluster.delete(REF);
    const plan = await undo.planReturn(REF, cache.uid, live());
    assert.deepEqual(plan.birth, { labels: {}, annotations: {}, immutable: true });
    await changes.apply(plan, live());
    const now = cluster.peek(REF);
    assert.equal(now?.immutable, true);
    assert.deepEqual(new Map([...now.values].sort()), cache.values);
  });

  /** A deleted cache with the keys a.txt and b.txt. */
  const deleted = async () => {
    const staged = undoStage();
    const cache = staged.cluster.peek(REF) ?? assert.fail();
    staged.history.saw(cache);
    staged.history.lost(REF);
    await staged.history.settled();
    staged.cluster.delete(REF);
    return { ...staged, uid: cache.uid };
  };

  it('brings back what can be read, and names the key whose content is lost or damaged', async () => {
    const { cluster, store, changes, undo, uid } = await deleted();
    store.contents.delete(sha256('one'));
    const plan = await undo.planReturn(REF, uid, live());
    assert.deepEqual(
      plan.keys.map(({ key }) => key),
      ['b.txt'],
    );
    assert.deepEqual(plan.missing, ['a.txt']);
    assert.equal(missingSentence(plan), 'Not known any more: a.txt.');
    cluster.put(cacheWith({ 'b.txt': 'theirs' }, { uid: 'another' }));
    const outcome = await changes.apply(plan, live());
    assert.equal(outcome.kind, 'conflict');
    assert.deepEqual('plan' in outcome && outcome.plan.missing, ['a.txt'], 'said once more');
  });

  it('names the key of which no version is left', async () => {
    const { store, undo, uid } = await deleted();
    const records = await store.records(UID);
    await store.forget(UID);
    const left = records.filter((each) => each.kind !== 'version' || each.key !== 'b.txt');
    await store.keep(UID, left, new Map([[sha256('one'), utf8('one')]]));
    const plan = await undo.planReturn(REF, uid, live());
    assert.deepEqual([plan.keys.length, plan.missing], [1, ['b.txt']]);
  });

  it('fails where no content is left', async () => {
    const { store, undo, uid } = await deleted();
    store.contents.clear();
    const asked = undo.planReturn(REF, uid, live());
    await assert.rejects(asked, saysHistory(/no longer holds any content of argo\/workflow-cache/));
  });

  it('fails where nothing is known of that ConfigMap', async () => {
    const { undo, apply } = undoStage();
    await apply(typed('a.txt', 'two'));
    const asked = undo.planReturn(REF, 'another', live());
    await assert.rejects(asked, saysHistory(/knows nothing of argo\/workflow-cache/));
  });
});
