import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../test/fakes/caches.ts';
import type { FakeCluster } from '../../test/fakes/fakeCluster.ts';
import type { NewContent } from '../domain/plan/cachePlan.ts';
import { valueOf } from '../domain/content/content.ts';
import { Failure } from '../domain/failure.ts';

import {
  GZIP,
  live,
  sha256,
  unreachable,
  quota,
  LABELS,
  OWNER,
  OLD,
  THEIRS,
  fails,
  unanswered,
  stage,
  heldBy,
  failsWith,
} from '../../test/fakes/recreationStage.ts';

describe('An immutable cache', () => {
  it('is made anew as it is, but changeable', async () => {
    const { cluster, before, recreate } = stage();
    const outcome = await recreate();
    assert.ok(outcome.kind === 'recreated');
    const now = cluster.peek(REF);
    assert.deepEqual(outcome.cache, now);
    assert.deepEqual(heldBy(now), heldBy({ ...before, immutable: false }));
    assert.notEqual(now?.uid, before.uid);
  });

  it('is kept in the history before it is deleted', async () => {
    const { cluster, store, recreate } = stage();
    let kept: readonly string[] = [];
    const deleteCache = cluster.deleteCache.bind(cluster);
    cluster.deleteCache = async (...of) => {
      kept = [...store.contents.keys()];
      return await deleteCache(...of);
    };
    await recreate();
    assert.deepEqual([...kept].sort(), ['one', GZIP, 'three'].map(sha256).sort());
  });

  it('is in the history as it will be, too, and belongs there to the one that is made', async () => {
    const { cluster, before, recreation, past, stored } = stage();
    const values = new Map(before.values).set('a.txt', valueOf(utf8('two')));
    const after = { ...recreation.changeable(before), values };
    let kept: readonly string[] = [];
    const deleteCache = cluster.deleteCache.bind(cluster);
    cluster.deleteCache = async (...of) => {
      kept = stored();
      return await deleteCache(...of);
    };
    const outcome = await recreation.recreate(before, after, live());
    assert.ok(kept.includes(sha256('two')));
    assert.ok(outcome.kind === 'recreated');
    const { uid } = outcome.cache;
    assert.deepEqual((await past()).uids(), [uid, before.uid]);
    assert.deepEqual(
      (await past()).last(uid)?.versions.map(({ key }) => key),
      [...values.keys()],
    );
    const change = { key: 'a.txt', before: sha256('one'), after: sha256('two') };
    assert.deepEqual((await past()).lastWrite(uid, () => undefined)?.keys, [change]);
  });

  it('is not said to have been made where that was refused, or may have been without an answer', async () => {
    for (const [turn, versions] of [
      [fails, 3],
      [unanswered, 6],
    ] as const) {
      const { recreate, past, before } = stage(turn);
      await assert.rejects(recreate());
      assert.equal((await past()).versions().length, versions);
      assert.deepEqual((await past()).uids(), [before.uid]);
    }
  });

  it('is not deleted where it cannot be kept', async () => {
    const { cluster, store, before, recreate } = stage();
    const failure = new Failure('The disk is full.', { reason: 'History', nextStep: 'showLog' });
    store.failure = failure;
    await assert.rejects(recreate(), (error) => error === failure);
    assert.deepEqual(cluster.peek(REF), before);
  });

  it('may be made anew with the content of a plan, and stays immutable', async () => {
    const { changes, recreation, before } = stage();
    const typed = (key: string, bytes: Uint8Array | undefined): NewContent => {
      return {
        key,
        source: { kind: 'url', url: `https://example.com/${key}` },
        content: bytes && { bytes },
      };
    };
    const contents = [
      typed('a.txt', utf8('two')),
      typed('b.gz', utf8('text')),
      typed('c.txt', undefined),
    ];
    const plan = await changes.plan(REF, [...contents, typed('d.txt', utf8('new'))], live());
    const { values, annotations, ...more } = await recreation.changed(before, plan);
    assert.deepEqual(more, { ref: REF, labels: LABELS, immutable: true, owners: [OWNER] });
    assert.deepEqual(Object.fromEntries(values), {
      'a.txt': valueOf(utf8('two')),
      'b.gz': valueOf(utf8('text')),
      'd.txt': valueOf(utf8('new')),
    });
    const facts = (key: string, text: string) => {
      return {
        [`source.cache-configmaps.dev/${key}`]: `https://example.com/${key}`,
        [`refreshed.cache-configmaps.dev/${key}`]: '2026-11-24T02:00:00Z',
        [`sha256.cache-configmaps.dev/${key}`]: sha256(text),
      };
    };
    assert.deepEqual(annotations, {
      'example.com/owner': 'team-b',
      'max-age.cache-configmaps.dev/a.txt': '24h',
      ...facts('a.txt', 'two'),
      ...facts('b.gz', 'text'),
      ...facts('d.txt', 'new'),
    });
  });
});

