import assert from 'node:assert/strict';
import { scheduleWords } from './scheduleWords.ts';

describe('a schedule in words', () => {
  const words: readonly (readonly [string, string])[] = [
    ['0 2 * * *', 'daily at 02:00'],
    ['@daily', 'daily at 00:00'],
    ['0,30 2 * * *', 'daily at 02:00 and 02:30'],
    ['0 2,14 * * *', 'daily at 02:00 and 14:00'],
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['*/10 8-17 * * *', 'every 10 minutes of hours 8 to 17'],
    ['* 2 * * *', 'every minute of hour 2'],
    ['@hourly', 'hourly'],
    ['5 * * * *', 'hourly at minute 5'],
    ['*/7 * * * *', 'hourly at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56'],
    ['0 */6 * * *', 'every 6 hours'],
    ['30 */6 * * *', 'every 6 hours at minute 30'],
    ['0 2 * * 1', 'Mondays at 02:00'],
    ['0 2 ? * mon,wed,fri', 'Mondays, Wednesdays and Fridays at 02:00'],
    ['5 8-17 * * 1-5', 'Monday to Friday hourly from 08:05 to 17:05'],
    ['10-20 1,5,9 * jan sun', 'Sundays in January at minutes 10 to 20 of hours 1, 5 and 9'],
    ['0 2 1,15 * *', 'on days 1 and 15 of the month at 02:00'],
    ['0 0 13 * fri', 'on day 13 of the month and Fridays at 00:00'],
    ['0 0 31 1 1', 'on day 31 of the month and Mondays in January at 00:00'],
    ['@yearly', 'on day 1 of January at 00:00'],
    ['0 2 * 1,2,3 *', 'daily at 02:00 in January, February and March'],
    ['0 * * jan *', 'hourly in January'],
    // Either of the two is enough, and one is every day.
    ['0 0 1-31 * 1', 'daily at 00:00'],
    ['@every 1h30m', 'every 1 h 30 min'],
    ['@every 45s', 'every 45 s'],
    ['0 0 30 2 *', '0 0 30 2 *'],
    ['soon', 'soon'],
  ];
  for (const [text, expected] of words) {
    it(`${text}: ${expected}`, () => {
      assert.equal(scheduleWords(text), expected);
    });
  }
});
