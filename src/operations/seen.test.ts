import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../test/fakes/caches.ts';
import type { CacheContent } from '../domain/cache.ts';
import { Seen } from './seen.ts';

const MB = 1024 * 1024;
/** What may be held in all. */
const ROOM = 64 * MB;

/** Held once: the caches of the tests share its bytes. */
const LARGE = new Uint8Array(ROOM + 1);

const named = (name: string) => ({ ...REF, name });
const large = (name: string, bytes: number): CacheContent =>
  cacheWith({ a: LARGE.subarray(0, bytes) }, { ref: named(name) });

describe('The caches that were read', () => {
  it('are known by context, namespace and name', () => {
    const seen = new Seen();
    const cache = cacheWith({ a: '1' });
    seen.put(cache);
    assert.equal(seen.get({ ...REF }), cache);
    for (const other of [
      { ...REF, name: 'other' },
      { ...REF, namespace: 'other' },
      { ...REF, context: 'other' },
    ]) {
      assert.equal(seen.get(other), undefined);
      assert.equal(seen.take(other), undefined);
    }
  });

  it('are known as they were read last', () => {
    const seen = new Seen();
    const [older, newer] = [cacheWith({ a: '1' }), cacheWith({ a: '2' })];
    assert.deepEqual(seen.put(older), []);
    assert.deepEqual(seen.put(newer), []);
    assert.equal(seen.get(REF), newer);
  });

  it('are given away once', () => {
    const seen = new Seen();
    const cache = cacheWith({ a: '1' });
    seen.put(cache);
    assert.equal(seen.take(REF), cache);
    assert.equal(seen.take(REF), undefined);
    assert.equal(seen.get(REF), undefined);
  });

  it('leave when there is no room: those first that were read longest ago', () => {
    const seen = new Seen();
    const [one, two, three] = [large('one', MB), large('two', MB), large('three', 62 * MB)];
    for (const cache of [one, two, three]) assert.deepEqual(seen.put(cache), []);
    assert.deepEqual(seen.put(large('four', 1)), [one]);
    assert.deepEqual(seen.put(large('five', 2 * MB)), [two, three]);
    assert.deepEqual(
      ['one', 'two', 'three', 'four', 'five'].map((name) => seen.get(named(name)) !== undefined),
      [false, false, false, true, true],
    );
  });

  it('stay for longer where they were read again', () => {
    const seen = new Seen();
    seen.put(large('one', 32 * MB));
    const two = large('two', 32 * MB);
    seen.put(two);
    seen.put(large('one', 32 * MB));
    assert.deepEqual(seen.put(large('three', 1)), [two]);
  });

  it('make room when they are given away or read anew', () => {
    const seen = new Seen();
    seen.put(large('one', ROOM));
    seen.put(large('one', MB));
    assert.deepEqual(seen.put(large('two', 63 * MB)), []);
    seen.take(named('two'));
    assert.deepEqual(seen.put(large('three', 63 * MB)), []);
  });

  it('have one among them that is larger than all the room, until the next one', () => {
    const seen = new Seen();
    const [small, huge, next] = [large('small', 1), large('huge', ROOM + 1), large('next', 1)];
    seen.put(small);
    assert.deepEqual(seen.put(huge), [small]);
    assert.equal(seen.get(huge.ref), huge);
    assert.deepEqual(seen.put(next), [huge]);
  });
});
