import assert from 'node:assert/strict';
import { isFields, JsonReader, numberOr, objectsIn, textOr } from './json.ts';

const OBJECT = { a: 1 };
/** One value of each type of JSON, by its name. */
const TYPES: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a truth', true],
  ['a number', 4],
  ['a text', 'x'],
  ['an empty text', ''],
  ['an array', [OBJECT]],
  ['an object', OBJECT],
];

describe('JSON of any shape', () => {
  for (const [what, value] of TYPES) {
    const isAbsent = value === undefined || value === null;
    const kept = (isExpected: boolean) => (isExpected || isAbsent ? [] : [value]);

    it(`is read as an object where it is one, and not where it is ${what}`, () => {
      const json = new JsonReader();
      const isObject = what === 'an object';
      assert.equal(isFields(value), isObject);
      assert.deepEqual(json.fields(value), isObject ? OBJECT : {});
      assert.deepEqual(json.strange, kept(isObject), 'what is strange is kept apart');
    });

    it(`is read as a list where it is one, and not where it is ${what}`, () => {
      const json = new JsonReader();
      const isList = what === 'an array';
      assert.deepEqual(json.list(value), isList ? [OBJECT] : []);
      assert.deepEqual(objectsIn(value), isList ? [OBJECT] : []);
      assert.deepEqual(json.strange, kept(isList));
    });

    it(`is read as a text where it is one, and not where it is ${what}`, () => {
      const json = new JsonReader();
      const isText = typeof value === 'string';
      assert.equal(json.text(value), isText ? value : undefined);
      assert.equal(textOr(value), isText ? value : '');
      assert.deepEqual(json.strange, kept(isText));
    });

    it(`is read as a number where it is one, and not where it is ${what}`, () => {
      assert.equal(numberOr(value, 7), typeof value === 'number' ? value : 7);
    });
  }

  it('in a list is kept apart where it is no object, and the objects are read', () => {
    const json = new JsonReader();
    const other = { b: 2 };
    const list = [OBJECT, 'x', null, [other], other, 4];
    assert.deepEqual(json.list(list), [OBJECT, other]);
    assert.deepEqual(json.strange, ['x', [other], 4], 'null stands for nothing');
    assert.deepEqual(objectsIn(list), [OBJECT, other]);
  });

  it('is kept apart from all that was read, in its order', () => {
    const json = new JsonReader();
    json.text(1);
    json.fields('two');
    json.list({ three: 3 });
    assert.deepEqual(json.strange, [1, 'two', { three: 3 }]);
  });
});
