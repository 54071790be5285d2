import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import type { CacheContent } from '../cache.ts';
import { planChange, readContent, type CachePlan, type NewContent } from './cachePlan.ts';
import { stateOf } from './planState.ts';
import type { Origin } from '../source.ts';
import { consequenceOf, type Verdict } from './verdict.ts';

const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
const LATIN1 = Uint8Array.from([0x63, 0xe9]);
const LIMIT = 1_048_576;
const PAGE = '<!doctype html><title>502 Bad Gateway</title>';

const FETCHED: readonly Origin[] = [
  { kind: 'file', uri: 'file:///home/anna/a.json' },
  { kind: 'url', url: 'https://anna:secret@example.com/a.json?token=x' },
];
const EDITOR: Origin = { kind: 'editor' };
const MEANT: readonly Origin[] = [
  EDITOR,
  { kind: 'history', at: '2026-11-24T02:00:00.000Z', facts: {} },
  { kind: 'key', key: 'other', facts: {} },
];

type Content = string | Uint8Array | undefined;

function content(key: string, after: Content, source: Origin): NewContent {
  const bytes = typeof after === 'string' ? utf8(after) : after;
  return { key, source, content: bytes && { bytes } };
}

const into = (cache: CacheContent | undefined, ...contents: readonly NewContent[]): CachePlan =>
  planChange(REF, cache, contents.map(readContent));

const replace = (before: string | Uint8Array, after: Content, source: Origin = EDITOR): CachePlan =>
  into(cacheWith({ 'a.json': before }), content('a.json', after, source));

const verdicts = ({ keys: [key] }: CachePlan): readonly Verdict[] => key?.verdicts ?? [];
const kinds = (plan: CachePlan): readonly string[] => verdicts(plan).map(({ kind }) => kind);

describe('A key that is to be deleted', () => {
  const table = [
    ['with its entries', '{"a":1,"b":2,"c":3}', 3, 19],
    ['that cannot be read, with its bytes alone', '{"a":', undefined, 5],
    ['that has no entries', '{}', 0, 2],
    ['that is no text', GZIP, undefined, 5],
  ] as const;
  for (const [name, before, entriesBefore, bytesBefore] of table) {
    it(`is asked about ${name}`, () => {
      const plan = replace(before, undefined);
      assert.deepEqual(verdicts(plan), [{ kind: 'removed', entriesBefore, bytesBefore }]);
      assert.equal(stateOf(plan).kind, 'ask');
    });
  }

  it('is asked about whatever asks for it', () => {
    for (const source of [...FETCHED, ...MEANT]) {
      assert.deepEqual(kinds(replace('{"a":1}', undefined, source)), ['removed']);
    }
  });

  it('has nothing to change where it is not there', () => {
    const plan = into(cacheWith({ b: 'x' }), content('a.json', undefined, EDITOR));
    assert.deepEqual(stateOf(plan), { kind: 'nothingToChange' });
  });

  it('is not lost where another key gets its bytes', () => {
    const source: Origin = { kind: 'key', key: 'a.json', facts: {} };
    const move = (text: string) =>
      into(
        cacheWith({ 'a.json': '{"a":1}' }),
        content('b.json', text, source),
        content('a.json', undefined, source),
      );
    assert.equal(stateOf(move('{"a":1}')).kind, 'ready');
    const state = stateOf(move('{"a":2}'));
    assert.ok(state.kind === 'ask');
    assert.deepEqual(
      state.losses.map(({ key, verdict }) => [key, verdict.kind]),
      [['a.json', 'removed']],
    );
  });

  it('may be called what no new key may be, and may be in a cache that is too large', () => {
    const large = cacheWith({ '..old': 'x', other: 'y'.repeat(LIMIT + 1) });
    assert.deepEqual(kinds(into(large, content('..old', undefined, EDITOR))), ['removed']);
  });

  it('may be an entry of a memoization map, but nothing of an immutable cache', () => {
    const labels = { 'workflows.argoproj.io/configmap-type': 'Cache' };
    const cache = { 'a.json': '{"a":1}' };
    const removal = content('a.json', undefined, EDITOR);
    assert.equal(stateOf(into(cacheWith(cache, { labels }), removal)).kind, 'ask');
    const refused = into(cacheWith(cache, { immutable: true }), removal);
    assert.deepEqual(kinds(refused), ['immutable', 'removed']);
    assert.equal(stateOf(refused).kind, 'refused');
  });
});

