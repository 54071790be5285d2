import assert from 'node:assert/strict';
import { nextRuns, problemOfSchedule } from './nextRun.ts';
import { problemOfTimeZone } from './timeZone.ts';

const runsAfter = (text: string, after: string, zone = 'UTC') =>
  nextRuns(text, { zone, after: Date.parse(after), count: 3 }).map((time) =>
    new Date(time).toISOString().replace(':00.000Z', 'Z'),
  );

// test/scaffold/schedule.test.ts holds thousands of others against the controller's own library.
describe('the next runs of a schedule', () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      '0 2 * * *',
      '2026-05-01T12:00:00Z',
      'UTC',
      ['2026-05-02T02:00Z', '2026-05-03T02:00Z', '2026-05-04T02:00Z'],
    ],
    [
      '0 2 * * *',
      '2026-05-01T02:00:00Z',
      'UTC',
      ['2026-05-02T02:00Z', '2026-05-03T02:00Z', '2026-05-04T02:00Z'],
    ],
    [
      '0 0 29 2 *',
      '2026-05-01T12:00:00Z',
      'UTC',
      ['2028-02-29T00:00Z', '2032-02-29T00:00Z', '2036-02-29T00:00Z'],
    ],
    // Either the day or the weekday.
    [
      '0 0 13 * fri',
      '2026-05-01T12:00:00Z',
      'UTC',
      ['2026-05-08T00:00Z', '2026-05-13T00:00Z', '2026-05-15T00:00Z'],
    ],
    [
      '@every 90m',
      '2026-05-01T12:00:30Z',
      'UTC',
      ['2026-05-01T13:30:30.000Z', '2026-05-01T15:00:30.000Z', '2026-05-01T16:30:30.000Z'],
    ],
    // 02:30 does not exist on 29 March, and is there twice on 25 October.
    [
      '30 2 * * *',
      '2026-03-28T12:00:00Z',
      'Europe/Berlin',
      ['2026-03-30T00:30Z', '2026-03-31T00:30Z', '2026-04-01T00:30Z'],
    ],
    [
      '30 2 * * *',
      '2026-10-24T12:00:00Z',
      'Europe/Berlin',
      ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-26T01:30Z'],
    ],
  ];
  for (const [text, after, zone, expected] of cases) {
    it(`${text} after ${after} in ${zone}`, () => {
      assert.deepEqual(runsAfter(text, after, zone), expected);
    });
  }

  it('are none for what never comes, at once', () => {
    assert.deepEqual(runsAfter('0 0 30 2 *', '2026-05-01T12:00:00Z'), []);
    assert.deepEqual(runsAfter(', * * * *', '2026-05-01T12:00:00Z'), []);
    assert.deepEqual(runsAfter('0 0 , * ,', '2026-05-01T12:00:00Z'), []);
  });
});

describe('what is wrong with a schedule while it is typed', () => {
  const problems: readonly (readonly [string, string])[] = [
    ['', 'a schedule is missing'],
    ['0 2', 'it has 2 of 5 fields: minute, hour, day of the month, month, weekday'],
    ['61 * * * *', 'minute: 61 is not within 0 and 59'],
    ['* 24 * * *', 'hour: 24 is not within 0 and 23'],
    ['* * 0 * *', 'day of the month: 0 is not within 1 and 31'],
    ['* * * foo *', 'month: foo is no month'],
    ['* * * * 7', 'weekday: 7 is not within 0 and 6'],
    ['5-1 * * * *', 'minute: 5-1 begins after its end'],
    ['1-2-3 * * * *', 'minute: 1-2-3 has more than one hyphen'],
    ['1/2/3 * * * *', 'minute: 1/2/3 has more than one slash'],
    ['*/0 * * * *', 'minute: the step 0 is no number'],
    ['1- * * * *', 'minute: nothing is no minute'],
    ['0 0 30 2 *', 'it never comes'],
    ['@every soon', '@every takes a duration such as 1h30m'],
    ['@every 9999999h', '@every takes a duration of 292 years at most'],
  ];
  for (const [text, problem] of problems) {
    it(`${JSON.stringify(text)}: ${problem}`, () => {
      assert.equal(problemOfSchedule(text), problem);
    });
  }

  it('D22: a time zone has a field of its own and does not stand in the schedule', () => {
    assert.equal(
      problemOfSchedule('CRON_TZ=UTC 0 2 * * *'),
      'the time zone has a field of its own',
    );
  });

  it('nothing with names, steps, lists and macros', () => {
    for (const text of ['0 2 * * mon-fri', '*/5,7 ? 1-15/2 JAN *', '@hourly', '@every 1h30m']) {
      assert.equal(problemOfSchedule(text), undefined, text);
    }
  });
});

describe('what is wrong with a time zone', () => {
  const zones: readonly (readonly [string, string | undefined])[] = [
    ['UTC', undefined],
    ['Europe/Berlin', undefined],
    ['America/Argentina/Buenos_Aires', undefined],
    ['', 'a time zone is missing'],
    ['Local', 'Local is no time zone such as Europe/Berlin'],
    ['europe/berlin', 'it is written Europe/Berlin'],
    ['+02:00', '+02:00 is no time zone such as Europe/Berlin'],
  ];
  for (const [name, problem] of zones) {
    it(`${JSON.stringify(name)}: ${problem ?? 'nothing'}`, () => {
      assert.equal(problemOfTimeZone(name), problem);
    });
  }
});
