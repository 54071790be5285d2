import assert from 'node:assert/strict';
import { chance } from '../../../test/fakes/chance.ts';
import { entriesOf, type Entries } from './entries.ts';
import { diffEntries } from './entryDiff.ts';

const diff = (before: unknown, after: unknown) => diffEntries(entriesOf(before), entriesOf(after));
const numbers = (before: unknown, after: unknown) => {
  const { added, removed, changed } = diff(before, after);
  return [added.length, removed.length, changed.length];
};

describe('The difference of named entries', () => {
  it('names what came, went and changed, and nothing else', () => {
    const { added, removed, changed } = diff(
      { kept: 1, gone: 2, other: 3 },
      { other: 4, kept: 1, fresh: 5 },
    );
    assert.deepEqual([added, removed, changed], [['fresh'], ['gone'], ['other']]);
  });

  it('is nothing where only the order differs', () => {
    assert.deepEqual(numbers({ a: 1, b: { x: 1, y: 2 } }, { b: { y: 2, x: 1 }, a: 1 }), [0, 0, 0]);
  });

  it('is a change where a value becomes null or another kind', () => {
    assert.deepEqual(numbers({ a: 1, b: 1 }, { a: null, b: '1' }), [0, 0, 2]);
  });

  it('takes names like those of any JavaScript object as names', () => {
    assert.deepEqual(numbers({ a: 1 }, { a: 1, constructor: 2, toString: 3 }), [2, 0, 0]);
  });
});

describe('The difference of listed entries', () => {
  const table = [
    ['one element put in front', ['b', 'c', 'd'], ['a', 'b', 'c', 'd'], [1, 0, 0]],
    ['one element put at the end', ['a', 'b'], ['a', 'b', 'c'], [1, 0, 0]],
    ['one element taken from the middle', ['a', 'b', 'c'], ['a', 'c'], [0, 1, 0]],
    ['only another order', ['a', 'b', 'c'], ['c', 'a', 'b'], [0, 0, 0]],
    ['one of two equal elements taken', ['a', 'a', 'b'], ['a', 'b'], [0, 1, 0]],
    ['an equal element put beside one', ['a'], ['a', 'a', 'a'], [2, 0, 0]],
    ['everything replaced', ['a', 'b'], ['c', 'd', 'e'], [3, 2, 0]],
    ['everything gone', ['a', 'b'], [], [0, 2, 0]],
    ['objects with their members in another order', [{ x: 1, y: 2 }], [{ y: 2, x: 1 }], [0, 0, 0]],
    ['a number that becomes a text', [1, 2], ['1', 2], [1, 1, 0]],
  ] as const;
  for (const [name, before, after, expected] of table) {
    it(`counts ${name}`, () => {
      assert.deepEqual(numbers(before, after), expected);
    });
  }

  it('has an answer for as many elements as a ConfigMap can hold', () => {
    const before = Array.from({ length: 100_000 }, (_, index) => index);
    const after = before.map((value) => value + 1);
    assert.deepEqual(numbers(before, after), [1, 1, 0]);
  });
});

describe('The difference of an object and an array', () => {
  it('is everything removed and everything added', () => {
    assert.deepEqual(numbers({ a: 1, b: 2 }, [1, 2, 3]), [3, 2, 0]);
    assert.deepEqual(numbers([1, 2, 3], { a: 1, b: 2 }), [2, 3, 0]);
  });
});

/** The values by name, each name once. */
function byName({ entries }: Entries): Map<string, string> {
  const map = new Map(entries.map(({ name, value }) => [name, value]));
  assert.equal(map.size, entries.length, 'every entry has a name of its own');
  return map;
}

/** The value that has this name; the name must be there. */
function valueOf(map: ReadonlyMap<string, string>, name: string): string {
  const value = map.get(name);
  assert.ok(value !== undefined, `${name} is named in the difference, but not in the document`);
  return value;
}

describe('A difference applied to what was before', () => {
  it('gives what is after, for named entries', () => {
    const next = chance(1);
    for (let round = 0; round < 300; round += 1) {
      const document = () =>
        Object.fromEntries(
          Array.from({ length: 2 + next(12) }, () => [`n${next(16)}`, [next(3), { x: next(2) }]]),
        );
      const [before, after] = [entriesOf([document()]), entriesOf([document()])].map(
        ({ entries }) => entriesOf({ ...(JSON.parse(entries[0]?.value ?? '') as object), _: 0 }),
      ) as [Entries, Entries];
      const { added, removed, changed } = diffEntries(before, after);
      const [old, now] = [byName(before), byName(after)];
      const applied = new Map(old);
      for (const name of removed) assert.ok(applied.delete(name), `${name} was not there`);
      for (const name of changed) {
        assert.notEqual(valueOf(applied, name), valueOf(now, name));
        applied.set(name, valueOf(now, name));
      }
      for (const name of added) {
        assert.ok(!applied.has(name), `${name} was there`);
        applied.set(name, valueOf(now, name));
      }
      assert.deepEqual(new Map([...applied].sort()), new Map([...now].sort()));
    }
  });

  it('gives what is after but for the order, for listed entries', () => {
    const next = chance(2);
    for (let round = 0; round < 300; round += 1) {
      const list = () => Array.from({ length: next(12) }, () => ({ x: next(5), y: [next(2)] }));
      const [before, after] = [entriesOf(list()), entriesOf(list())];
      const { added, removed, changed } = diffEntries(before, after);
      assert.deepEqual(changed, []);
      const [old, now] = [byName(before), byName(after)];
      const applied = [...old.values()];
      for (const name of removed) applied.splice(applied.indexOf(valueOf(old, name)), 1);
      for (const name of added) applied.push(valueOf(now, name));
      assert.deepEqual(applied.sort(), [...now.values()].sort());
    }
  });
});
