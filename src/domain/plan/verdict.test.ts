import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import type { CacheContent } from '../cache.ts';
import { stateOf } from './planState.ts';
import { planChange, readContent, type CachePlan } from './cachePlan.ts';
import { consequenceOf, type Verdict } from './verdict.ts';

type Content = string | Uint8Array;

const BINARY = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
const URL = 'https://anna:secret@example.com/data?token=secret';

/** A plan that gives one key of a cache new content. */
function into(cache: CacheContent | undefined, key: string, after: Content, mediaType?: string) {
  return planChange(REF, cache, [
    readContent({
      key,
      source: { kind: 'url', url: URL },
      content: {
        bytes: typeof after === 'string' ? utf8(after) : after,
        ...(mediaType === undefined ? {} : { mediaType }),
      },
    }),
  ]);
}

const replace = (key: string, before: Content, after: Content): CachePlan =>
  into(cacheWith({ [key]: before }), key, after);

const verdicts = ({ keys: [key] }: CachePlan): readonly Verdict[] => key?.verdicts ?? [];
const kinds = (plan: CachePlan): readonly string[] => verdicts(plan).map(({ kind }) => kind);

const object = (entries: number, value: unknown = 'x'): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: entries }, (_, i) => [`n${i}`, value])));
const lines = (count: number, separator: string): string =>
  Array.from({ length: count }, (_, i) => `name${i}${separator}value\n`).join('');

describe('Empty new content', () => {
  const table = [
    ['nothing at all', 'a.json', object(3), '', 3],
    ['white space', 'a.json', object(3), ' \r\n\t\n', 3],
    ['an object without members', 'a.json', object(3), '{}', 3],
    ['such an object with space and a newline', 'a.json', object(3), '{ }\n', 3],
    ['a list without elements', 'a.json', '["a","b"]', '[]', 2],
    ['null', 'a.json', object(3), 'null', 3],
    ['a list within an object', 'a.json', '{"items":["a","b"]}', '{"items":[]}', 2],
    ['nothing in YAML', 'a.yaml', 'x: 1\ny: 2\n', '', 2],
    ['only comments in YAML', 'a.yaml', 'x: 1\ny: 2\n', '# generated\n', 2],
    ['only the mark of a document', 'a.yaml', 'x: 1\ny: 2\n', '---\n', 2],
    ['{} in YAML', 'a.yaml', 'x: 1\ny: 2\n', '{}\n', 2],
    ['only comments in properties', 'a.properties', 'x=1\ny=2\n', '# generated\n\n', 2],
    ['nothing in lines of key=value', 'flat', 'x=1\ny=2\n', '', 2],
    ['nothing in text', 'a.txt', 'words', '', undefined],
    ['white space in text', 'a.txt', 'words', '\n\n', undefined],
    ['nothing in binary', 'a.bin', BINARY, '', undefined],
  ] as const;
  for (const [name, key, before, after, entriesBefore] of table) {
    it(`is ${name}, asked about with what will be lost`, () => {
      const plan = replace(key, before, after);
      const empty = verdicts(plan).find(({ kind }) => kind === 'empty');
      assert.deepEqual(empty, {
        kind: 'empty',
        entriesBefore,
        bytesBefore: typeof before === 'string' ? utf8(before).length : before.length,
      });
      assert.equal(stateOf(plan).kind, 'ask');
    });
  }

  it('is only a byte order mark as well', () => {
    assert.equal(kinds(replace('a.txt', 'words', '\uFEFF'))[0], 'empty');
    assert.equal(kinds(replace('a.json', object(3), '\uFEFF\n'))[0], 'empty');
  });

  for (const after of ['0', 'false', '""', '[null]', '[[]]', '{"a": null}', '{"a": ""}']) {
    it(`is not ${after}, which says something`, () => {
      assert.ok(!kinds(into(undefined, 'a.json', after)).includes('empty'));
    });
  }
});

