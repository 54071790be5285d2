import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { chance } from '../../../test/fakes/chance.ts';
import type { CacheContent } from '../cache.ts';
import { stateOf } from './planState.ts';
import {
  planChange,
  readContent,
  type KeyPlan,
  type NewContent,
  type CachePlan,
} from './cachePlan.ts';
import type { Verdict } from './verdict.ts';

const LIMIT = 1_048_576;
const NEAR = 921_600;
const BINARY = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? utf8(content) : content;

/** New content for a key, from a URL with credentials in it. */
function fresh(key: string, content: string | Uint8Array, mediaType?: string): NewContent {
  return {
    key,
    source: { kind: 'url', url: `https://anna:secret@example.com/${key}?token=secret` },
    content: { bytes: bytesOf(content), ...(mediaType === undefined ? {} : { mediaType }) },
  };
}

const plan = (cache: CacheContent | undefined, ...contents: NewContent[]): CachePlan =>
  planChange(REF, cache, contents.map(readContent));

/** The plan of one key of a cache that has only this key. */
function replace(key: string, before: string | Uint8Array, after: string | Uint8Array): KeyPlan {
  const [only] = plan(cacheWith({ [key]: before }), fresh(key, after)).keys;
  assert.ok(only);
  return only;
}

const kinds = ({ verdicts }: KeyPlan): readonly string[] => verdicts.map(({ kind }) => kind);

function verdict<K extends Verdict['kind']>(key: KeyPlan | undefined, kind: K) {
  const found = key?.verdicts.find((each) => each.kind === kind);
  assert.ok(found, `${kind} is not among ${key?.verdicts.map((each) => each.kind).join(', ')}`);
  return found as Verdict & { kind: K };
}

describe('A plan', () => {
  it('stands on the version that it was compared with', () => {
    const cache = cacheWith({ a: 'x' }, { uid: 'u-1', resourceVersion: '77' });
    const { ref, before } = plan(cache, fresh('a', 'y'));
    assert.deepEqual(ref, REF);
    assert.equal(before, cache);
  });

  it('to create a cache has nothing before, and the same checks', () => {
    const made = plan(undefined, fresh('a.json', '{"x": 1, "y": 2}'));
    assert.equal(made.before, undefined);
    assert.deepEqual([made.bytesBefore, made.bytesAfter], [0, 16]);
    const [key] = made.keys;
    assert.ok(key);
    assert.deepEqual([key.before, key.diff, key.entries], [undefined, undefined, 2]);
    assert.deepEqual(kinds(key), ['fits']);
    assert.equal(stateOf(made).kind, 'ready');
    for (const bad of [
      fresh('a.json', '{"x": '),
      fresh('a b', 'x'),
      fresh('a', 'x'.repeat(LIMIT + 1)),
      fresh('a.json', '<html>'),
    ]) {
      assert.equal(stateOf(plan(undefined, bad)).kind, 'refused');
    }
    assert.equal(stateOf(plan(undefined, fresh('a.json', '{}'))).kind, 'ask');
  });

  it('adds a key to a cache that has others', () => {
    const cache = cacheWith({ 'a.json': '{"x": 1}' });
    const made = plan(cache, fresh('b.json', '[1, 2, 3]'));
    assert.deepEqual([made.bytesBefore, made.bytesAfter], [8, 17]);
    assert.deepEqual(made.keys.map(kinds), [['fits']]);
    assert.equal(made.keys[0]?.before, undefined);
  });

  it('keeps the order of the keys it was given, and where each comes from', () => {
    const made = plan(undefined, fresh('b', '1'), fresh('a', '2'), fresh('c', '3'));
    assert.deepEqual(
      made.keys.map(({ key, source }) => [key, source.kind === 'url' && source.url.includes(key)]),
      [
        ['b', true],
        ['a', true],
        ['c', true],
      ],
    );
  });

  it('has nothing to change where every byte is the same', () => {
    const cache = cacheWith({ 'a.json': '{"x": 1}\n', b: BINARY });
    const same = plan(cache, fresh('a.json', '{"x": 1}\n'), fresh('b', Uint8Array.from(BINARY)));
    assert.deepEqual(same.keys.map(kinds), [['unchanged'], ['unchanged']]);
    assert.deepEqual(stateOf(same), { kind: 'nothingToChange' });
  });

  it('leaves the cache that it was made from as it was', () => {
    const cache = cacheWith({ a: 'x', b: 'y' });
    plan(cache, fresh('a', 'z'), fresh('c', 'new'));
    assert.deepEqual(cache, cacheWith({ a: 'x', b: 'y' }));
  });
});

