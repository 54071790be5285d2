import assert from 'node:assert/strict';
import { cacheWith } from '../../test/fakes/caches.ts';
import { factAnnotations, type KeyFacts } from './facts.ts';
import { freshnessOf, freshnessOfCache, parseDuration, printAge } from './freshness.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const at = (time: number): string => new Date(time).toISOString();

describe('A duration', () => {
  const good = [
    ['90m', 90 * MINUTE],
    ['24h', DAY],
    ['1h30m', 90 * MINUTE],
    ['7d', 7 * DAY],
    ['2w', 14 * DAY],
    ['45s', 45 * SECOND],
    ['250ms', 250],
    ['1m250ms', MINUTE + 250],
    ['1.5h', 90 * MINUTE],
    ['0s', 0],
  ] as const;
  for (const [text, duration] of good) {
    it(`is read from ${text}`, () => {
      assert.equal(parseDuration(text), duration);
    });
  }
  for (const text of [
    '',
    'h',
    '10',
    '-5m',
    '+5m',
    '1 h',
    '24H',
    'daily',
    '1h later',
    '1h,30m',
    '1e3s',
    '.h',
  ]) {
    it(`is not "${text}"`, () => {
      assert.equal(parseDuration(text), undefined);
    });
  }
});

describe('The freshness of a key', () => {
  const table = [
    [
      'one hour after it was refreshed',
      { refreshed: at(NOON - HOUR), maxAge: '24h' },
      'fresh',
      HOUR,
    ],
    ['at exactly its greatest age', { refreshed: at(NOON - DAY), maxAge: '24h' }, 'fresh', DAY],
    ['a moment later', { refreshed: at(NOON - DAY - 1), maxAge: '24h' }, 'stale', DAY + 1],
    ['without an age limit', { refreshed: at(NOON - 400 * DAY) }, 'fresh', 400 * DAY],
    [
      'with an age limit nobody can read',
      { refreshed: at(NOON - DAY), maxAge: 'often' },
      'fresh',
      DAY,
    ],
    [
      'refreshed by a clock that is ahead',
      { refreshed: at(NOON + MINUTE), maxAge: '1h' },
      'fresh',
      0,
    ],
    ['in whole seconds', { refreshed: '2026-11-23T11:00:00Z', maxAge: '2h' }, 'fresh', HOUR],
    ['with an offset', { refreshed: '2026-11-23T12:00:00+02:00', maxAge: '1h' }, 'stale', 2 * HOUR],
    ['never refreshed', { maxAge: '24h' }, 'unknown', undefined],
    ['refreshed at no time', { refreshed: 'yesterday', maxAge: '24h' }, 'unknown', undefined],
    ['refreshed at a number, not a time', { refreshed: '12', maxAge: '24h' }, 'unknown', undefined],
    [
      'refreshed at a time without an offset',
      { refreshed: '2026-11-23T11:00:00' },
      'unknown',
      undefined,
    ],
  ] as const;
  for (const [name, facts, kind, age] of table) {
    it(`${name}: ${kind}`, () => {
      const freshness = freshnessOf(facts, NOON);
      assert.equal(freshness.kind, kind);
      assert.equal('age' in freshness ? freshness.age : undefined, age);
    });
  }

  it('tells the age limit that was passed', () => {
    const freshness = freshnessOf({ refreshed: at(NOON - 2 * DAY), maxAge: '1d' }, NOON);
    assert.deepEqual(freshness, { kind: 'stale', age: 2 * DAY, maxAge: DAY });
  });
});

describe('The freshness of a cache', () => {
  const of = (keys: Readonly<Record<string, KeyFacts>>, present = Object.keys(keys)) =>
    freshnessOfCache(
      cacheWith(
        {},
        {
          keys: present,
          annotations: Object.assign(
            {},
            ...Object.entries(keys).map(([key, facts]) => factAnnotations(key, facts)),
          ) as Record<string, string>,
        },
      ),
      NOON,
    );

  it('is stale when one key is, however old the fresh ones are', () => {
    const freshness = of({
      old: { refreshed: at(NOON - 90 * DAY) },
      stale: { refreshed: at(NOON - 2 * HOUR), maxAge: '1h' },
    });
    assert.deepEqual(freshness, { kind: 'stale', age: 2 * HOUR, maxAge: HOUR });
  });

  it('is that of the oldest key when none is stale', () => {
    const freshness = of({
      young: { refreshed: at(NOON - MINUTE), maxAge: '1h' },
      old: { refreshed: at(NOON - HOUR), maxAge: '2h' },
      never: {},
    });
    assert.deepEqual(freshness, { kind: 'fresh', age: HOUR });
  });

  it('is unknown when nothing is known of any key', () => {
    assert.deepEqual(of({ a: {}, b: { maxAge: '1h' } }), { kind: 'unknown' });
    assert.deepEqual(of({}), { kind: 'unknown' });
  });

  it('takes no notice of annotations whose key is gone', () => {
    const gone = { refreshed: at(NOON - 9 * DAY), maxAge: '1h' };
    assert.deepEqual(of({ gone, kept: { refreshed: at(NOON) } }, ['kept']), {
      kind: 'fresh',
      age: 0,
    });
  });
});

describe('An age in words', () => {
  const table = [
    [0, 'just now'],
    [MINUTE - 1, 'just now'],
    [MINUTE, '1 min ago'],
    [5 * MINUTE, '5 min ago'],
    [HOUR - 1, '59 min ago'],
    [HOUR, '1 h ago'],
    [3 * HOUR + 59 * MINUTE, '3 h ago'],
    [23 * HOUR, '23 h ago'],
    [2 * DAY, '2 d ago'],
    [400 * DAY, '400 d ago'],
  ] as const;
  for (const [age, text] of table) {
    it(`is ${text} for ${age} ms`, () => {
      assert.equal(printAge(age), text);
    });
  }
});
