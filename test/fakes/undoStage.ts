import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { CacheContent } from '../../src/domain/cache.ts';
import type { NewContent } from '../../src/domain/plan/cachePlan.ts';
import { isFailure } from '../../src/domain/failure.ts';
import type { HistoryPlace, Version } from '../../src/domain/history/history.ts';
import { Undo } from '../../src/operations/history/undo.ts';
import { cacheWith, REF, utf8 } from './caches.ts';
import { changesOn } from './changesOn.ts';
import { FakeCluster } from './fakeCluster.ts';
import { FakeHistory } from './fakeHistory.ts';

export const live = (): AbortSignal => new AbortController().signal;
export const sha256 = (content: string | Uint8Array) =>
  createHash('sha256').update(content).digest('hex');
export const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? utf8(content) : content;

/** The two places under which the fake cluster is known. */
export const [UID, ADDRESS] = ['uid', 'address'].map((what): HistoryPlace => {
  return { cluster: `${what} of kind-dev`, namespace: REF.namespace, name: REF.name };
}) as [HistoryPlace, HistoryPlace];

export const typed = (key: string, content: string | Uint8Array | undefined): NewContent => {
  const bytes = content === undefined ? undefined : bytesOf(content);
  return { key, source: { kind: 'editor' }, content: bytes && { bytes } };
};

/** A cluster with a cache, and a history to which more can be added. Each moment is a second later. */
export function undoStage(cache: CacheContent = cacheWith({ 'a.txt': 'one', 'b.txt': 'kept' })) {
  const cluster = new FakeCluster(cache);
  const store = new FakeHistory();
  let seconds = 0;
  const now = () => new Date(Date.UTC(2026, 10, 24, 0, 0, seconds++));
  const { changes, history } = changesOn(cluster, now, store);
  const undo = new Undo(store, { history, changes, cluster });
  const apply = async (...contents: readonly NewContent[]) =>
    await changes.apply(await changes.plan(REF, contents, live()), live());
  const keep = async (place: HistoryPlace, content: string | Uint8Array, kept: Version) => {
    await store.keep(place, [kept], new Map([[kept.sha256, bytesOf(content)]]));
    return kept;
  };
  return { cluster, store, changes, history, undo, apply, keep };
}

export const saysHistory =
  (words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(isFailure(error), String(error));
    assert.equal(error.reason, 'History');
    assert.match(error.message, words);
    return true;
  };
