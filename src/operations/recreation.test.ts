import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cacheWith, REF, utf8 } from '../../test/fakes/caches.ts';
import { changesOn } from '../../test/fakes/changesOn.ts';
import { FakeCluster } from '../../test/fakes/fakeCluster.ts';
import { FakeHistory } from '../../test/fakes/fakeHistory.ts';
import type { CacheContent } from '../domain/cache.ts';
import type { NewContent } from '../domain/cachePlan.ts';
import { valueOf } from '../domain/content.ts';
import { Failure, isFailure } from '../domain/failure.ts';
import { cacheId } from '../domain/ref.ts';
import type { WriteOutcome } from './written.ts';
import { Recreation } from './recreation.ts';

const NOW = new Date('2026-11-24T02:00:00.456Z');
const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
const live = (): AbortSignal => new AbortController().signal;
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const unreachable = new Failure('It cannot be reached.', {
  ...{ reason: 'Unreachable', nextStep: 'retry' },
});
const quota = new Failure('A quota forbids it.', { reason: 'Forbidden', nextStep: 'retry' });

const LABELS = { team: 'b' };
const ANNOTATIONS = {
  'example.com/owner': 'team-b',
  'source.cache-configmaps.dev/a.txt': 'file:old.txt',
  'max-age.cache-configmaps.dev/a.txt': '24h',
  'sha256.cache-configmaps.dev/c.txt': 'f'.repeat(64),
};
const OWNER = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'main', uid: 'shop' };
const OLD = cacheWith(
  { 'a.txt': 'one', 'b.gz': GZIP, 'c.txt': 'three' },
  { immutable: true, labels: LABELS, annotations: ANNOTATIONS, owners: [OWNER] },
);
const THEIRS = cacheWith({ 'a.txt': 'theirs' }, { uid: 'theirs' });

/** What becomes of one attempt to create, which `create` would carry out. */
type Turn = (create: () => Promise<WriteOutcome>, cluster: FakeCluster) => Promise<WriteOutcome>;

const carriedOut: Turn = (create) => create();
const fails: Turn = () => Promise.reject(quota);
const unanswered: Turn = () => Promise.resolve({ kind: 'unanswered', detail: 'read ECONNRESET' });
/** The connection breaks after it is carried out. */
const answerLost: Turn = async (create, ...of) => {
  await create();
  return await unanswered(create, ...of);
};
/** Somebody else makes one of its name before it. */
const theirsFirst: Turn = (create, cluster) => {
  cluster.put(THEIRS);
  return create();
};
/** The same, and nothing can be read until the next attempt. */
const unreadable =
  (turn: Turn): Turn =>
  (create, cluster) => {
    cluster.readFailure = unreachable;
    return turn(create, cluster);
  };

/** Attempts that no test needs: there is no end. */
const TOO_MANY = 40;

/** A cluster with an immutable cache, whose creations go as they are told, the last one again and again. */
function stage(...turns: Turn[]) {
  const cluster = new FakeCluster(OLD);
  const store = new FakeHistory();
  const { changes, history } = changesOn(cluster, () => NOW, store);
  const surroundings = { now: () => NOW, isKept: () => true };
  const recreation = new Recreation(cluster, history, surroundings);
  const before = cluster.peek(REF) ?? assert.fail();
  const createCache = cluster.createCache.bind(cluster);
  let attempts = 0;
  cluster.createCache = async (cache, signal) => {
    const turn = turns[attempts++] ?? turns.at(-1) ?? carriedOut;
    if (attempts > TOO_MANY) throw new Error('It tries without an end.');
    cluster.readFailure = undefined;
    return await turn(() => createCache(cache, signal), cluster);
  };
  const recreate = async () =>
    await recreation.recreate(before, recreation.changeable(before), live());
  const known = { cluster, store, changes, recreation, surroundings, before };
  return { ...known, recreate, attempts: () => attempts };
}

/** The content of the cache and what is beside it, without what each creation gives anew. */
function heldBy(cache: CacheContent | undefined) {
  if (cache === undefined) return undefined;
  const { values, labels, annotations, immutable, owners } = cache;
  return { values: new Map([...values].sort()), labels, annotations, immutable, owners };
}

const failsWith =
  (reason: Failure['reason'], words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(isFailure(error), String(error));
    assert.equal(error.reason, reason);
    assert.match(error.message, words);
    return true;
  };

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
      [undefined, /The connection broke, and argo\/workflow-cache .* was not deleted/],
      [quota, /A quota forbids it\. So it was not deleted/],
    ] as const) {
      const { cluster, recreate, attempts } = stage();
      cutDeletion(cluster, false, failure);
      await assert.rejects(recreate(), failsWith(failure?.reason ?? 'Unreachable', words));
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
