import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../../test/fakes/caches.ts';
import { live, saysHistory, typed, UID, undoStage } from '../../../test/fakes/undoStage.ts';
import { isFailure } from '../../domain/failure.ts';
import { changedKeys } from '../../domain/plan/planState.ts';
import type { ChangeOutcome } from '../changes.ts';
import { Recreation } from '../recreation.ts';

describe('Undoing one write', () => {
  const written = async (applied: Promise<ChangeOutcome>) => {
    const outcome = await applied;
    assert.ok(outcome.kind === 'written');
    return outcome.write;
  };
  const changedSince = (error: unknown) => {
    assert.ok(isFailure(error), String(error));
    assert.deepEqual([error.reason, error.nextStep], ['Conflict', 'showHistory']);
    assert.match(error.message, /argo\/workflow-cache.* was changed again/);
    return true;
  };

  it('takes back its keys alone, also where other keys were written after it', async () => {
    const { undo, apply } = undoStage();
    const id = await written(apply(typed('a.txt', 'bad'), typed('c.txt', 'new')));
    await apply(typed('b.txt', 'later'));
    const { keys } = await undo.planUndoOf(REF, id, live());
    assert.deepEqual(
      keys.map(({ key, after }) => [key, after?.bytes]),
      [
        ['a.txt', utf8('one')],
        ['c.txt', undefined],
      ],
    );
  });

  it('is refused where a key of it was written again: by us, or by somebody else', async () => {
    const { cluster, undo, apply } = undoStage();
    const id = await written(apply(typed('a.txt', 'bad')));
    const last = await written(apply(typed('a.txt', 'worse')));
    await assert.rejects(undo.planUndoOf(REF, id, live()), changedSince);
    assert.equal((await undo.planUndoOf(REF, last, live())).keys.length, 1);
    cluster.put(cacheWith({ 'a.txt': 'theirs' }));
    await assert.rejects(undo.planUndoOf(REF, last, live()), changedSince);
  });

  it('is refused where the cache is another one by now, or gone', async () => {
    const { cluster, undo, apply } = undoStage();
    const id = await written(apply(typed('a.txt', 'bad')));
    cluster.put(cacheWith({ 'a.txt': 'bad' }, { uid: 'another' }));
    await assert.rejects(undo.planUndoOf(REF, id, live()), changedSince);
    cluster.delete(REF);
    await assert.rejects(undo.planUndoOf(REF, id, live()), changedSince);
  });

  it('fails where the record of it is not kept any more', async () => {
    const { store, undo, apply } = undoStage();
    const id = await written(apply(typed('a.txt', 'bad')));
    await store.forget(UID);
    await assert.rejects(undo.planUndoOf(REF, id, live()), saysHistory(/that write of argo/));
  });

  it('takes back what an immutable cache was made into, which is another ConfigMap since', async () => {
    const cache = cacheWith({ 'a.txt': 'one', 'b.txt': 'kept' }, { immutable: true });
    const { cluster, changes, history, undo } = undoStage(cache);
    const surroundings = { now: () => new Date(), isKept: () => true };
    const recreation = new Recreation(cluster, history, surroundings);
    const before = cluster.peek(REF) ?? assert.fail();
    const plan = await changes.plan(REF, [typed('a.txt', 'bad')], live());
    const after = await recreation.changed(before, plan);
    const outcome = await recreation.recreate(before, after, live());
    assert.ok(outcome.kind === 'recreated');
    const back = await undo.planUndoOf(REF, outcome.write, live());
    assert.deepEqual(
      changedKeys(back).map(({ key, after: content }) => [key, content?.bytes]),
      [['a.txt', utf8('one')]],
    );
  });
});
