import assert from 'node:assert/strict';
import type { HistoryRecord, Snapshot, Version, Write, WrittenKey } from './history.ts';
import { Past } from './past.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 2, 0, second)).toISOString();

function version(second: number, key: string, sha256: string, more: Partial<Version> = {}) {
  const content = { sha256, bytes: 1, stored: 'text', facts: {} } as const;
  return { kind: 'version', at: at(second), uid: 'u', key, ...content, ...more } as const;
}

const write = (second: number, id: string, ...keys: readonly WrittenKey[]): Write => {
  return { kind: 'write', at: at(second), uid: 'u', id, keys };
};

const outcome = (second: number, id: string, written: boolean): HistoryRecord => {
  return { kind: 'outcome', at: at(second), uid: 'u', id, written };
};

const snapshot = (second: number, keys: readonly string[], uid = 'u'): Snapshot => {
  return {
    kind: 'snapshot',
    at: at(second),
    uid,
    labels: {},
    annotations: {},
    immutable: false,
    keys,
  };
};

const holding = (now: Readonly<Record<string, string>>) => (key: string) => now[key];

describe('The versions of the past', () => {
  const records: readonly HistoryRecord[] = [
    version(1, 'a', 'one'),
    version(1, 'b', 'other'),
    version(2, 'a', 'written', { write: 'w1' }),
    outcome(2, 'w1', true),
    version(3, 'a', 'refused', { write: 'w2' }),
    outcome(3, 'w2', false),
    version(4, 'a', 'unclear', { write: 'w3' }),
  ];
  const told = (key?: string) =>
    new Past(records).versions(key).map(({ sha256, certain }) => [sha256, certain]);

  it('are those of a key, newest first, without what was not written', () => {
    assert.deepEqual(told('a'), [
      ['unclear', false],
      ['written', true],
      ['one', true],
    ]);
  });

  it('are those of all keys, and none of a key that has no past', () => {
    assert.deepEqual(
      told().map(([sha256]) => sha256),
      ['unclear', 'written', 'other', 'one'],
    );
    assert.deepEqual(told('c'), []);
    assert.deepEqual(new Past([]).versions(), []);
  });

  it('are there once where they were kept once more when they were replaced', () => {
    const again = version(3, 'a', 'one', { manager: 'kubectl' });
    const past = new Past([version(1, 'a', 'one'), version(2, 'b', 'x'), again]);
    assert.deepEqual(past.versions('a'), [{ ...again, certain: true }]);
    const back = new Past([version(1, 'a', 'one'), version(2, 'a', 'two'), again]);
    assert.equal(back.versions('a').length, 3, 'what came back is there again');
  });

  it('say all that was kept of them', () => {
    const kept = version(1, 'a', 'one', { manager: 'kubectl', facts: { source: 'file:a' } });
    assert.deepEqual(new Past([kept]).versions(), [{ ...kept, certain: true }]);
  });
});

describe('The last write', () => {
  const first = write(1, 'w1', { key: 'a', before: 'one', after: 'two' });
  const second = write(2, 'w2', { key: 'a', before: 'two', after: 'three' });

  it('is the newest one that was carried out', () => {
    const records = [first, outcome(1, 'w1', true), second];
    const past = (written: boolean) => new Past([...records, outcome(2, 'w2', written)]);
    assert.equal(past(true).lastWrite('u', holding({ a: 'three' })), second);
    assert.equal(past(false).lastWrite('u', holding({ a: 'two' })), first);
  });

  it('may be one of which nobody saw the end, where something of it is there', () => {
    const past = new Past([first, outcome(1, 'w1', true), second]);
    assert.equal(past.lastWrite('u', holding({ a: 'three' })), second);
    assert.equal(past.lastWrite('u', holding({ a: 'two' })), first);
  });

  it('is none that was taken back since, but may be the one that took it back', () => {
    const back = write(3, 'w3', { key: 'a', before: 'two', after: 'one' });
    const records = [first, outcome(1, 'w1', true), back, outcome(3, 'w3', true)];
    assert.equal(new Past(records).lastWrite('u', holding({ a: 'one' })), back);
  });

  it('is one of the same ConfigMap', () => {
    const past = new Past([first, outcome(1, 'w1', true)]);
    assert.equal(past.lastWrite('another', holding({ a: 'two' })), undefined);
  });

  const keys = [
    ['was added and is there', { key: 'a', after: 'two' }, { a: 'two' }, true],
    ['was added and is gone', { key: 'a', after: 'two' }, {}, false],
    ['was deleted and is gone', { key: 'a', before: 'one' }, {}, true],
    ['was deleted and is there again', { key: 'a', before: 'one' }, { a: 'one' }, false],
    ['was changed by others since', { key: 'a', before: 'one', after: 'two' }, { a: 'x' }, true],
  ] as const;
  for (const [what, key, now, found] of keys) {
    it(`${found ? 'can' : 'cannot'} be undone where its only key ${what}`, () => {
      const past = new Past([write(1, 'w1', key), outcome(1, 'w1', true)]);
      assert.equal(past.lastWrite('u', holding(now)) !== undefined, found);
    });
  }

  it('can be undone where one of its keys is another than before', () => {
    const both = write(1, 'w1', { key: 'a', before: '1' }, { key: 'b', before: '2', after: '3' });
    const past = new Past([both, outcome(1, 'w1', true)]);
    assert.equal(past.lastWrite('u', holding({ a: '1', b: '3' })), both);
    assert.equal(past.lastWrite('u', holding({ a: '1', b: '2' })), undefined);
  });
});

