import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../../test/fakes/caches.ts';
import { cacheId } from '../../domain/ref.ts';
import type { CacheContent, CacheSummary } from '../../domain/cache.ts';
import { Failure } from '../../domain/failure.ts';
import type { Cluster, FollowEvent, FollowListener } from '../ports.ts';
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
    asks: (ref: CacheContent['ref']) => {
      heard.push(['asks', cacheId(ref)]);
      return (answer: CacheContent | undefined) => {
        heard.push(['answered', answer]);
      };
    },
    found: (cache: CacheContent) => {
      heard.push(['found', cache]);
    },
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
  for (const [what, answer] of [
    ['is heard by the history, which knows that it is asked for', CACHE],
    ['is heard by the history also where it is not there', undefined],
  ] as const) {
    it(what, async () => {
      const { heard, remembered } = stage({
        readCache: () => {
          heard.push('sent');
          return Promise.resolve(answer);
        },
      });
      assert.equal(await remembered.readCache(REF, live()), answer);
      assert.deepEqual(heard, [['asks', cacheId(REF)], 'sent', ['answered', answer]]);
    });
  }

  it('is neither where it cannot be read', async () => {
    const { heard, remembered } = stage({ readCache: () => Promise.reject(failure) });
    await assert.rejects(remembered.readCache(REF, live()), (error) => error === failure);
    assert.deepEqual(heard, [['asks', cacheId(REF)]]);
  });
});

describe('What is followed of one cache', () => {
  const table: readonly (readonly [string, FollowEvent<CacheContent>, readonly unknown[]])[] = [
    ['is found first', { kind: 'all', items: [CACHE] }, ['found', CACHE]],
    ['is found in the part that comes first', { kind: 'begun', items: [CACHE] }, ['found', CACHE]],
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

  it('is lost where it was told and is not there any more, as after a break', () => {
    const events = [
      { kind: 'begun', items: [CACHE] },
      { kind: 'all', items: [CACHE, other] },
      { kind: 'failed', failure },
      { kind: 'begun', items: [] },
      { kind: 'all', items: [CACHE] },
      { kind: 'changed', item: other },
      { kind: 'removed', item: CACHE },
      { kind: 'all', items: [] },
    ] as const;
    const heard = follow('followCaches', events).filter((each) => !isTold(each));
    assert.deepEqual(heard, [
      ['lost', cacheId(OTHER)],
      ['lost', cacheId(REF)],
      ['lost', cacheId(OTHER)],
    ]);
  });

  it('is lost also where it was told to one who follows no more, and not by another scope', () => {
    let events: readonly FollowEvent<CacheSummary>[] = [{ kind: 'all', items: [CACHE] }];
    const { heard, remembered } = stage({
      followCaches: (_, listener) => {
        events.forEach(listener);
      },
    });
    remembered.followCaches({ context: 'kind-dev' }, () => undefined, live());
    events = [{ kind: 'all', items: [] }];
    remembered.followCaches({ context: 'another' }, () => undefined, live());
    assert.deepEqual(heard, []);
    remembered.followCaches({ context: 'kind-dev' }, () => undefined, live());
    assert.deepEqual(heard, [['lost', cacheId(REF)]]);
  });

  it('is not seen: it has no content', () => {
    const events = [
      { kind: 'all', items: [CACHE, other] },
      { kind: 'begun', items: [CACHE] },
      { kind: 'changed', item: other },
      { kind: 'failed', failure },
    ] as const;
    const told = events.map((event) => ['told', event]);
    assert.deepEqual(follow('followCaches', events), told);
  });
});

const isTold = (heard: unknown): boolean => Array.isArray(heard) && heard[0] === 'told';

describe('A cluster of which the history hears', () => {
  it('is the same one in all else', () => {
    const rest = ['changeKeys', 'createCache', 'deleteCache', 'identity', 'may', 'reset'] as const;
    const answers = Object.fromEntries(rest.map((name) => [name, () => name]));
    const { cluster, remembered } = stage(answers);
    for (const name of rest) assert.equal(remembered[name], cluster[name]);
  });
});