describe('New content that is much smaller', () => {
  const table = [
    ['exactly half the entries', 'a.json', object(10), object(5, 'longer text'), []],
    [
      'one entry under half',
      'a.json',
      object(10),
      object(4, 'much longer text'),
      ['entries', 10, 4],
    ],
    ['half of an odd number, rounded up', 'a.json', object(9), object(5, 'longer text'), []],
    [
      'half of an odd number, rounded down',
      'a.json',
      object(9),
      object(4, 'longer text'),
      ['entries', 9, 4],
    ],
    ['elements of a list', 'a.json', '["a","b","c"]', '["only one left"]', ['entries', 3, 1]],
    [
      'entries of YAML',
      'a.yaml',
      lines(5, ': '),
      'only: one, but with a very long value that takes up space',
      ['entries', 5, 1],
    ],
    [
      'entries of properties',
      'a.properties',
      lines(5, '='),
      'only=one, but with a very long value that takes up space',
      ['entries', 5, 1],
    ],
    ['exactly half the bytes', 'a.txt', 'x'.repeat(100), 'y'.repeat(50), []],
    ['one byte under half', 'a.txt', 'x'.repeat(100), 'y'.repeat(49), ['bytes', 100, 49]],
    ['half of an odd number of bytes', 'a.txt', 'x'.repeat(99), 'y'.repeat(49), ['bytes', 99, 49]],
    ['bytes and not characters', 'a.txt', '漢'.repeat(10), 'y'.repeat(14), ['bytes', 30, 14]],
    [
      'binary bytes',
      'a',
      new Uint8Array(10).fill(0xff),
      new Uint8Array(4).fill(0xff),
      ['bytes', 10, 4],
    ],
    [
      'bytes, though every entry is there',
      'a.json',
      object(5, 'x'.repeat(50)),
      object(5),
      ['bytes', 291, 46],
    ],
    ['more than before', 'a.json', object(4), object(40), []],
  ] as const;
  for (const [name, key, before, after, [of, from, to]] of table) {
    it(`is told by ${name}: ${of === undefined ? 'not smaller' : `${from} ${of} become ${to}`}`, () => {
      const plan = replace(key, before, after);
      if (of === undefined) {
        assert.deepEqual(kinds(plan), ['fits']);
        return;
      }
      assert.deepEqual(verdicts(plan), [{ kind: 'muchSmaller', of, before: from, after: to }]);
      assert.equal(stateOf(plan).kind, 'ask');
    });
  }

  it('is nothing that a new key can be', () => {
    assert.deepEqual(kinds(into(cacheWith({ other: 'x'.repeat(1000) }), 'a.txt', 'y')), ['fits']);
  });

  it('is told though what was before could be read another way', () => {
    const plan = replace('flat', lines(50, '='), 'upstream connect error');
    assert.deepEqual(kinds(plan), ['muchSmaller']);
  });
});

describe('Fetched content that may be a message in place of data', () => {
  const table = [
    ['a.json', '"no healthy upstream"'],
    ['a.json', '503'],
    ['a.yaml', 'no healthy upstream\n'],
    ['a.yaml', 'no healthy\nupstream\n---\n'],
    ['a.properties', '# 503: of the proxy\nno healthy upstream\n'],
  ] as const;
  for (const [key, message] of table) {
    it(`is asked about: ${JSON.stringify(message)} as ${key}`, () => {
      assert.deepEqual(verdicts(into(cacheWith({}), key, message)), [{ kind: 'withoutNames' }]);
      assert.equal(stateOf(replace(key, 'a: 1', message)).kind, 'ask');
    });

    it(`is not where there was such a text before: ${JSON.stringify(message)} as ${key}`, () => {
      assert.deepEqual(kinds(replace(key, message, `${message} `)), ['fits']);
    });
  }

  const data = [
    ['a.json', '["no healthy upstream"]'],
    ['a.json', 'null', 'empty'],
    ['a.yaml', '- no healthy upstream\n'],
    ['a.yaml', 'no: healthy upstream\n'],
    ['a.properties', 'no healthy upstream\na:\n'],
    ['a.properties', '# no names yet\n', 'empty'],
    ['a.txt', 'no healthy upstream'],
    ['words', 'no healthy upstream'],
  ] as const;
  for (const [key, text, kind = 'fits'] of data) {
    it(`is not ${JSON.stringify(text)} as ${key}`, () => {
      assert.deepEqual(kinds(into(cacheWith({}), key, text)), [kind]);
    });
  }

  it('is nothing that a person typed', () => {
    const content = { bytes: utf8('"Good day"') };
    const given = readContent({ key: 'a.json', source: { kind: 'editor' }, content });
    assert.deepEqual(kinds(planChange(REF, cacheWith({}), [given])), ['fits']);
  });
});