describe('Bytes in a plan', () => {
  const contents = [
    ['a final newline', 'x: 1\n'],
    ['no final newline', 'x: 1'],
    ['CRLF', 'x: 1\r\ny: 2\r\n'],
    ['a lone CR', '"x: 1\ry: 2"'],
    ['a byte order mark', '\uFEFFx: 1\n'],
    ['space at the ends of lines', 'x: 1  \n'],
    ['any Unicode, not composed', 'x: e\u0301🙂\u2028\n'],
  ] as const;
  for (const [name, text] of contents) {
    it(`are kept exactly, and make a change: ${name}`, () => {
      const key = replace('a.yaml', 'x: 0', text);
      assert.deepEqual(key.after, { kind: 'text', bytes: utf8(text) });
      assert.notDeepEqual(kinds(key), ['unchanged']);
      assert.deepEqual(kinds(replace('a.yaml', text, text)), ['unchanged']);
    });
  }

  it('that are binary are kept exactly', () => {
    assert.deepEqual(replace('a', Uint8Array.of(0xff), BINARY).after, {
      kind: 'binary',
      bytes: BINARY,
    });
  });

  const written = [
    ['line ends', '{"x": 1,\n"y": 2}\n', '{"x": 1,\r\n"y": 2}\r\n'],
    ['the final newline', '{"x": 1, "y": 2}\n', '{"x": 1, "y": 2}'],
    ['a byte order mark', '{"x": 1, "y": 2}', '\uFEFF{"x": 1, "y": 2}'],
    ['the order of members', '{"x": 1, "y": 2}', '{"y": 2, "x": 1}'],
  ] as const;
  for (const [name, before, after] of written) {
    it(`that differ only in ${name} are a change without a changed entry`, () => {
      const key = replace('a.json', before, after);
      assert.deepEqual(kinds(key), ['fits']);
      assert.deepEqual(key.diff, { added: [], removed: [], changed: [] });
    });
  }
});

describe('The difference in a plan', () => {
  const table = [
    ['a.json', '{"a":1,"b":2,"c":3}', '{"b":2,"c":4,"d":5}'],
    ['a.yaml', 'a: 1\nb: 2\nc: 3\n', 'b: 2\nc: 4\nd: 5\n'],
    ['a.properties', 'a=1\nb=2\nc=3\n', '# new\nb=2\nc=4\nd=5\n'],
    ['flat', 'a=1\nb=2\nc=3\n', 'b=2\nc=4\nd=5\n'],
    ['a.json', '{"items":{"a":1,"b":2,"c":3}}', '{"items":{"b":2,"c":4,"d":5}}'],
  ] as const;
  for (const [key, before, after] of table) {
    it(`names the entries of ${key}: ${JSON.stringify(before)}`, () => {
      const { diff, entries } = replace(key, before, after);
      assert.deepEqual(diff, { added: ['d'], removed: ['a'], changed: ['c'] });
      assert.equal(entries, 3);
    });
  }

  it('counts one added where one element was put in front of a list in an object', () => {
    const { diff, entries } = replace('a.json', '{"items":["b","c"]}', '{"items":["a","b","c"]}');
    assert.deepEqual([diff?.added.length, diff?.removed.length, diff?.changed.length], [1, 0, 0]);
    assert.equal(entries, 3);
  });

  for (const key of ['a.json', 'a.yaml']) {
    it(`sees a digit that JavaScript does not hold, in ${key}`, () => {
      const { diff } = replace(
        key,
        '{"id": 12345678901234567890, "b": 1}',
        '{"id": 12345678901234567891, "b": 1}',
      );
      assert.deepEqual(diff, { added: [], removed: [], changed: ['id'] });
    });
  }

  it('is none for text and binary', () => {
    for (const { diff, entries } of [
      replace('a.txt', 'one', 'two'),
      replace('a', BINARY, Uint8Array.of(0xff)),
    ]) {
      assert.deepEqual([diff, entries], [undefined, undefined]);
    }
  });

  it('is none where what was before cannot be read, and that is no fault of the new content', () => {
    const key = replace('a.json', '{"a": ', '{"a": 1}');
    assert.deepEqual([key.diff, key.entries, kinds(key)], [undefined, 1, ['fits']]);
  });
});

