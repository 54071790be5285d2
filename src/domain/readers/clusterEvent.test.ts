import assert from 'node:assert/strict';
import { clusterEventOf, eventLine } from './clusterEvent.ts';

const [EARLY, LATE, LATEST] = ['01', '02', '03'].map((hour) => `2026-11-24T${hour}:00:00Z`);
const COMMON = { type: 'Warning', reason: 'FailedCreate', message: 'exceeded quota' };

describe('An event of the cluster', () => {
  const table: readonly (readonly [string, object, string | undefined, number])[] = [
    ['in the older form', { lastTimestamp: LATE, count: 4 }, LATE, 4],
    ['in the newer form', { eventTime: LATE, lastTimestamp: null, count: null }, LATE, 1],
    [
      'in a series',
      { eventTime: EARLY, series: { count: 9, lastObservedTime: LATEST } },
      LATEST,
      9,
    ],
    ['in both forms', { eventTime: EARLY, lastTimestamp: LATE, count: 2 }, LATE, 2],
    ['without a time', { eventTime: null }, '', 1],
  ];
  for (const [what, more, time, count] of table) {
    it(`${what} has the time at which it was last seen, and how often it was`, () => {
      assert.deepEqual(clusterEventOf({ ...COMMON, ...more }), { ...COMMON, time, count });
    });
  }

  it('of another shape is an empty one', () => {
    const empty = { type: '', reason: '', message: '', time: '', count: 1 };
    assert.deepEqual(clusterEventOf({}), empty);
    assert.deepEqual(clusterEventOf({ type: 4, series: 'x', message: [], count: '2' }), empty);
  });

  it('is a line with all that it tells', () => {
    const often = clusterEventOf({ ...COMMON, lastTimestamp: LATE, count: 4 });
    const line = eventLine(often);
    for (const part of [LATE, ...Object.values(COMMON), '4']) assert.ok(line.includes(part ?? '?'));
    const once = eventLine({ ...often, count: 1 });
    assert.ok(line.startsWith(once) && line.length > once.length, 'once needs no number');
    assert.ok(!line.includes('\n'));
  });
});