describe('New content of another kind', () => {
  it('is text that becomes binary, or the reverse, and is asked about', () => {
    const toBinary = replace('a', 'words', BINARY);
    assert.deepEqual(verdicts(toBinary), [{ kind: 'kindChanged', from: 'text', to: 'binary' }]);
    assert.equal(stateOf(toBinary).kind, 'ask');
    const toText = replace('a', BINARY, 'words');
    assert.deepEqual(verdicts(toText), [{ kind: 'kindChanged', from: 'binary', to: 'text' }]);
    assert.equal(stateOf(toText).kind, 'ask');
  });

  it('is nothing to ask about for a new key', () => {
    assert.deepEqual(kinds(into(cacheWith({ other: 'x' }), 'a', BINARY)), ['fits']);
  });

  it('is UTF-16 in place of UTF-8', () => {
    const utf16 = new Uint8Array(Buffer.from('\uFEFFwords', 'utf16le'));
    assert.deepEqual(kinds(replace('a.txt', 'words', utf16)), ['kindChanged']);
  });

  it('is told together with a loss', () => {
    const plan = replace('a', 'x'.repeat(100), BINARY);
    assert.deepEqual([...kinds(plan)].sort(), ['kindChanged', 'muchSmaller']);
    const state = stateOf(plan);
    assert.equal(state.kind === 'ask' && state.losses.length, 2);
  });
});

describe('New content that is not readable as its format', () => {
  const table = [
    ['JSON', 'a.json', '{"ü漢": 1,\r\n "b":', 2, 6],
    ['JSON', 'a.json', new Uint8Array(Buffer.from('\uFEFF{"a":1}', 'utf16le')), 1, 1],
    ['JSON', 'a.json', BINARY, 1, 2],
    ['YAML', 'a.yaml', 'a: 1\nb: ]\n', 2, 4],
    ['YAML', 'a.yml', 'a: 1\na: 2\n', 2, 1],
    ['properties', 'a.properties', BINARY, 1, 2],
  ] as const;
  for (const [format, key, after, line, column] of table) {
    it(`is refused with its place: ${format} at ${line}:${column}`, () => {
      const plan = into(cacheWith({}), key, after);
      assert.equal(stateOf(plan).kind, 'refused');
      const [only] = verdicts(plan);
      assert.ok(only?.kind === 'unreadable');
      assert.deepEqual([only.format, only.line, only.column], [format, line, column]);
    });
  }

  it('is nothing that text and binary can be', () => {
    assert.deepEqual(kinds(into(undefined, 'a.txt', '{"a":')), ['fits']);
    assert.deepEqual(kinds(into(undefined, 'a.gz', BINARY)), ['fits']);
  });
});

