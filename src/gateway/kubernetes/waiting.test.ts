import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { orAborted, pauseFor } from './waiting.ts';

const reason = new Error('left');

describe('waiting', () => {
  it('gives the value, or throws what the promise throws', async () => {
    const { signal } = new AbortController();
    assert.equal(await orAborted(Promise.resolve(1), signal), 1);
    await assert.rejects(orAborted(Promise.reject(reason), signal), reason);
  });

  it('ends with the reason of the signal, whether it came before or after', async () => {
    const pending = new Promise(() => undefined);
    await assert.rejects(orAborted(pending, AbortSignal.abort(reason)), reason);
    const leaving = new AbortController();
    const waited = orAborted(pending, leaving.signal);
    leaving.abort(reason);
    await assert.rejects(waited, reason);
  });

  it('for something that fails after it was left bothers nobody', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    for (const signal of [AbortSignal.abort(reason), new AbortController().signal]) {
      const { promise, reject } = Promise.withResolvers();
      const waited = orAborted(promise, signal);
      reject(new Error('too late'));
      await assert.rejects(waited);
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });

  it('for a time ends early when the signal aborts, and leaves no timer', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const leaving = new AbortController();
    const waited = pauseFor(1000, leaving.signal);
    leaving.abort();
    await waited;
    mock.timers.reset();
  });
});
