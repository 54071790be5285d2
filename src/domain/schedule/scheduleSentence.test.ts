import assert from 'node:assert/strict';
import { scheduleSentence } from './scheduleSentence.ts';

describe('a schedule while it is typed', () => {
  it('is said in words, with its next three runs by the clock of its zone', () => {
    const now = Date.UTC(2026, 9, 23, 12);
    assert.equal(
      scheduleSentence('0 2 * * *', 'UTC', now),
      'daily at 02:00, UTC; next 2026-10-24 02:00, 2026-10-25 02:00, 2026-10-26 02:00',
    );
    // The clocks go back on the 25th.
    assert.equal(
      scheduleSentence('30 9 * * *', 'Europe/Berlin', now),
      'daily at 09:30, Europe/Berlin; next 2026-10-24 09:30, 2026-10-25 09:30, 2026-10-26 09:30',
    );
  });

  it('is nothing while it is none', () => {
    for (const text of ['', '0 2 * *', '0 0 30 2 *']) {
      assert.equal(scheduleSentence(text, 'UTC', 0), '');
    }
  });
});
