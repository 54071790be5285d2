import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { HistoryLater } from './historyLater.ts';

const OTHER = { ...REF, name: 'other' };
const MB = 1024 * 1024;

/** Work that fails as long as its name is among those that fail. */
function stage() {
  const [done, log]: [string[], string[]] = [[], []];
  const failing = new Set<string>();
  const later = new HistoryLater((line) => log.push(line));
  const add = (name: string, ref = REF, bytes = 0) => {
    const work = async () => {
      await Promise.resolve();
      if (failing.has(name)) throw new Error(`${name} failed`);
      done.push(name);
    };
    later.add({ ref, bytes, work });
  };
  return { done, log, failing, later, add };
}

describe('What is kept in the background', () => {
  it('is kept one after the other', async () => {
    const { done, later, add } = stage();
    for (const name of ['one', 'two', 'three']) add(name);
    await later.settled();
    assert.deepEqual(done, ['one', 'two', 'three']);
  });

  it('is tried again with what comes next where it failed, in its order', async () => {
    const { done, log, failing, later, add } = stage();
    failing.add('one');
    add('one');
    add('two');
    add('apart', OTHER);
    await later.settled();
    assert.deepEqual(done, ['apart'], 'what comes after it in its cache waits');
    add('more', OTHER);
    await later.settled();
    assert.equal(log.length, 1, 'it is told once');
    failing.clear();
    add('last', OTHER);
    await later.settled();
    assert.deepEqual(done, ['apart', 'more', 'one', 'two', 'last']);
  });

  it('is tried once more before the window closes, whatever its cache', async () => {
    const { done, failing, later, add } = stage();
    failing.add('one').add('apart');
    add('one');
    add('apart', OTHER);
    await later.settled();
    failing.clear();
    await later.ended(4000);
    assert.deepEqual(done, ['one', 'apart']);
    add('last');
    await later.ended(4000);
    assert.deepEqual(done, ['one', 'apart', 'last']);
  });

  it('is not waited for longer than the window may take to close', async () => {
    const { later } = stage();
    const forever = () => new Promise<void>(() => undefined);
    later.add({ ref: REF, bytes: 0, work: forever });
    // It ends, or the test takes too long.
    await later.ended(20);
  });

  it('is tried again before its cache is looked at, and only what is of that cache', async () => {
    const { done, failing, later, add } = stage();
    failing.add('one').add('apart');
    add('one');
    add('apart', OTHER);
    await later.settled();
    failing.clear();
    await later.settled();
    assert.deepEqual(done, []);
    await later.settled(REF);
    assert.deepEqual(done, ['one']);
  });

  it('waits within a limit of memory: the oldest is given up, in words', async () => {
    const { done, log, failing, later, add } = stage();
    failing.add('one').add('two');
    add('one', REF, 40 * MB);
    add('two', OTHER, 24 * MB);
    await later.settled();
    assert.equal(log.length, 2);
    add('three', REF, 1);
    failing.clear();
    await later.settled();
    await later.settled(OTHER);
    assert.deepEqual(done.sort(), ['three', 'two']);
    assert.match(log[2] ?? '', /of argo\/workflow-cache could not be kept, and is lost/);
  });
});
