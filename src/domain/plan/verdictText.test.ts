import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { planChange, readContent } from './cachePlan.ts';
import type { Verdict } from './verdict.ts';
import { keySummary, planSummary, verdictSentence } from './verdictText.ts';

describe('A verdict in words', () => {
  const table: readonly (readonly [Verdict, readonly RegExp[]])[] = [
    [{ kind: 'unchanged' }, [/nothing to change/i]],
    [{ kind: 'fits' }, [/fits/]],
    [{ kind: 'nearLimit', total: 1_000_000 }, [/near the limit/i, /1,000,000/, /1,048,576/]],
    [{ kind: 'empty', entriesBefore: 212, bytesBefore: 49_152 }, [/empty/, /212 entries/, /48 KB/]],
    [{ kind: 'empty', entriesBefore: undefined, bytesBefore: 49_152 }, [/empty/, /48 KB/, /lost/]],
    [
      { kind: 'muchSmaller', of: 'entries', before: 212, after: 1 },
      [/much smaller/i, /212 entries/, /1 entry/],
    ],
    [{ kind: 'muchSmaller', of: 'bytes', before: 49_152, after: 17 }, [/48 KB/, /17 bytes/]],
    [{ kind: 'kindChanged', from: 'text', to: 'binary' }, [/text.*binary/]],
    [{ kind: 'kindChanged', from: 'binary', to: 'text' }, [/binary.*text/]],
    [
      { kind: 'tooLarge', total: 1_048_579, over: 3 },
      [/too large/i, /1,048,579/, /\b3 bytes/, /1,048,576/],
    ],
    [
      { kind: 'unreadable', format: 'JSON', problem: 'it is cut off', line: 12, column: 7 },
      [/JSON/, /it is cut off/, /line 12/, /column 7/],
    ],
    [{ kind: 'errorPage', source: 'https://example.com/a' }, [/HTML/, /https:\/\/example\.com\/a/]],
    [{ kind: 'withoutNames' }, [/no names and no lists/, /message/]],
    [{ kind: 'immutable' }, [/immutable/]],
    [{ kind: 'memoization' }, [/Argo/]],
    [
      { kind: 'keyNotAllowed', problem: 'a key needs a name' },
      [/not allowed/, /a key needs a name/],
    ],
  ];
  for (const [verdict, parts] of table) {
    it(`is one sentence that names the key: ${verdict.kind}`, () => {
      const sentence = verdictSentence({ key: 'prices.json', verdict });
      for (const part of [/prices\.json/, /^\S.*[^.]\.$/, ...parts]) assert.match(sentence, part);
      assert.doesNotMatch(sentence, /undefined|NaN|\[object|!/);
    });
  }

  it('speaks of no loss where there was nothing', () => {
    for (const entriesBefore of [undefined, 0]) {
      const verdict = { kind: 'empty', entriesBefore, bytesBefore: 0 } as const;
      assert.doesNotMatch(verdictSentence({ key: 'a', verdict }), /lost/);
    }
  });
});

describe('A plan in words', () => {
  const summary = (key: string, before: string | undefined, after: string): string => {
    const cache = before === undefined ? undefined : cacheWith({ [key]: before });
    const plan = planChange(REF, cache, [
      readContent({
        key,
        source: { kind: 'file', uri: `file:///${key}` },
        content: { bytes: utf8(after) },
      }),
    ]);
    assert.ok(plan.keys[0]);
    return keySummary(plan.keys[0]);
  };

  const table = [
    [
      'entries',
      'a.json',
      '{"a":1,"b":2,"c":3}',
      '{"b":2,"c":4,"d":5,"e":6}',
      [/2 added/, /1 removed/, /1 changed/, /19 bytes/, /25 bytes/],
    ],
    ['only what there is', 'a.json', '{"a":1}', '{"a":1,"b":2}', [/1 added, /]],
    ['the same entries', 'a.json', '{"a":1}', '{"a": 1}', [/same entries/, /7 bytes/, /8 bytes/]],
    ['more bytes', 'a.txt', 'abc', 'abcdef', [/3 bytes more/, /\b3 bytes to 6 bytes/]],
    ['fewer bytes', 'a.txt', 'abcdef', 'abcd', [/2 bytes fewer/, /6 bytes to 4 bytes/]],
    ['as many bytes', 'a.txt', 'abc', 'abd', [/3 bytes to 3 bytes/]],
    ['a new key', 'a.json', undefined, '["x"]', [/new/, /1 entry/, /5 bytes/]],
    ['a new text', 'a.txt', undefined, 'abc', [/new/, /3 bytes/]],
  ] as const;
  for (const [name, key, before, after, parts] of table) {
    it(`names ${name} in one line`, () => {
      const line = summary(key, before, after);
      for (const part of [new RegExp(`^${key}: `), ...parts]) assert.match(line, part);
      assert.doesNotMatch(line, /undefined|NaN|\n|\b0 (added|removed|changed)/);
    });
  }

  it('has one line per key, in their order, and says where nothing changes', () => {
    const contents = ['b', 'a'].map((key) => ({
      key,
      source: { kind: 'file', uri: `file:///${key}` } as const,
      content: { bytes: utf8('new words') },
    }));
    const [one, two, ...more] = planSummary(
      planChange(REF, cacheWith({ a: 'new words', b: 'old' }), contents.map(readContent)),
    );
    assert.match(one ?? '', /^b: .*3 bytes to 9 bytes/);
    assert.match(two ?? '', /^a: nothing to change$/);
    assert.deepEqual(more, []);
  });
});
