import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { changedKeys, lossesOf, stateOf } from './planState.ts';
import type { CacheContent } from '../cache.ts';
import { planChange, readContent } from './cachePlan.ts';

const BEFORE = { 'a.json': '["one", "two", "three"]', 'b.json': '[1]', 'c.txt': 'words' };

const plan = (contents: Readonly<Record<string, string>>, other: Partial<CacheContent> = {}) =>
  planChange(
    REF,
    cacheWith(BEFORE, other),
    Object.entries(contents).map(([key, text]) =>
      readContent({
        key,
        source: { kind: 'file', uri: `file:///work/${key}` },
        content: { bytes: utf8(text) },
      }),
    ),
  );

const keysOf = (list: readonly { readonly key: string }[]) => list.map(({ key }) => key);

describe('A plan as a whole', () => {
  it('is ready when every key that changes fits', () => {
    const ready = plan({ 'b.json': '[2]', 'd.json': '{"new": 1}' });
    assert.deepEqual(stateOf(ready), { kind: 'ready' });
    assert.deepEqual(keysOf(changedKeys(ready)), ['b.json', 'd.json']);
  });

  it('writes only the keys that change', () => {
    const mixed = plan({ 'a.json': BEFORE['a.json'], 'b.json': '[2]', 'c.txt': 'words' });
    assert.deepEqual(stateOf(mixed), { kind: 'ready' });
    assert.deepEqual(keysOf(changedKeys(mixed)), ['b.json']);
  });

  it('has nothing to change when no key does', () => {
    const same = plan({ 'a.json': BEFORE['a.json'], 'c.txt': 'words' });
    assert.deepEqual(stateOf(same), { kind: 'nothingToChange' });
    assert.deepEqual(changedKeys(same), []);
    assert.deepEqual(stateOf(plan({})), { kind: 'nothingToChange' });
  });

  it('asks about each loss by its key', () => {
    const state = stateOf(plan({ 'a.json': '["one"]', 'b.json': '[2]', 'c.txt': '' }));
    assert.ok(state.kind === 'ask');
    assert.deepEqual(
      state.losses.map(({ key, verdict }) => [key, verdict.kind]),
      [
        ['a.json', 'muchSmaller'],
        ['c.txt', 'empty'],
      ],
    );
  });

  it('tells what would be lost also where it is refused because of the cache', () => {
    const refused = plan({ 'a.json': '["one"]', 'c.txt': '' }, { immutable: true });
    assert.equal(stateOf(refused).kind, 'refused');
    assert.deepEqual(
      lossesOf(refused).map(({ key, verdict }) => [key, verdict.kind]),
      [
        ['a.json', 'muchSmaller'],
        ['c.txt', 'empty'],
      ],
    );
  });

  it('is refused as a whole when one key is, and says which', () => {
    const state = stateOf(plan({ 'a.json': '[]', 'b.json': '[2', 'e f': 'x', 'c.txt': 'other' }));
    assert.ok(state.kind === 'refused');
    assert.deepEqual(
      state.because.map(({ key, verdict }) => [key, verdict.kind]),
      [
        ['b.json', 'unreadable'],
        ['e f', 'keyNotAllowed'],
      ],
    );
  });
});
