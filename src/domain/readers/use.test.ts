import assert from 'node:assert/strict';
import { chance } from '../../../test/fakes/chance.ts';
import { isPattern, meansMap, readsKeys } from './use.ts';

describe('A written name', () => {
  const table: readonly (readonly [written: string, name: string, means: boolean])[] = [
    ['cache', 'cache', true],
    ['cache', 'cache-2', false],
    ['cache', 'my-cache', false],
    ['cache', 'Cache', false],
    ['', '', true],
    ['{{inputs.parameters.map}}', 'cache', false],
    ['{{a}}{{b}}', 'cache', false],
    ['cache-{{workflow.parameters.env}}', 'cache-prod', true],
    ['cache-{{workflow.parameters.env}}', 'cache-', true],
    ['cache-{{workflow.parameters.env}}', 'other-prod', false],
    ['{{team}}-cache', 'payments-cache', true],
    ['{{team}}-cache', 'payments-cache-2', false],
    ['{{team}}-cache-{{env}}', 'payments-cache-prod', true],
    ['{{team}}-cache-{{env}}', 'payments-prod', false],
    ['a{{x}}b{{y}}c{{z}}d', 'a1b2c3d', true],
    ['a{{x}}b{{y}}c{{z}}d', 'a1c2b3d', false],
    ['a{{x}}b{{y}}b{{z}}d', 'a1b2d', false],
    ['cache{{x}}cache', 'cache', false],
    ['cache{{x}}cache', 'cachecache', true],
    ['cache.{{x}}', 'cacheXprod', false],
    ['cache-{{=sprig.trim(\n"x")}}', 'cache-x', true],
  ];
  for (const [written, name, means] of table) {
    it(`${JSON.stringify(written)} ${means ? 'means' : 'does not mean'} ${JSON.stringify(name)}`, () => {
      assert.equal(meansMap({ maps: [written] }, name), means);
    });
  }

  it('means what one of several names means', () => {
    const use = { maps: ['one', 'two-{{x}}'] };
    assert.ok(meansMap(use, 'one') && meansMap(use, 'two-3'));
    assert.ok(!meansMap(use, 'three'));
    assert.ok(!meansMap({ maps: [] }, 'one'));
  });

  it('is a pattern where it has a placeholder', () => {
    assert.ok(isPattern('a-{{b}}'));
    assert.ok(!isPattern('a-{b}') && !isPattern(''));
  });

  it('means every name that comes from filling in its placeholders', () => {
    const below = chance(7);
    const text = (most: number) =>
      Array.from({ length: below(most) }, () => 'ab-'.charAt(below(3))).join('');
    for (let round = 0; round < 2000; round++) {
      const literals = Array.from({ length: 2 + below(3) }, () => text(4));
      literals[0] = `x${literals[0] ?? ''}`;
      const written = literals.join('{{p}}');
      const name = literals.reduce((before, literal) => `${before}${text(5)}${literal}`);
      assert.ok(meansMap({ maps: [written] }, name), `${written} and ${name}`);
    }
  });
});

describe('A place that reads', () => {
  const MOUNT = { way: 'volume' } as const;
  it('some keys reads a change of one of them', () => {
    const use = { ...MOUNT, keys: ['a', 'b'] };
    assert.ok(readsKeys(use, ['b', 'c']));
    assert.ok(!readsKeys(use, ['c']));
    assert.ok(!readsKeys(use, []), 'nothing was changed');
  });

  it('all keys reads every change, and whatever it reads it reads a change of all', () => {
    assert.ok(readsKeys(MOUNT, ['c']));
    assert.ok(readsKeys(MOUNT));
    assert.ok(readsKeys({ ...MOUNT, keys: ['a'] }));
  });

  it('no key at all reads no change of a key', () => {
    assert.ok(!readsKeys({ ...MOUNT, keys: [] }, ['a']));
  });

  it('variables reads no key that is binary, and files are whatever there is', () => {
    for (const way of ['env', 'envFrom'] as const) {
      assert.ok(!readsKeys({ way }, ['logo.png'], ['logo.png']));
      assert.ok(!readsKeys({ way, keys: ['logo.png'] }, ['logo.png'], ['logo.png']));
      assert.ok(readsKeys({ way }, ['logo.png', 'a'], ['logo.png']));
      assert.ok(readsKeys({ way }, ['logo.png']));
    }
    for (const way of ['volume', 'projected'] as const) {
      assert.ok(readsKeys({ way }, ['logo.png'], ['logo.png']));
    }
  });
});