describe('Bytes that are no text and come back from an editor', () => {
  // What an editor does with bytes that are not UTF-8.
  const shown = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const table = [
    ['are asked about where they are replaced', GZIP, shown(GZIP), ['bytesReplaced']],
    ['are asked about in words of Latin-1', LATIN1, shown(LATIN1), ['bytesReplaced']],
    ['are asked about though much is new', LATIN1, `${shown(LATIN1)} and more`, ['bytesReplaced']],
    ['are fine where somebody wrote text in their place', LATIN1, 'c\u00e9', ['fits']],
    ['are fine where they are still no text', GZIP, Uint8Array.from([...GZIP, 1]), ['fits']],
    ['were text before, which may have such a character', 'a \uFFFD', 'b \uFFFD', ['fits']],
    ['were text that is kept as binary', utf8('a \uFFFD'), 'b \uFFFD', ['fits']],
  ] as const;
  for (const [name, before, after, expected] of table) {
    it(name, () => {
      const plan = into(cacheWith({ logo: before }), content('logo', after, EDITOR));
      assert.deepEqual(kinds(plan), expected);
      assert.equal(stateOf(plan).kind, expected[0] === 'fits' ? 'ready' : 'ask');
    });
  }

  it('are not looked for in what did not come from an editor', () => {
    for (const source of [...FETCHED, ...MEANT.slice(1)]) {
      const plan = into(cacheWith({ logo: GZIP }), content('logo', shown(GZIP), source));
      assert.ok(!kinds(plan).includes('bytesReplaced'), source.kind);
    }
  });

  it('may be in a key that is new', () => {
    assert.deepEqual(kinds(into(cacheWith({}), content('logo', '\uFFFD', EDITOR))), ['fits']);
  });
});

describe('What is wrong with content', () => {
  const faults = [
    ['unreadable', '{"a":'],
    ['errorPage', PAGE],
  ] as const;
  for (const [kind, text] of faults) {
    it(`is refused where it was fetched, and asked about where it was meant: ${kind}`, () => {
      for (const [origins, consequence, state] of [
        [FETCHED, 'refuse', 'refused'],
        [MEANT, 'ask', 'ask'],
      ] as const) {
        for (const source of origins) {
          const plan = replace('{"b":2}', text, source);
          assert.deepEqual(kinds(plan), [kind], source.kind);
          assert.equal(stateOf(plan).kind, state, source.kind);
          const [verdict] = verdicts(plan);
          assert.ok(verdict);
          assert.equal(consequenceOf(verdict, origins === FETCHED), consequence);
        }
      }
    });
  }

  it('names the source of a page only where there is one', () => {
    const sources = [...FETCHED, EDITOR].map((source) => verdicts(replace('{}', PAGE, source))[0]);
    assert.deepEqual(
      sources.map((verdict) => verdict?.kind === 'errorPage' && verdict.source),
      ['file:a.json', 'https://example.com/a.json', undefined],
    );
  });

  it('is no loss: what a person makes anew may begin empty, what is fetched may not', () => {
    for (const text of ['', ' \n', '{}']) {
      const made = (source: Origin) => into(cacheWith({}), content('a.json', text, source));
      for (const source of MEANT) assert.deepEqual(kinds(made(source)), ['fits'], source.kind);
      for (const source of FETCHED) assert.deepEqual(kinds(made(source)), ['empty'], source.kind);
      assert.deepEqual(kinds(replace('{"b":2}', text)), ['empty']);
    }
  });

  it('is refused whoever meant it where the cluster would not take it', () => {
    for (const source of MEANT) {
      const tooLarge = into(undefined, content('a', 'x'.repeat(LIMIT + 1), source));
      assert.deepEqual(verdicts(tooLarge), [{ kind: 'tooLarge', total: LIMIT + 1, over: 1 }]);
      assert.equal(stateOf(tooLarge).kind, 'refused');
      assert.equal(stateOf(into(undefined, content('a b', 'x', source))).kind, 'refused');
    }
  });
});
