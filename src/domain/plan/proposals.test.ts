import assert from 'node:assert/strict';
import { chance } from '../../../test/fakes/chance.ts';
import { gzippedKey, helps, minifyJson, proposalSentence, splitSentence } from './proposals.ts';
import { MAX_VALUE_BYTES } from '../size.ts';

describe('JSON without white space', () => {
  const CASES: readonly (readonly [string, string])[] = [
    ['{ "a" : [ 1 , 2 ] }', '{"a":[1,2]}'],
    ['{\r\n\t"a": "b c\\" d\\\\"\n}\n', '{"a":"b c\\" d\\\\"}'],
    ['"\\\\" ', '"\\\\"'],
    ['[1.0, 1e3, 12345678901234567890]', '[1.0,1e3,12345678901234567890]'],
    ['{"a": 1, "a": 2}', '{"a":1,"a":2}'],
    [' null ', 'null'],
    ['{"\u00a0": "\u2028"}', '{"\u00a0":"\u2028"}'],
  ];
  for (const [text, minified] of CASES) {
    it(`is ${minified}`, () => {
      assert.equal(minifyJson(text), minified);
    });
  }

  it('is what JSON.stringify makes of any document that it indents', () => {
    const next = chance(7);
    const value = (depth: number): unknown => {
      const kind = next(depth > 4 ? 3 : 5);
      const texts = ['', ' ', '"', '\\', '\\"', '\n', 'ü \t', '{ }', '[ 1 ]'];
      if (kind === 0) return texts[next(texts.length)];
      if (kind === 1) return next(1000) / 8;
      if (kind === 2) return [true, false, null][next(3)];
      const parts = Array.from({ length: next(4) }, () => value(depth + 1));
      return kind === 3
        ? parts
        : Object.fromEntries(parts.map((part, index) => [`${texts[next(9)] ?? ''}${index}`, part]));
    };
    for (let count = 0; count < 2000; count++) {
      const document = value(0);
      assert.equal(minifyJson(JSON.stringify(document, null, next(5))), JSON.stringify(document));
    }
  });
});

describe('A proposal', () => {
  const of = (total: number) => ({ kind: 'minify', contents: [], total, saved: 2048 }) as const;

  it('helps where the ConfigMap could hold what it makes', () => {
    assert.equal(helps(of(MAX_VALUE_BYTES)), true);
    assert.equal(helps(of(MAX_VALUE_BYTES + 1)), false);
  });

  it('says by how much, against the limit, and whether that is enough', () => {
    assert.match(proposalSentence(of(512 * 1024)), /2\.0 KB less, 512 KB of 1\.0 MB\.$/);
    assert.match(proposalSentence(of(3 * MAX_VALUE_BYTES)), /still too much\.$/);
  });

  it('to gzip names the key, and says that readers must know', () => {
    const contents = [
      {
        key: gzippedKey('a.json'),
        source: { kind: 'editor' },
        content: { bytes: new Uint8Array() },
      },
      { key: 'a.json', source: { kind: 'editor' }, content: undefined },
    ] as const;
    const sentence = proposalSentence({ kind: 'gzip', contents, total: 10, saved: 1 });
    assert.match(sentence, /^Gzipped as a\.json\.gz: .* its readers must know, and unpack it\.$/);
  });

  it('to split counts the ConfigMaps', () => {
    assert.match(splitSentence(MAX_VALUE_BYTES + 1), /at least 2 ConfigMaps/);
    assert.match(splitSentence(2 * MAX_VALUE_BYTES), /at least 2 ConfigMaps/);
    assert.match(splitSentence(2 * MAX_VALUE_BYTES + 1), /at least 3 ConfigMaps/);
  });
});
