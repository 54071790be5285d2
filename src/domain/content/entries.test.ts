import assert from 'node:assert/strict';
import { entriesOf, entriesOfBoth } from './entries.ts';

const names = (root: unknown): readonly string[] => entriesOf(root).entries.map(({ name }) => name);
const count = (root: unknown): number => entriesOf(root).entries.length;

describe('The entries of a document', () => {
  it('are the members of an object by their names', () => {
    assert.equal(entriesOf({ a: 1, b: { c: 2 } }).kind, 'named');
    assert.deepEqual(names({ a: 1, b: { c: 2 } }), ['a', 'b']);
  });

  it('are the elements of an array', () => {
    assert.equal(entriesOf([1, 2, 2]).kind, 'listed');
    assert.equal(count([1, 2, 2]), 3);
  });

  const wrapped = [
    [{ items: ['a', 'b', 'c'] }, 3],
    [{ mappings: { a: 1, b: 2 } }, 2],
    [{ items: { byName: { a: 1, b: 2 } } }, 2],
    [{ items: [] }, 0],
    [{ mappings: {} }, 0],
  ] as const;
  for (const [root, expected] of wrapped) {
    it(`are ${expected} inside of a wrapping object: ${JSON.stringify(root)}`, () => {
      assert.equal(count(root), expected);
    });
  }

  const notWrapped = [
    [{}, 0],
    [[], 0],
    [{ a: 1 }, 1],
    [{ a: 'x' }, 1],
    [{ a: null }, 1],
    [{ version: 2, items: ['a', 'b', 'c'] }, 2],
    [[{ a: 1, b: 2 }], 1],
    [[[]], 1],
  ] as const;
  for (const [root, expected] of notWrapped) {
    it(`are ${expected} where nothing wraps: ${JSON.stringify(root)}`, () => {
      assert.equal(count(root), expected);
    });
  }

  it('are none where the document says nothing', () => {
    assert.equal(count(null), 0);
    assert.equal(count(undefined), 0);
  });

  const different = [
    [
      { a: 1, b: 0 },
      { a: '1', b: 0 },
    ],
    [
      { a: null, b: 0 },
      { a: 'null', b: 0 },
    ],
    [
      { a: true, b: 0 },
      { a: 'true', b: 0 },
    ],
    [
      { a: [], b: 0 },
      { a: {}, b: 0 },
    ],
    [
      { a: [1, 2], b: 0 },
      { a: [2, 1], b: 0 },
    ],
    [
      { a: [1, [2]], b: 0 },
      { a: [[1], 2], b: 0 },
    ],
    [
      { a: { x: 1 }, b: 0 },
      { a: { y: 1 }, b: 0 },
    ],
    [
      { a: 'x","y', b: 0 },
      { a: ['x', 'y'], b: 0 },
    ],
  ] as const;
  for (const [one, other] of different) {
    it(`are written so that another value is another text: ${String(Object.values(one)[0])}`, () => {
      const [a, b] = [entriesOf(one), entriesOf(other)].map(
        ({ entries }) => entries.find(({ name }) => name === 'a')?.value,
      );
      assert.notEqual(a, undefined);
      assert.notEqual(a, b);
    });
  }

  it('are written so that the order of members says nothing', () => {
    const one = { a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 0 };
    const other = { b: 0, a: { y: [{ q: 2, p: 1 }], x: 1 } };
    const sorted = (root: unknown) =>
      [...entriesOf(root).entries].sort((left, right) => left.name.localeCompare(right.name));
    assert.deepEqual(sorted(one), sorted(other));
  });
});

describe('The entries of two documents to compare', () => {
  const kinds = (one: unknown, other: unknown) =>
    entriesOfBoth(one, other).map(({ kind, entries }) => [kind, entries.length]);

  it('are those inside where both are wrapped by the same name', () => {
    assert.deepEqual(kinds({ items: [1, 2] }, { items: [3] }), [
      ['listed', 2],
      ['listed', 1],
    ]);
    assert.deepEqual(kinds({ a: { b: { x: 1, y: 2 } } }, { a: { b: { x: 1 } } }), [
      ['named', 2],
      ['named', 1],
    ]);
  });

  it('are the outermost where only one is wrapped, or each by another name', () => {
    assert.deepEqual(kinds({ a: { x: 1, y: 2 } }, { a: { x: 1, y: 2 }, b: { x: 3 } }), [
      ['named', 1],
      ['named', 2],
    ]);
    assert.deepEqual(kinds({ items: [1, 2] }, { elements: [1, 2] }), [
      ['named', 1],
      ['named', 1],
    ]);
    assert.deepEqual(kinds([1, 2, 3], { items: [1, 2, 3] }), [
      ['listed', 3],
      ['named', 1],
    ]);
  });
});