describe('An error page', () => {
  const page = '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>';
  const refused = [
    ['for JSON', 'a.json', page, undefined],
    ['for YAML', 'a.yaml', page, undefined],
    ['for properties', 'a.properties', page, undefined],
    ['for text', 'a.txt', page, undefined],
    ['for a key without an ending', 'repo-to-namespace', page, undefined],
    ['told by its media type only', 'a.txt', 'Please log in', 'text/html'],
    ['told by its media type, though empty', 'a.json', '', 'text/html'],
    ['with another media type', 'a.json', page, 'application/json'],
    ['for binary', 'a.gz', page, 'text/html'],
  ] as const;
  for (const [name, key, content, mediaType] of refused) {
    it(`is refused ${name}, and names its source without credentials`, () => {
      const plan = into(undefined, key, content, mediaType);
      const found = verdicts(plan).find(({ kind }) => kind === 'errorPage');
      assert.deepEqual(found, { kind: 'errorPage', source: 'https://example.com/data' });
      assert.ok(!kinds(plan).includes('unreadable'), 'one fault is told once');
      assert.equal(stateOf(plan).kind, 'refused');
    });
  }

  const fine = [
    ['page.html', page, undefined],
    ['page.html', page, 'text/html'],
    ['PAGE.HTM', page, 'text/html'],
    ['a.json', '{"page": "<html></html>"}', 'application/json'],
    ['a.json', '{"a": 1}', 'text/plain'],
    ['a.json', '{"a": 1}', undefined],
  ] as const;
  for (const [key, content, mediaType] of fine) {
    it(`is not what ${key} gets as ${mediaType ?? 'a file'}: ${content.slice(0, 20)}`, () => {
      assert.deepEqual(kinds(into(undefined, key, content, mediaType)), ['fits']);
    });
  }
});

describe('A cache or key that cannot be refreshed', () => {
  const memoization = { 'workflows.argoproj.io/configmap-type': 'Cache' };
  const table = [
    ['immutable', cacheWith({ a: 'x' }, { immutable: true }), 'a', 'immutable'],
    ['immutable, with a new key', cacheWith({ a: 'x' }, { immutable: true }), 'b', 'immutable'],
    ['for memoization', cacheWith({ a: 'x' }, { labels: memoization }), 'a', 'memoization'],
    ['with a key name of two words', cacheWith({}), 'my map.json', 'keyNotAllowed'],
    ['with a key name of two dots', cacheWith({}), '..', 'keyNotAllowed'],
    ['with a key name that is too long', cacheWith({}), 'x'.repeat(254), 'keyNotAllowed'],
    ['with a key name that has a folder', cacheWith({}), 'maps/a.json', 'keyNotAllowed'],
  ] as const;
  for (const [name, cache, key, kind] of table) {
    it(`is refused: ${name}`, () => {
      const plan = into(cache, key, '{"new": 1}');
      assert.deepEqual(kinds(plan), [kind]);
      assert.equal(stateOf(plan).kind, 'refused');
    });
  }
});

describe('What a verdict allows', () => {
  const all: readonly (readonly [Verdict, string])[] = [
    [{ kind: 'unchanged' }, 'apply'],
    [{ kind: 'fits' }, 'apply'],
    [{ kind: 'nearLimit', total: 921_601 }, 'apply'],
    [{ kind: 'empty', entriesBefore: 1, bytesBefore: 1 }, 'ask'],
    [{ kind: 'muchSmaller', of: 'bytes', before: 9, after: 1 }, 'ask'],
    [{ kind: 'kindChanged', from: 'text', to: 'binary' }, 'ask'],
    [{ kind: 'removed', entriesBefore: 1, bytesBefore: 1 }, 'ask'],
    [{ kind: 'bytesReplaced' }, 'ask'],
    [{ kind: 'withoutNames' }, 'ask'],
    [{ kind: 'tooLarge', total: 1_048_577, over: 1 }, 'refuse'],
    [{ kind: 'unreadable', format: 'JSON', problem: 'x', line: 1, column: 1 }, 'refuse'],
    [{ kind: 'errorPage', source: 'file:a' }, 'refuse'],
    [{ kind: 'immutable' }, 'refuse'],
    [{ kind: 'memoization' }, 'refuse'],
    [{ kind: 'keyNotAllowed', problem: 'x' }, 'refuse'],
  ];
  for (const [verdict, consequence] of all) {
    it(`is to ${consequence} for ${verdict.kind}`, () => {
      assert.equal(consequenceOf(verdict, true), consequence);
    });
  }
});
