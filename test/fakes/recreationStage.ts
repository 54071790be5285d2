import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cacheWith, REF } from './caches.ts';
import { changesOn } from './changesOn.ts';
import { FakeCluster } from './fakeCluster.ts';
import { FakeHistory } from './fakeHistory.ts';
import type { CacheContent } from '../../src/domain/cache.ts';
import { Failure, isFailure } from '../../src/domain/failure.ts';
import { Past } from '../../src/domain/history/past.ts';
import type { WriteOutcome } from '../../src/operations/written.ts';
import { Recreation } from '../../src/operations/recreation.ts';

export const NOW = new Date('2026-11-24T02:00:00.456Z');
export const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
export const live = (): AbortSignal => new AbortController().signal;
export const sha256 = (content: string | Uint8Array) =>
  createHash('sha256').update(content).digest('hex');
export const unreachable = new Failure('It cannot be reached.', {
  ...{ reason: 'Unreachable', nextStep: 'retry' },
});
export const quota = new Failure('A quota forbids it.', { reason: 'Forbidden', nextStep: 'retry' });

export const LABELS = { team: 'b' };
export const ANNOTATIONS = {
  'example.com/owner': 'team-b',
  'source.cache-configmaps.dev/a.txt': 'file:old.txt',
  'max-age.cache-configmaps.dev/a.txt': '24h',
  'sha256.cache-configmaps.dev/c.txt': 'f'.repeat(64),
};
export const OWNER = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'main', uid: 'shop' };
export const OLD = cacheWith(
  { 'a.txt': 'one', 'b.gz': GZIP, 'c.txt': 'three' },
  { immutable: true, labels: LABELS, annotations: ANNOTATIONS, owners: [OWNER] },
);
export const THEIRS = cacheWith({ 'a.txt': 'theirs' }, { uid: 'theirs' });

/** What becomes of one attempt to create, which `create` would carry out. */
export type Turn = (
  create: () => Promise<WriteOutcome>,
  cluster: FakeCluster,
) => Promise<WriteOutcome>;

export const carriedOut: Turn = (create) => create();
export const fails: Turn = () => Promise.reject(quota);
export const unanswered: Turn = () =>
  Promise.resolve({ kind: 'unanswered', detail: 'read ECONNRESET' });
/** The connection breaks after it is carried out. */
export const answerLost: Turn = async (create, ...of) => {
  await create();
  return await unanswered(create, ...of);
};
/** Somebody else makes one of its name before it. */
export const theirsFirst: Turn = (create, cluster) => {
  cluster.put(THEIRS);
  return create();
};
/** The same, and nothing can be read until the next attempt. */
export const unreadable =
  (turn: Turn): Turn =>
  (create, cluster) => {
    cluster.readFailure = unreachable;
    return turn(create, cluster);
  };

/** Attempts that no test needs: there is no end. */
export const TOO_MANY = 40;

/** A cluster with an immutable cache, whose creations go as they are told, the last one again and again. */
export function stage(...turns: Turn[]) {
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
  const stored = () => [...store.contents.keys()];
  const past = async () => {
    await history.settled();
    const [place] = await history.places(REF, live());
    return new Past(place === undefined ? [] : await store.records(place));
  };
  const known = { cluster, store, changes, recreation, surroundings, before };
  return { ...known, recreate, stored, past, attempts: () => attempts };
}

/** The content of the cache and what is beside it, without what each creation gives anew. */
export function heldBy(cache: CacheContent | undefined) {
  if (cache === undefined) return undefined;
  const { values, labels, annotations, immutable, owners } = cache;
  return { values: new Map([...values].sort()), labels, annotations, immutable, owners };
}

export const failsWith =
  (reason: Failure['reason'], words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(isFailure(error), String(error));
    assert.equal(error.reason, reason);
    assert.match(error.message, words);
    return true;
  };
