import assert from 'node:assert/strict';
import { strangeNames, wordsOf } from './strangeNames.ts';

const MANY = 600;
/** At most so many are kept. */
const MOST = 500;

describe('The words of a text that may be names', () => {
  it('are those that the API server would take as the name of an object', () => {
    const names = ['a', 'a-b', 'a.b', '0', '9-a', `${'a'.repeat(252)}b`];
    const others = ['A', 'my_map', '-a', 'a-', '.a', `${'a'.repeat(253)}b`];
    assert.deepEqual(wordsOf([...names, ...others].join(' ')), names);
  });

  it('stand between anything that cannot be in a name', () => {
    const words = wordsOf('name: "one"\n  - two,three;{four}=five/six:seven\t(eight)');
    for (const number of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']) {
      assert.ok(words.includes(number), number);
    }
  });

  it('have no dot at their end, as sentences do', () => {
    assert.deepEqual(wordsOf('reads my-cache.'), ['reads', 'my-cache']);
    assert.deepEqual(wordsOf('...'), []);
  });

  it('may be patterns, if a part of them stands there as it is', () => {
    const patterns = ['{{workflow.parameters.team}}-cache', 'workflow-{{x}}', 'a-{{ x }}-b.{{=y}}'];
    assert.deepEqual(wordsOf(`{"name": "${patterns.join('", "')}"}`), ['name', ...patterns]);
    for (const text of ['{{x}}', '{{x}}{{y}}', '{{x}}-{{y}}', '-{{x}}', '{{x}}-', 'A{{x}}']) {
      assert.deepEqual(wordsOf(text), [], text);
    }
    assert.deepEqual(wordsOf('{{one two}} {{not-closed'), ['not-closed']);
  });

  it('are found in any text that the API server takes: no part of it is looked at again and again', () => {
    const most = 1_000_000;
    for (const part of ['{{', '{{a', '{{}}', '}}', 'a', '.', '-{{x}}']) {
      assert.deepEqual(wordsOf(`${part.repeat(most / part.length)} end`).slice(-1), ['end'], part);
    }
    assert.deepEqual(wordsOf(`${'.'.repeat(most)}a end`), ['end']);
  });

  it('are each there once, and not more than fill a memory', () => {
    assert.deepEqual(wordsOf('a b a b'), ['a', 'b']);
    const text = Array.from({ length: MANY }, (_, number) => `w${number}`).join(' ');
    assert.equal(wordsOf(text).length, MOST);
    assert.deepEqual(wordsOf(''), []);
  });
});

describe('Names at places that are not known', () => {
  it('stand under a field that speaks of a ConfigMap, in whatever letters and however deep', () => {
    const spec = {
      plugin: { settings: [{ configMapSelector: { name: 'one' } }] },
      CONFIGMAP: { name: 'two' },
      myConfigmapRef: { name: 'three', key: 'four' },
      secretRef: { name: 'five' },
      name: 'six',
    };
    assert.deepEqual(strangeNames(spec, []), ['one', 'two', 'three']);
  });

  it('are looked for in lists under such a field, too', () => {
    const spec = { configMaps: [{ name: 'one' }, { name: 'two' }] };
    assert.deepEqual(strangeNames(spec, []), ['one', 'two']);
  });

  it('are not those whose place is known, nor what is no text', () => {
    const spec = { volumes: [{ name: 'v', configMap: { name: 'known' } }] };
    assert.deepEqual(strangeNames(spec, []), []);
    assert.deepEqual(strangeNames({ configMap: 'text' }, []), []);
  });

  it('are any texts in the parts that could not be read, if they may be names', () => {
    const strange = ['one', { deep: ['two', 'Not A Name'] }, 4, [['three']]];
    assert.deepEqual(strangeNames({}, strange), ['one', 'two', 'three']);
  });

  it('are each there once, and not more than fill a memory', () => {
    const strange = Array.from({ length: MANY }, (_, number) => [`w${number}`, 'again']);
    const names = strangeNames({}, strange);
    assert.equal(names.length, MOST);
    assert.equal(new Set(names).size, MOST);
  });

  it('are found however deep the nesting is that the API server takes', () => {
    // Source: `maxNestingDepth` of the API server's JSON decoder.
    let nested: unknown = { configMapThing: { name: 'deep' } };
    for (let depth = 0; depth < 9990; depth++) nested = depth % 2 === 0 ? [nested] : { a: nested };
    assert.deepEqual(strangeNames(nested, [nested]), ['deep']);
  });
});
