import assert from 'node:assert/strict';
import { recommend, type Circumstances, type Strategy } from './strategy.ts';
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
