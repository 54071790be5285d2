import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { onWake } from './wakefulness.ts';

describe('waking up', () => {
  afterEach(() => {
    mock.timers.reset();
  });

  it('is noticed after an hour of sleep, once, and not in a day of work', () => {
    mock.timers.enable({ apis: ['setInterval'] });
    let now = 0;
    let woken = 0;
    const pass = (milliseconds: number) => {
      now += milliseconds;
      mock.timers.tick(milliseconds);
    };
    const stop = onWake(
      () => woken++,
      () => now,
    );
    for (let passed = 0; passed < 86_400_000; passed += 5_000) pass(5_000);
    assert.equal(woken, 0);
    now += 3_600_000;
    pass(5_000);
    pass(5_000);
    assert.equal(woken, 1);
    stop();
    now += 3_600_000;
    pass(5_000);
    assert.equal(woken, 1);
  });
});