describe('A cache that is to be made anew', () => {
  it('is left alone where it changed or was deleted', async () => {
    for (const meanwhile of [
      (fake: FakeCluster) => fake.put(cacheWith({ 'a.txt': 'theirs' })),
      (fake: FakeCluster) => fake.put({ ...OLD, uid: 'another' }),
      (fake: FakeCluster) => {
        fake.delete(REF);
      },
    ]) {
      const { cluster, recreate } = stage();
      meanwhile(cluster);
      const then = cluster.peek(REF);
      assert.deepEqual(await recreate(), { kind: 'conflict' });
      assert.deepEqual(cluster.peek(REF), then);
    }
  });

  it('passes on the failure to delete it, and is there', async () => {
    const { cluster, before, recreate } = stage();
    cluster.deleteCache = () => Promise.reject(quota);
    await assert.rejects(recreate(), (error) => error === quota);
    assert.deepEqual(cluster.peek(REF), before);
  });

  it('is not deleted where the server says that it could not be created', async () => {
    const { cluster, store, recreation, before, recreate } = stage();
    cluster.tryFailure = quota;
    await assert.rejects(
      recreate(),
      failsWith('Forbidden', /A quota forbids it. So it was not del/),
    );
    assert.deepEqual(cluster.peek(REF), before);
    assert.deepEqual(cluster.tried, [recreation.changeable(before)]);
    assert.equal(store.contents.size, 0);
  });

  it('is not deleted where it would not be gone then', async () => {
    const { cluster, recreation } = stage();
    const held = cluster.put({ ...OLD, finalizers: ['example.com/keep'] });
    await assert.rejects(
      recreation.recreate(held, recreation.changeable(held), live()),
      failsWith('Conflict', /cannot be made anew.*\(example\.com\/keep\)\. It was not deleted/),
    );
    assert.deepEqual(cluster.peek(REF), held);
  });

  it('is read again where the deletion had no answer', async () => {
    const { cluster, recreate, attempts } = stage();
    cutDeletion(cluster, true);
    assert.equal((await recreate()).kind, 'recreated');
    assert.equal(attempts(), 1);
  });

  it('is said to be there where the deletion had no answer and was not carried out', async () => {
    for (const [failure, words] of [
      [
        undefined,
        /The connection broke. argo\/workflow-cache .* is not deleted so far.* may yet delete it/,
      ],
      [quota, /A quota forbids it\. argo\/workflow-cache .* is not deleted so far/],
    ] as const) {
      const { cluster, recreate, attempts } = stage();
      cutDeletion(cluster, false, failure);
      await assert.rejects(recreate(), failsWith('Unreachable', words));
      assert.equal(attempts(), 0);
    }
  });

  it('is left to whoever has changed it, or its name, when the deletion had no answer', async () => {
    for (const [there, kind] of [
      [cacheWith({ 'a.txt': 'theirs' }), 'conflict'],
      [THEIRS, 'taken'],
    ] as const) {
      const { cluster, recreate, attempts } = stage();
      cutDeletion(cluster, true);
      const deleteCache = cluster.deleteCache.bind(cluster);
      cluster.deleteCache = async (...of) => {
        const outcome = await deleteCache(...of);
        cluster.put(there);
        return outcome;
      };
      assert.deepEqual(await recreate(), { kind });
      assert.equal(attempts(), 0);
    }
  });

  it('is unclear where the deletion had no answer and nothing can be read', async () => {
    const { cluster, recreate, attempts } = stage();
    cutDeletion(cluster, true);
    cluster.readFailure = unreachable;
    await assert.rejects(recreate(), failsWith('Unreachable', /argo\/workflow-cache.*not known/));
    assert.equal(attempts(), 0);
  });

  function cutDeletion(cluster: FakeCluster, isDeleted: boolean, failure?: Failure): void {
    cluster.deleteCache = ({ ref }) => {
      if (isDeleted) cluster.delete(ref);
      const more = failure === undefined ? {} : { failure };
      return Promise.resolve({ kind: 'unanswered', detail: 'read ECONNRESET', ...more });
    };
  }
});
