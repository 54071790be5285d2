import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import type { CacheContent } from '../../domain/cache.ts';
import { planChange, readContent, type NewContent } from '../../domain/plan/cachePlan.ts';
import {
  isRecord,
  snapshotOf,
  type HistoryRecord,
  type Version,
} from '../../domain/history/history.ts';
import { writeOf } from '../changes.ts';
import { addWrite, batchOf, broughtAnew, broughtBy, type Batch } from './historyBatch.ts';

const AT = '2026-11-24T02:00:00.123Z';
const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
const UID = cacheWith({}).uid;
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

const WRITERS = [
  { manager: 'helm', time: '2026-11-23T01:00:00Z', keys: ['a.txt'] },
  { manager: 'kubectl', time: '2026-11-23T02:00:00Z', keys: ['a.txt'] },
];
const CACHE = cacheWith(
  { 'a.txt': 'one', 'b.gz': GZIP, 'c.txt': 'three' },
  {
    writers: WRITERS,
    labels: { team: 'b' },
    annotations: { 'source.cache-configmaps.dev/a.txt': 'file:a.txt', 'example.com/a': 'b' },
  },
);

function version(key: string, text: string | Uint8Array, more: Partial<Version> = {}): Version {
  const content = { sha256: sha256(text), bytes: text.length, stored: 'text', facts: {} } as const;
  return { kind: 'version', at: '2026-11-24T01:00:00.000Z', uid: UID, key, ...content, ...more };
}

const batch = async (
  keys: readonly string[],
  known: readonly HistoryRecord[] = [],
  cache: CacheContent = CACHE,
) => await batchOf(cache, { keys, replaced: new Set(), known, at: AT });

/** The keys of which a version is to be kept. */
const keysOf = ({ records }: Batch): readonly string[] =>
  records.flatMap((record) => (record.kind === 'version' ? [record.key] : []));

describe('What is kept of a cache', () => {
  it('is each content, by whom and when it was written, and its facts; then what is beside them', async () => {
    const { records, contents } = await batch(['a.txt', 'b.gz']);
    const common = { kind: 'version', at: AT, uid: UID } as const;
    assert.deepEqual(records, [
      {
        ...{ ...common, key: 'a.txt', sha256: sha256('one'), bytes: 3, stored: 'text' },
        ...{ manager: 'kubectl', time: '2026-11-23T02:00:00Z', facts: { source: 'file:a.txt' } },
      },
      { ...common, key: 'b.gz', sha256: sha256(GZIP), bytes: 5, stored: 'binary', facts: {} },
      snapshotOf(CACHE, AT),
    ]);
    assert.deepEqual(
      contents,
      new Map([
        [sha256('one'), utf8('one')],
        [sha256(GZIP), GZIP],
      ]),
    );
    assert.ok(records.every(isRecord));
  });

  const SAME = snapshotOf(CACHE, '2026-11-24T01:00:00.000Z');
  const outcome = (written: boolean): HistoryRecord => {
    return { kind: 'outcome', at: AT, uid: UID, id: 'w', written };
  };
  const table: readonly (readonly [string, readonly HistoryRecord[], boolean])[] = [
    ['is known as the last one', [version('a.txt', 'one')], false],
    ['is known as an older one', [version('a.txt', 'one'), version('a.txt', 'two')], true],
    ['was there before as well', [version('a.txt', 'two'), version('a.txt', 'one')], false],
    ['is known of another key', [version('c.txt', 'one')], true],
    ['is known of another ConfigMap', [version('a.txt', 'one', { uid: 'v' })], true],
    ['is not what we wrote', [version('a.txt', 'two', { write: 'w' }), outcome(true)], true],
    ['is what we wrote', [version('a.txt', 'one', { write: 'w' }), outcome(true)], false],
    [
      'was there though we failed to write it',
      [version('a.txt', 'two'), version('a.txt', 'one', { write: 'w' }), outcome(false)],
      true,
    ],
    [
      'was there before we failed to write',
      [version('a.txt', 'one'), version('a.txt', 'two', { write: 'w' }), outcome(false)],
      false,
    ],
  ];
  for (const [what, known, kept] of table) {
    it(`is ${kept ? 'a' : 'no'} content that ${what}`, async () => {
      const { records, contents } = await batch(['a.txt'], [...known, SAME]);
      assert.deepEqual(keysOf({ records, contents }), kept ? ['a.txt'] : []);
      assert.deepEqual([...contents.keys()], kept ? [sha256('one')] : []);
    });
  }

  it('is a content that is known where it is replaced: what is known of it may be gone', async () => {
    const known = [version('a.txt', 'one'), version('c.txt', 'three'), SAME];
    const replaced = new Set(['a.txt']);
    const keys = ['a.txt', 'c.txt'];
    const { records, contents } = await batchOf(CACHE, { keys, replaced, known, at: AT });
    assert.deepEqual(keysOf({ records, contents }), ['a.txt']);
    assert.deepEqual(contents, new Map([[sha256('one'), utf8('one')]]));
  });

  it('is nothing of keys that are not there or not asked for', async () => {
    assert.deepEqual(keysOf(await batch(['gone', 'c.txt'])), ['c.txt']);
    assert.deepEqual(await batch([], [SAME]), { records: [], contents: new Map() });
  });

  it('has what is beside the content only where that is not the last that is known', async () => {
    const other = { ...SAME, labels: { team: 'c' } };
    const snapshots = async (...known: readonly HistoryRecord[]) =>
      (await batch([], known)).records.map(({ kind }) => kind);
    assert.deepEqual(await snapshots(SAME), []);
    assert.deepEqual(await snapshots(other), ['snapshot']);
    assert.deepEqual(await snapshots(SAME, other), ['snapshot']);
    assert.deepEqual(await snapshots(other, SAME, version('a.txt', 'one')), []);
    assert.deepEqual(await snapshots({ ...SAME, uid: 'v' }), ['snapshot']);
    assert.deepEqual(await snapshots(SAME, { ...other, uid: 'v' }), []);
  });
});