describe('The version that had a content', () => {
  const old = version(1, 'a', 'one', { facts: { source: 'file:old' } });
  const newer = version(3, 'a', 'one', { facts: { source: 'file:newer' } });
  const past = new Past([old, version(2, 'a', 'two'), newer, version(4, 'b', 'four')]);
  const sourceOf = (key: string, sha256: string, before: number) =>
    past.contentOf(key, sha256, at(before))?.facts.source;

  it('is the newest one up to a time, that time included', () => {
    assert.equal(sourceOf('a', 'one', 9), 'file:newer');
    assert.equal(sourceOf('a', 'one', 3), 'file:newer');
    assert.equal(sourceOf('a', 'one', 2), 'file:old');
    assert.equal(sourceOf('a', 'one', 1), 'file:old');
  });

  it('is the newest one where all are later, as after a clock was set back', () => {
    assert.equal(sourceOf('a', 'one', 0), 'file:newer');
  });

  it('is none with another content, or of another key', () => {
    assert.equal(past.contentOf('a', 'four', at(9)), undefined);
    assert.equal(past.contentOf('b', 'one', at(9)), undefined);
  });
});

describe('The last that is known of a ConfigMap', () => {
  const contents = (past: Past, uid = 'u') =>
    past
      .last(uid)
      ?.versions.map(({ key, sha256 }) => `${key} ${sha256}`)
      .sort();

  it('is its newest snapshot, with the newest version of each of its keys', () => {
    const [older, newer] = [snapshot(1, ['a', 'b', 'c']), snapshot(3, ['a', 'b'])];
    const versions = [version(1, 'a', '1'), version(1, 'b', '2'), version(1, 'c', '3')];
    const past = new Past([...versions, older, version(3, 'a', '4'), newer]);
    assert.equal(past.last('u')?.snapshot, newer);
    assert.deepEqual(contents(past), ['a 4', 'b 2']);
  });

  const before = [version(1, 'a', '1'), version(1, 'b', '2'), snapshot(1, ['a', 'b'])];
  const added = [version(2, 'c', '3', { write: 'w' }), write(2, 'w', { key: 'c', after: '3' })];
  const deleted = [write(2, 'w', { key: 'b', before: '2' })];
  const writes = [
    ['has a key that was added', [...added, outcome(2, 'w', true)], ['a 1', 'b 2', 'c 3']],
    ['has a key that may have been added', added, ['a 1', 'b 2', 'c 3']],
    ['has no key whose addition failed', [...added, outcome(2, 'w', false)], ['a 1', 'b 2']],
    ['has no key that was deleted', [...deleted, outcome(2, 'w', true)], ['a 1']],
    ['has a key whose deletion failed', [...deleted, outcome(2, 'w', false)], ['a 1', 'b 2']],
  ] as const;
  for (const [what, records, expected] of writes) {
    it(`${what} since`, () => {
      assert.deepEqual(contents(new Past([...before, ...records])), expected);
    });
  }

  it('names the keys of which no version is known any more', () => {
    const past = new Past([version(1, 'a', '1'), snapshot(1, ['a', 'b', 'c']), ...deleted]);
    assert.deepEqual(contents(past), ['a 1']);
    assert.deepEqual(past.last('u')?.missing, ['c']);
    assert.deepEqual(new Past(before).last('u')?.missing, []);
  });

  it('does not know of what a write did before the snapshot', () => {
    const late = snapshot(3, ['a', 'b']);
    assert.deepEqual(contents(new Past([...before, ...added, late])), ['a 1', 'b 2']);
  });

  it('is of that ConfigMap alone, and nothing of one that was never looked at', () => {
    const theirs = version(2, 'a', 'theirs', { uid: 'v' });
    const gone = { ...write(2, 'w', { key: 'b' }), uid: 'v' };
    const past = new Past([...before, theirs, snapshot(2, ['a'], 'v'), gone]);
    assert.deepEqual(contents(past), ['a 1', 'b 2']);
    assert.deepEqual(contents(past, 'v'), ['a theirs']);
    assert.equal(past.last('w'), undefined);
  });
});

describe('The ConfigMaps of one name', () => {
  it('are each there once, the last one first', () => {
    const of = (second: number, uid: string) => version(second, 'a', 'x', { uid });
    const past = new Past([of(1, 'first'), of(2, 'second'), of(3, 'second'), of(4, 'third')]);
    assert.deepEqual(past.uids(), ['third', 'second', 'first']);
    assert.deepEqual(new Past([]).uids(), []);
  });

  it('has those that we created, from the moment that this is known', () => {
    const created = [
      version(1, 'a', 'x', { uid: '', write: 'w' }),
      { ...write(1, 'w', { key: 'a', after: 'x' }), uid: '' },
    ];
    assert.deepEqual(new Past(created).uids(), []);
    assert.deepEqual(new Past(created).versions()[0]?.certain, false);
    const past = new Past([...created, { ...outcome(2, 'w', true), uid: 'new' }]);
    assert.deepEqual(past.uids(), ['new']);
    assert.deepEqual(
      past.versions().map(({ uid, certain }) => [uid, certain]),
      [['new', true]],
    );
    assert.deepEqual(past.lastWrite('new', holding({ a: 'x' }))?.keys, [{ key: 'a', after: 'x' }]);
  });
});
