import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../test/fakes/caches.ts';
import { cacheId } from '../domain/ref.ts';
import type { CacheContent, CacheSummary } from '../domain/cache.ts';
import { Failure } from '../domain/failure.ts';
import type { Cluster, FollowEvent, FollowListener } from './ports.ts';
import { remembering } from './remembering.ts';

const live = (): AbortSignal => new AbortController().signal;
const OTHER = { ...REF, name: 'other' };
const CACHE = cacheWith({ a: '1' });
const NEWER = cacheWith({ a: '2' });
const failure = new Failure('It cannot be reached.', { reason: 'Unreachable', nextStep: 'retry' });

/** A cluster that answers as it is told, the same one with a history, and what that hears. */
function stage(answers: Partial<Cluster> = {}) {
  const heard: unknown[] = [];
  const cluster = answers as Cluster;
  const history = {
    saw: (cache: CacheContent) => {
      heard.push(['saw', cache]);
    },
    lost: (ref: CacheContent['ref']) => {
      heard.push(['lost', cacheId(ref)]);
    },
  };
  return { heard, cluster, remembered: remembering(cluster, history) };
}

/** What the history hears, and then the listener, when the cluster tells of these. */
function follow<T extends 'followContent' | 'followCaches'>(
  which: T,
  events: readonly FollowEvent<T extends 'followContent' ? CacheContent : CacheSummary>[],
) {
  const asked: unknown[] = [];
  const { heard, remembered } = stage({
    [which]: (what: unknown, listener: FollowListener<never>, signal: AbortSignal) => {
      asked.push(what, signal);
      for (const event of events) listener(event as FollowEvent<never>);
    },
  });
  const signal = live();
  const listener = (event: unknown) => {
    heard.push(['told', event]);
  };
  if (which === 'followContent') remembered.followContent(REF, listener, signal);
  else remembered.followCaches({ context: 'kind-dev' }, listener, signal);
  assert.deepEqual(asked, [which === 'followContent' ? REF : { context: 'kind-dev' }, signal]);
  return heard;
}

describe('What is read of a cluster', () => {
  it('is heard by the history', async () => {
    const { heard, remembered } = stage({ readCache: () => Promise.resolve(CACHE) });
    assert.equal(await remembered.readCache(REF, live()), CACHE);
    assert.deepEqual(heard, [['saw', CACHE]]);
  });

  it('is lost where it is not there', async () => {
    const { heard, remembered } = stage({ readCache: () => Promise.resolve(undefined) });
    assert.equal(await remembered.readCache(REF, live()), undefined);
    assert.deepEqual(heard, [['lost', cacheId(REF)]]);
  });

  it('is neither where it cannot be read', async () => {
    const { heard, remembered } = stage({ readCache: () => Promise.reject(failure) });
    await assert.rejects(remembered.readCache(REF, live()), (error) => error === failure);
    assert.deepEqual(heard, []);
  });
});

describe('What is followed of one cache', () => {
  const table: readonly (readonly [string, FollowEvent<CacheContent>, readonly unknown[]])[] = [
    ['is seen first', { kind: 'all', items: [CACHE] }, ['saw', CACHE]],
    ['is seen in the part that comes first', { kind: 'begun', items: [CACHE] }, ['saw', CACHE]],
    ['is seen when it changes', { kind: 'changed', item: NEWER }, ['saw', NEWER]],
    ['is lost when it is deleted', { kind: 'removed', item: CACHE }, ['lost', cacheId(REF)]],
    ['is lost when it is not there any more', { kind: 'all', items: [] }, ['lost', cacheId(REF)]],
  ];
  for (const [what, event, remembered] of table) {
    it(`${what}, before the listener is told`, () => {
      assert.deepEqual(follow('followContent', [event]), [remembered, ['told', event]]);
    });
  }

  it('is neither seen nor lost by a failure, or before all is told', () => {
    const events = [
      { kind: 'failed', failure },
      { kind: 'begun', items: [] },
    ] as const;
    const told = events.map((event) => ['told', event]);
    assert.deepEqual(follow('followContent', events), told);
  });
});

describe('What is followed of many caches', () => {
  const other = { ...CACHE, ref: OTHER };

  it('is lost when it is deleted, before the listener is told', () => {
    const event = { kind: 'removed', item: other } as const;
    assert.deepEqual(follow('followCaches', [event]), [
      ['lost', cacheId(OTHER)],
      ['told', event],
    ]);
  });

  it('is not seen: it has no content', () => {
    const events = [
      { kind: 'all', items: [CACHE, other] },
      { kind: 'begun', items: [CACHE] },
      { kind: 'changed', item: other },
      { kind: 'all', items: [] },
      { kind: 'failed', failure },
    ] as const;
    const told = events.map((event) => ['told', event]);
    assert.deepEqual(follow('followCaches', events), told);
  });
});

describe('A cluster of which the history hears', () => {
  it('is the same one in all else', () => {
    const rest = ['changeKeys', 'createCache', 'deleteCache', 'identity', 'may', 'reset'] as const;
    const answers = Object.fromEntries(rest.map((name) => [name, () => name]));
    const { cluster, remembered } = stage(answers);
    for (const name of rest) assert.equal(remembered[name], cluster[name]);
  });
});