describe('What is kept of a write', () => {
  const content = (key: string, bytes: Uint8Array | undefined): NewContent => {
    const source = { kind: 'url', url: `https://example.com/${key}` } as const;
    return { key, source, content: bytes && { bytes } };
  };

  /** The batch to which a write of these contents was added. */
  async function written(...contents: readonly NewContent[]): Promise<Batch> {
    const plan = planChange(REF, CACHE, contents.map(readContent));
    const write = await writeOf(plan, new Date(AT));
    const kept: Batch = { records: [], contents: new Map() };
    await addWrite(kept, { ...broughtBy(plan, write), id: 'w', at: AT });
    return kept;
  }

  it('is each content that it brings, as ours, with the facts that it writes', async () => {
    const { records, contents } = await written(content('a.txt', utf8('two')));
    const facts = {
      source: 'https://example.com/a.txt',
      refreshed: '2026-11-24T02:00:00Z',
      sha256: sha256('two'),
    };
    assert.deepEqual(records, [
      {
        ...{ kind: 'version', at: AT, uid: UID, key: 'a.txt', stored: 'text', bytes: 3, facts },
        ...{ sha256: sha256('two'), write: 'w', manager: 'cache-configmaps', time: AT },
      },
      {
        ...{ kind: 'write', at: AT, uid: UID, id: 'w' },
        keys: [{ key: 'a.txt', before: sha256('one'), after: sha256('two') }],
      },
    ]);
    assert.deepEqual(contents, new Map([[sha256('two'), utf8('two')]]));
    assert.ok(records.every(isRecord));
  });

  it('is what it makes of which key, and nothing of keys that it leaves', async () => {
    const { records, contents } = await written(
      content('a.txt', utf8('one')),
      content('b.gz', undefined),
      content('c.txt', GZIP),
      content('d.txt', utf8('new')),
    );
    assert.deepEqual(keysOf({ records, contents }), ['c.txt', 'd.txt']);
    const write = records.at(-1);
    assert.ok(write?.kind === 'write');
    assert.deepEqual(write.keys, [
      { key: 'b.gz', before: sha256(GZIP) },
      { key: 'c.txt', before: sha256('three'), after: sha256(GZIP) },
      { key: 'd.txt', after: sha256('new') },
    ]);
    assert.deepEqual([...contents.keys()], [sha256(GZIP), sha256('new')]);
    assert.equal(records[0]?.kind === 'version' && records[0].stored, 'binary');
  });

  it('tells what a person edited or restored, also once it is kept again as what is replaced', async () => {
    const history = { kind: 'history', at: AT, facts: {} } as const;
    const { records } = await written(
      { ...content('a.txt', utf8('two')), source: { kind: 'editor' } },
      { ...content('c.txt', utf8('two')), source: history },
      content('d.txt', utf8('two')),
    );
    const made = (of: readonly HistoryRecord[]) =>
      of.flatMap((each) => (each.kind === 'version' ? [each.made] : []));
    assert.deepEqual(made(records), ['edited', 'restored', undefined]);
    const known = [
      ...records,
      { kind: 'outcome', at: AT, uid: UID, id: 'w', written: true } as const,
    ];
    const now = cacheWith({ 'a.txt': 'two', 'c.txt': 'theirs' });
    const keys = ['a.txt', 'c.txt'];
    const again = await batchOf(now, { keys, replaced: new Set(keys), known, at: AT });
    assert.deepEqual(made(again.records), ['edited', undefined]);
    assert.ok(again.records.every(isRecord));
  });

  it('has no facts that it removes', async () => {
    const moved = {
      ...content('a.txt', utf8('two')),
      source: { kind: 'key', key: 'x', facts: {} },
    };
    const { records } = await written(moved as NewContent);
    assert.deepEqual(records[0]?.kind === 'version' && records[0].facts, {});
  });

  it('is all of a ConfigMap that is made anew, and which keys that changes', async () => {
    const before = cacheWith({ 'a.txt': 'one', 'b.txt': 'same', 'c.txt': 'gone' });
    const annotations = { 'source.cache-configmaps.dev/b.txt': 'file:b' };
    const after = cacheWith({ 'a.txt': 'two', 'b.txt': 'same' }, { annotations });
    const kept: Batch = { records: [], contents: new Map() };
    await addWrite(kept, { ...broughtAnew(before, after), id: 'w', at: AT });
    assert.deepEqual(keysOf(kept), ['a.txt', 'b.txt']);
    assert.deepEqual([...kept.contents.keys()], [sha256('two'), sha256('same')]);
    const [, b] = kept.records;
    assert.deepEqual(b?.kind === 'version' && [b.uid, b.facts], ['', { source: 'file:b' }]);
    assert.deepEqual(kept.records.at(-1), {
      ...{ kind: 'write', at: AT, uid: '', id: 'w' },
      keys: [
        { key: 'a.txt', before: sha256('one'), after: sha256('two') },
        { key: 'c.txt', before: sha256('gone') },
      ],
    });
  });
});
