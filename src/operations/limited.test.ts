import assert from 'node:assert/strict';
import { chance } from '../../test/fakes/chance.ts';
import { limited, unlimited } from './limited.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Pieces of work that end when they are told to, and what is under way. */
function pieces(count: number) {
  const ends = Array.from({ length: count }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const work = ends.map(({ promise }, index) => async () => {
    begun.push(index);
    return await promise;
  });
  const end = async (index: number) => {
    ends[index]?.resolve(index);
    await turn();
  };
  const fail = async (index: number) => {
    ends[index]?.reject(new Error(`piece ${index}`));
    await turn();
  };
  return { work, begun, end, fail };
}

describe('Work within a limit', () => {
  it('begins in its order as soon as there is room for it', async () => {
    const { work, begun, end } = pieces(5);
    const limit = limited(2);
    const all = Promise.all(work.map(limit));
    await turn();
    assert.deepEqual(begun, [0, 1]);
    await end(1);
    assert.deepEqual(begun, [0, 1, 2]);
    await end(0);
    await end(2);
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
    await end(4);
    await end(3);
    assert.deepEqual(await all, [0, 1, 2, 3, 4], 'each has its own result');
  });

  it('makes room also where it fails, and tells of it', async () => {
    const { work, begun, fail, end } = pieces(2);
    const limit = limited(1);
    const all = Promise.allSettled(work.map(limit));
    await fail(0);
    assert.deepEqual(begun, [0, 1]);
    await end(1);
    const [first, second] = await all;
    assert.deepEqual([first?.status, second?.status], ['rejected', 'fulfilled']);
  });

  it('has as much room after a rest as before', async () => {
    const limit = limited(2);
    for (let round = 0; round < 3; round++) {
      const { work, begun, end } = pieces(3);
      const all = Promise.all(work.map(limit));
      await turn();
      assert.deepEqual(begun, [0, 1]);
      for (const index of [0, 1, 2]) await end(index);
      await all;
    }
  });

  it('is never more than that, and all of it is done, in whatever order it ends', async () => {
    const below = chance(9);
    for (let round = 0; round < 50; round++) {
      const [most, count] = [1 + below(4), below(20)];
      const { work, begun, end, fail } = pieces(count);
      const all = Promise.allSettled(work.map(limited(most)));
      const over = new Set<number>();
      await turn();
      while (over.size < count) {
        const running = begun.filter((index) => !over.has(index));
        assert.equal(running.length, Math.min(most, count - over.size));
        const next = running[below(running.length)] ?? assert.fail();
        over.add(next);
        await (below(3) === 0 ? fail : end)(next);
      }
      assert.equal((await all).length, count);
    }
  });

  it('begins at once without one', async () => {
    const { work, begun, end } = pieces(3);
    const all = Promise.all(work.map(unlimited));
    assert.deepEqual(begun, [0, 1, 2]);
    for (const index of begun) await end(index);
    assert.deepEqual(await all, [0, 1, 2]);
  });
});
