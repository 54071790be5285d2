import assert from 'node:assert/strict';
import { REF } from '../../test/fakes/caches.ts';
import { cacheId, printCache, printCacheAndContext, sameCache } from './ref.ts';

describe('Which cache', () => {
  it('is the same for an equal context, namespace and name', () => {
    assert.equal(sameCache(REF, { ...REF }), true);
    assert.equal(cacheId(REF), cacheId({ ...REF }));
  });

  for (const part of ['context', 'namespace', 'name'] as const) {
    it(`is another where the ${part} differs`, () => {
      const other = { ...REF, [part]: 'other' };
      assert.equal(sameCache(REF, other), false);
      assert.notEqual(cacheId(REF), cacheId(other));
    });
  }

  it('is printed as namespace/name, and with its context where a change is asked for', () => {
    assert.equal(printCache(REF), 'argo/workflow-cache');
    const long = printCacheAndContext(REF);
    assert.ok(long.includes('argo/workflow-cache') && long.includes('kind-dev'), long);
  });

  it('has an id of its own whatever characters the names of contexts have', () => {
    const contexts = [
      'a',
      'a/b',
      'a","b',
      'a\\',
      'a\\"',
      'arn:aws:eks:eu-1:12:cluster/a',
      'a\n',
      '',
    ];
    const refs = contexts.flatMap((context) => [
      { context, namespace: 'b', name: 'c' },
      { context, namespace: 'c', name: 'b' },
      { context: `${context}/b`, namespace: 'c', name: 'b' },
      { context: `${context}","b`, namespace: 'c', name: 'b' },
    ]);
    const distinct = refs.filter(
      (one, index) => !refs.slice(0, index).some((earlier) => sameCache(one, earlier)),
    );
    assert.equal(new Set(refs.map(cacheId)).size, distinct.length);
  });
});
