import assert from 'node:assert/strict';
import { recommend, RHYTHMS, type Circumstances, type Strategy } from './strategy.ts';
import { strategyPage } from './strategyPage.ts';

type Case = readonly [
  changes: Circumstances['changes'],
  knows: Circumstances['knows'],
  stale: Circumstances['stale'],
  hasEvents: boolean,
  strategy: Strategy,
  words: RegExp,
];

const CASES: readonly Case[] = [
  ['rarely', 'person', 'days', false, 'manual', /costs a minute/],
  ['rarely', 'person', 'minutes', true, 'manual', /costs a minute/],
  ['regularly', 'person', 'hours', true, 'scheduled', /again and again is forgotten.*each hour/],
  ['anyTime', 'person', 'minutes', true, 'scheduled', /every 5 minutes/],
  ['rarely', 'nobody', 'days', true, 'scheduled', /has to be asked.*each night/],
  ['regularly', 'nobody', 'hours', false, 'scheduled', /each hour/],
  ['anyTime', 'nobody', 'minutes', true, 'scheduled', /every 5 minutes/],
  ['anyTime', 'source', 'hours', true, 'eventDriven', /within seconds/],
  ['rarely', 'source', 'minutes', true, 'eventDriven', /within seconds/],
  ['regularly', 'source', 'days', true, 'scheduled', /known times.*each night/],
  ['rarely', 'source', 'days', true, 'scheduled', /changes rarely.*each night/],
  ['anyTime', 'source', 'minutes', false, 'scheduled', /no Argo Events.*every 5 minutes/],
  ['rarely', 'source', 'minutes', false, 'scheduled', /no Argo Events/],
];

describe('the recommended strategy', () => {
  for (const [changes, knows, stale, hasEvents, strategy, words] of CASES) {
    const events = hasEvents ? 'with' : 'without';
    it(`is ${strategy} where it changes ${changes}, ${knows} knows, it may be stale for ${stale}, ${events} Argo Events`, () => {
      const advice = recommend({ changes, knows, stale, hasEvents });
      assert.equal(advice.strategy, strategy);
      assert.match(advice.reason, words);
    });
  }

  it('is never event-driven where there is nothing to hear events', () => {
    for (const changes of ['rarely', 'regularly', 'anyTime'] as const) {
      for (const knows of ['person', 'source', 'nobody'] as const) {
        for (const stale of ['days', 'hours', 'minutes'] as const) {
          const { strategy } = recommend({ changes, knows, stale, hasEvents: false });
          assert.notEqual(strategy, 'eventDriven');
        }
      }
    }
  });

  it('runs each night at an hour that every time zone has once on each day', () => {
    const [minute, hour] = RHYTHMS.days.schedule.split(' ').map(Number);
    const year = [Date.UTC(2027, 0, 1), Date.UTC(2028, 0, 1)] as const;
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      for (const [from, to] of shifts(zone, year)) {
        const time = new Date(from);
        time.setUTCHours(hour ?? NaN, minute);
        assert.ok(!(from <= time.getTime() && time.getTime() < to), `${zone} on ${String(time)}`);
      }
    }
  });

  it('stands over all three, side by side', () => {
    const circumstances = {
      changes: 'rarely',
      knows: 'person',
      stale: 'days',
      hasEvents: false,
    } as const;
    const page = strategyPage('argo/workflow-cache in context a|b_c', circumstances);
    assert.match(
      page,
      /^# Refresh of argo\/workflow-cache in context a\\\|b\\_c\n\n\*\*Recommended: by hand\.\*\* /,
    );
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    assert.ok(rows.length > 4);
    for (const row of rows) assert.equal(row.split('|').length, 6, row);
    assert.match(page, /not in this cluster/);
    assert.doesNotMatch(
      strategyPage('x', { ...circumstances, hasEvents: true }),
      /not in this cluster/,
    );
  });
});

/**
 * The times on the clock of a zone, as if they were UTC and in milliseconds, that it leaves out or has twice in a year.
 * Each on the day of its beginning: none goes on past midnight by more than the minutes of the first hour.
 */
function shifts(zone: string, [from, to]: readonly [number, number]): readonly Shift[] {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en', {
    ...{ ...parts, minute: 'numeric', second: 'numeric' },
    ...{ timeZone: zone, hourCycle: 'h23' },
  });
  const offset = (time: number) => {
    const at = Object.fromEntries(
      format.formatToParts(time).map((part) => [part.type, part.value]),
    );
    const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = at;
    return Date.UTC(+year, +month - 1, +day, +hour, +minute, +second) - time;
  };
  const found: Shift[] = [];
  for (let week = from; week < to; week += WEEK) {
    let [before, after] = [week, week + WEEK];
    const [one, other] = [offset(before), offset(after)];
    if (one === other) continue;
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (offset(middle) === one) before = middle;
      else after = middle;
    }
    found.push([after + Math.min(one, other), after + Math.max(one, other)]);
  }
  return found;
}

type Shift = readonly [from: number, to: number];

const WEEK = 7 * 24 * 3600_000;
