import assert from 'node:assert/strict';
import { chance } from '../../../test/fakes/chance.ts';
import { isNewer } from './version.ts';

describe('A resourceVersion', () => {
  const table = [
    ['2', '1', true],
    ['10', '9', true],
    ['100', '99', true],
    ['1', '1', false],
    ['9007199254740993', '9007199254740992', true],
    ['340282366920938463463374607431768211456', '340282366920938463463374607431768211455', true],
  ] as const;
  for (const [one, other, newer] of table) {
    it(`${one} is ${newer ? 'newer than' : 'as old as'} ${other}`, () => {
      assert.equal(isNewer(one, other), newer);
      assert.equal(isNewer(other, one), false);
    });
  }

  it('is newer where its number is greater, for any whole numbers', () => {
    const next = chance(11);
    const digits = () =>
      `${1 + next(9)}${Array.from({ length: next(3) * 12 }, () => next(10)).join('')}`;
    for (let round = 0; round < 2000; round++) {
      const [one, other] = [digits(), digits()];
      assert.equal(isNewer(one, other), BigInt(one) > BigInt(other), `${one} and ${other}`);
    }
  });
});
