import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../test/fakes/caches.ts';
import { changesOn } from '../../test/fakes/changesOn.ts';
import { FakeCluster } from '../../test/fakes/fakeCluster.ts';
import type { NewContent } from '../domain/plan/cachePlan.ts';
import { isFailure } from '../domain/failure.ts';
import { cacheOf } from '../domain/ref.ts';
import { planCreation } from './creation.ts';

const CONTENT: NewContent = {
  key: 'mappings.json',
  source: { kind: 'editor' },
  content: { bytes: utf8('{}\n') },
};

function stage() {
  const cluster = new FakeCluster(cacheWith({ 'a.txt': 'theirs' }));
  const { changes } = changesOn(cluster, () => new Date('2026-11-23T10:20:30Z'));
  const plan = () =>
    planCreation(changes, { ref: REF, content: CONTENT }, new AbortController().signal);
  return { cluster, plan };
}

describe('Creating a cache', () => {
  it('is a plan with nothing before it', async () => {
    const { cluster, plan } = stage();
    cluster.delete(REF);
    const { before, keys } = await plan();
    assert.equal(before, undefined);
    assert.deepEqual(
      keys.map(({ key }) => key),
      ['mappings.json'],
    );
  });

  it('stops at a ConfigMap of that name, and offers to add a key to it', async () => {
    await assert.rejects(stage().plan(), (error) => {
      assert.ok(isFailure(error));
      assert.match(error.message, /argo\/workflow-cache.* exists already/);
      assert.deepEqual([error.reason, error.nextStep], ['AlreadyExists', 'addKey']);
      assert.deepEqual(cacheOf(error.subject ?? ''), REF);
      return true;
    });
  });
});
