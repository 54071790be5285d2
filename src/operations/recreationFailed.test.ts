import assert from 'node:assert/strict';
import { REF } from '../../test/fakes/caches.ts';
import { isFailure } from '../domain/failure.ts';
import { cacheId } from '../domain/ref.ts';
import type { WriteOutcome } from './written.ts';

import {
  GZIP,
  sha256,
  quota,
  THEIRS,
  type Turn,
  carriedOut,
  fails,
  unanswered,
  answerLost,
  theirsFirst,
  unreadable,
  stage,
  heldBy,
  failsWith,
} from '../../test/fakes/recreationStage.ts';

describe('A cache that is deleted and cannot be made anew', () => {
  const back = [
    ['at once', [fails, carriedOut], 2],
    ['after some attempts', [fails, fails, fails, carriedOut], 4],
    ['where no answer came to any attempt', [unanswered, unanswered, unanswered, carriedOut], 4],
    ['without an answer', [fails, answerLost], 2],
    ['without an answer and unread', [fails, unreadable(answerLost), carriedOut], 3],
  ] as const;
  for (const [how, turns, count] of back) {
    it(`is put back as it was, ${how}`, async () => {
      const { cluster, before, recreate, attempts } = stage(...turns);
      const outcome = await recreate();
      assert.ok(outcome.kind === 'putBack');
      const because = turns[0] === fails ? /^A quota forbids it\.$/ : /^The connection broke/;
      assert.match(outcome.because, because);
      assert.deepEqual(heldBy(cluster.peek(REF)), heldBy(before));
      assert.equal(attempts(), count);
    });
  }

  for (const [why, turn, reason, words] of [
    ['is refused', fails, 'Forbidden', /A quota forbids it\./],
    ['gets no answer', unanswered, 'Unreachable', /The connection broke/],
  ] as const) {
    it(`is in the history where every attempt ${why}`, async () => {
      const { cluster, store, recreate } = stage(turn);
      await assert.rejects(recreate(), (error) => {
        assert.ok(failsWith(reason, words)(error) && isFailure(error));
        assert.match(error.message, /argo\/workflow-cache in context kind-dev was deleted/);
        assert.deepEqual([error.nextStep, error.subject], ['showHistory', cacheId(REF)]);
        return true;
      });
      assert.equal(cluster.peek(REF), undefined);
      assert.deepEqual(
        [...store.contents.keys()].sort(),
        ['one', GZIP, 'three'].map(sha256).sort(),
      );
    });
  }

  it('is not said to be in a history that is off', async () => {
    const { surroundings, recreate } = stage(fails);
    surroundings.isKept = () => false;
    await assert.rejects(recreate(), failsWith('Forbidden', /The history is off: .* is not kept/));
  });

  it('is told the words of the server where it said some in place of an answer', async () => {
    const said: Turn = async (...of) => ({ ...(await unanswered(...of)), failure: quota });
    const { recreate } = stage(said, said, said, carriedOut);
    const outcome = await recreate();
    assert.ok(outcome.kind === 'putBack' && outcome.because === quota.message);
  });

  it('passes on what is no failure, such as the end of the program', async () => {
    const error = new Error('The window is closed.');
    const { recreate, attempts } = stage(() => Promise.reject(error));
    await assert.rejects(recreate(), (thrown) => thrown === error);
    assert.equal(attempts(), 1);
  });
});

describe('A name that is taken meanwhile', () => {
  const table = [
    ['before it is made anew', [theirsFirst], 1],
    ['before it is put back', [fails, theirsFirst], 2],
    ['while no answer comes', [unansweredAndTheirs], 1],
    ['between two attempts', [unanswered, theirsFirst], 2],
  ] as const;
  for (const [when, turns, count] of table) {
    it(`${when} stays with whoever took it`, async () => {
      const { cluster, recreate, attempts } = stage(...turns);
      assert.deepEqual(await recreate(), { kind: 'taken' });
      assert.deepEqual(heldBy(cluster.peek(REF)), heldBy(THEIRS));
      assert.equal(attempts(), count);
    });
  }

  async function unansweredAndTheirs(...of: Parameters<Turn>): Promise<WriteOutcome> {
    of[1].put(THEIRS);
    return await unanswered(...of);
  }
});

describe('A creation without an answer', () => {
  const table = [
    ['is found where it was carried out', [answerLost], 1],
    ['is made again where it was not', [unanswered, carriedOut], 2],
    ['is found where it was carried out late', [unanswered, late], 2],
    ['is not taken for that of somebody else', [unreadable(answerLost), carriedOut], 2],
  ] as const;
  for (const [what, turns, count] of table) {
    it(what, async () => {
      const { cluster, before, recreate, attempts } = stage(...turns);
      const outcome = await recreate();
      assert.ok(outcome.kind === 'recreated', outcome.kind);
      assert.deepEqual(outcome.cache, cluster.peek(REF));
      assert.deepEqual(heldBy(outcome.cache), heldBy({ ...before, immutable: false }));
      assert.equal(attempts(), count);
    });
  }

  it('is unclear where something is there that cannot be read', async () => {
    const { cluster, recreate } = stage(unreadable(answerLost), unreadable(carriedOut));
    await assert.rejects(recreate(), failsWith('Unreachable', /argo\/workflow-cache.*not known/));
    assert.equal(cluster.peek(REF)?.immutable, false);
  });

  /** The attempt before is carried out only now. */
  async function late(create: () => Promise<WriteOutcome>): Promise<WriteOutcome> {
    await create();
    return await create();
  }
});