describe('The limit in a plan', () => {
  const table = [
    ['at 900 KiB', 'x'.repeat(NEAR), 'fits'],
    ['at one byte more', 'x'.repeat(NEAR + 1), 'nearLimit'],
    ['at exactly the limit', 'x'.repeat(LIMIT), 'nearLimit'],
    ['at one byte more than the limit', 'x'.repeat(LIMIT + 1), 'tooLarge'],
    ['in bytes of UTF-8, near', '漢'.repeat(349_525) + 'x', 'nearLimit'],
    ['in bytes of UTF-8, over', '漢'.repeat(349_525) + 'xx', 'tooLarge'],
    ['of binary bytes and not of base64', new Uint8Array(LIMIT).fill(0xff), 'nearLimit'],
    ['of too many binary bytes', new Uint8Array(LIMIT + 1).fill(0xff), 'tooLarge'],
  ] as const;
  for (const [name, content, kind] of table) {
    it(`${name}: ${kind}`, () => {
      const made = plan(undefined, fresh('a', content));
      const [key] = made.keys;
      assert.ok(key);
      assert.deepEqual(kinds(key), [kind]);
      assert.equal(made.bytesAfter, bytesOf(content).length);
      assert.equal(stateOf(made).kind, kind === 'tooLarge' ? 'refused' : 'ready');
    });
  }

  it('counts the other keys of the ConfigMap, by their values only', () => {
    const other = { ['k'.repeat(253)]: 'x'.repeat(1_000_000) };
    const fitting = plan(cacheWith({ ...other, a: 'old' }), fresh('a', 'y'.repeat(48_576)));
    assert.equal(verdict(fitting.keys[0], 'nearLimit').total, LIMIT);
    const over = plan(cacheWith({ ...other, a: 'old' }), fresh('a', 'y'.repeat(48_579)));
    assert.deepEqual(verdict(over.keys[0], 'tooLarge'), {
      kind: 'tooLarge',
      total: LIMIT + 3,
      over: 3,
    });
  });

  it('counts the keys of one plan together', () => {
    const half = 'x'.repeat(LIMIT / 2);
    assert.equal(stateOf(plan(undefined, fresh('a', half), fresh('b', half))).kind, 'ready');
    const over = plan(undefined, fresh('a', half), fresh('b', `${half}x`));
    assert.equal(verdict(over.keys[1], 'tooLarge').over, 1);
    assert.equal(stateOf(over).kind, 'refused');
  });

  it('does not count what is replaced', () => {
    const cache = cacheWith({ a: 'x'.repeat(LIMIT) });
    assert.equal(stateOf(plan(cache, fresh('a', 'y'.repeat(LIMIT)))).kind, 'ready');
  });
});

describe('The sums of a plan', () => {
  it('are those of another computation, for any caches and contents', () => {
    const next = chance(3);
    const content = (): string | Uint8Array =>
      next(4) === 0
        ? new Uint8Array(next(300_000)).fill(0xff)
        : (['x', 'ü', '漢', '🙂'][next(4)]?.repeat(next(200_000)) ?? '');
    for (let round = 0; round < 40; round += 1) {
      const some = () =>
        Object.fromEntries(Array.from({ length: next(5) }, () => [`k${next(6)}`, content()]));
      const [before, news] = [some(), some()];
      const made = plan(cacheWith(before), ...Object.entries(news).map(([k, v]) => fresh(k, v)));
      const sum = (values: object) =>
        Buffer.concat(
          Object.values(values).map((each: string | Uint8Array) => Buffer.from(bytesOf(each))),
        ).length;
      assert.equal(made.bytesBefore, sum(before));
      assert.equal(made.bytesAfter, sum({ ...before, ...news }));
      const changed = made.keys.filter((key) => !kinds(key).includes('unchanged'));
      for (const key of changed) {
        assert.equal(kinds(key).includes('tooLarge'), made.bytesAfter > LIMIT);
      }
    }
  });
});
