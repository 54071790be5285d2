import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { readerOf, readingWorkload } from '../../../test/fakes/workloads.ts';
import type { Origin } from '../source.ts';
import { planChange, readContent } from '../plan/cachePlan.ts';
import { changeBy } from './cacheChange.ts';
import { effectOn } from './reader.ts';
import { effectWords, useLines } from './readerText.ts';

const FILE: Origin = { kind: 'file', uri: 'file:///a' };
const [TEXT, OTHER_TEXT] = ['one', 'two'];
const [BINARY, OTHER_BINARY] = [new Uint8Array([0xff]), new Uint8Array([0xfe])];
type Given = string | Uint8Array | undefined;

/** What a plan changes that puts `after` in the place of `before` in the one key that there is. */
function changed(before: Given, after: Given) {
  const key = 'k';
  const cache = cacheWith(before === undefined ? {} : { [key]: before });
  const bytes = typeof after === 'string' ? utf8(after) : after;
  const content = bytes && { bytes };
  return changeBy(planChange(REF, cache, [readContent({ key, source: FILE, content })]));
}

describe('What a plan changes, for those who read the cache,', () => {
  const reader = readerOf(readingWorkload('Deployment', 'web'));
  const table: readonly (readonly [what: string, Given, Given, isSeen: boolean])[] = [
    ['text', TEXT, OTHER_TEXT, true],
    ['text that comes', undefined, TEXT, true],
    ['text that goes', TEXT, undefined, true],
    ['binary content', BINARY, OTHER_BINARY, false],
    ['binary content that comes', undefined, BINARY, false],
    ['binary content that goes', BINARY, undefined, false],
    ['text that becomes binary', TEXT, BINARY, true],
    ['binary content that becomes text', BINARY, TEXT, true],
  ];
  for (const [what, before, after, isSeen] of table) {
    it(`is ${isSeen ? 'seen' : 'not seen'} by variables where it is ${what}`, () => {
      const change = changed(before, after);
      assert.deepEqual(change.keys, ['k']);
      assert.equal(effectOn(reader, change), isSeen ? 'restart' : undefined);
    });
  }

  it('is not said to be another key where it is binary', () => {
    const change = changed(BINARY, OTHER_BINARY);
    assert.match(effectWords(reader, change), /binary/);
    assert.match(useLines(reader, change).join(), /all keys: binary/);
  });

  it('is nothing where the content is the same', () => {
    assert.deepEqual(changed(TEXT, TEXT).keys, []);
  });
});
