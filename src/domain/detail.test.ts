import assert from 'node:assert/strict';
import { cacheWith } from '../../test/fakes/caches.ts';
import { detailOf } from './detail.ts';

describe('What the content of a cache tells', () => {
  it('is the format, bytes and entries of each key, in the order of names', () => {
    const { keys, bytes, immutable, resourceVersion } = detailOf(
      cacheWith({
        'b.yaml': 'x: 1\ny: 2\nz: 3\n',
        'a.json': '{"items": [1, 2]}',
        'c.json': '{"cut": ',
        'd.txt': 'ü',
        e: 'one=1\ntwo=2\n',
        'f.bin': Uint8Array.of(0xff, 0xfe, 0xfd),
      }),
    );
    assert.deepEqual(
      keys.map(({ key, kind, format, entries }) => [key, kind, format, entries]),
      [
        ['a.json', 'text', 'JSON', 2],
        ['b.yaml', 'text', 'YAML', 3],
        ['c.json', 'text', 'JSON', undefined],
        ['d.txt', 'text', 'text', undefined],
        ['e', 'text', 'properties', 2],
        ['f.bin', 'binary', 'binary', undefined],
      ],
    );
    assert.deepEqual(
      keys.map(({ bytes: size }) => size),
      [17, 15, 8, 2, 12, 3],
    );
    assert.equal(bytes, 17 + 15 + 8 + 2 + 12 + 3);
    assert.deepEqual([immutable, resourceVersion], [false, '41']);
  });

  it('is that it is immutable, where it is', () => {
    assert.equal(detailOf(cacheWith({}, { immutable: true })).immutable, true);
  });

  it('is what annotations take, and what the copy of kubectl takes of that', () => {
    const name = 'kubectl.kubernetes.io/last-applied-configuration';
    assert.equal(name.length, 48);
    const sizes = (annotations: Readonly<Record<string, string>>) => {
      const { annotationBytes, lastAppliedBytes } = detailOf(
        cacheWith({ a: 'x' }, { annotations }),
      );
      return [annotationBytes, lastAppliedBytes];
    };
    assert.deepEqual(sizes({}), [0, 0]);
    assert.deepEqual(sizes({ 'a/b': 'ü' }), [5, 0]);
    assert.deepEqual(sizes({ [name]: '{"ü":1}', 'a/b': 'ü' }), [48 + 8 + 5, 8]);
    assert.deepEqual(sizes({ [name]: '' }), [48, 0]);
  });
});
