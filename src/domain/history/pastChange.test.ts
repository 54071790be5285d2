import assert from 'node:assert/strict';
import { utf8 } from '../../../test/fakes/caches.ts';
import { readValue } from '../plan/cachePlan.ts';
import { valueOf } from '../content/content.ts';
import { versionDetail } from './pastChange.ts';

const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
const valueFrom = (content: string | Uint8Array) =>
  valueOf(typeof content === 'string' ? utf8(content) : content);

describe('What a version changed', () => {
  const table = [
    [
      'entries',
      'a.json',
      '{"a":1,"b":2}',
      '{"b":3,"c":4}',
      '2 entries · 1 added, 1 removed, 1 changed',
    ],
    [
      'nothing of them',
      'a.json',
      '{"a":1}',
      '{"a": 1}',
      '1 entry · same entries, written differently',
    ],
    ['text, by bytes', 'a.txt', 'abc', 'abcde', '2 bytes more'],
    ['text, by its length in UTF-8', 'a.txt', 'äö', 'a', '3 bytes fewer'],
    [
      'other bytes',
      'a.gz',
      GZIP,
      Uint8Array.from([...GZIP].reverse()),
      'other bytes of the same number',
    ],
    ['what could not be read', 'a.json', '{"a":', '{"a":1}', '1 entry · 2 bytes more'],
    ['what can no longer be read', 'a.json', '{"a":1}', '{"a":', '2 bytes fewer'],
    [
      'all, as the first with entries',
      'a.yaml',
      undefined,
      'a: 1\nb: 2\n',
      '2 entries · the first that is known',
    ],
    ['all, as the first of text', 'a.txt', undefined, 'words', 'the first that is known'],
    ['all of an empty one', 'a.json', undefined, '{}', '0 entries · the first that is known'],
  ] as const;
  for (const [what, key, before, after, words] of table) {
    it(`is ${what}: ${words}`, () => {
      const read = (content: string | Uint8Array) => readValue(key, valueFrom(content));
      const older = before === undefined ? undefined : read(before);
      assert.equal(versionDetail(older, read(after)), words);
    });
  }
});
