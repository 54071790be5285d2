import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of heap in use once everything has ended that is about to, by the collector's own account. */
async function settled(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let turn = 0; turn < 10; turn++) {
    await pause(20);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

/** Megabytes of heap that something adds: what `make` makes, until `end` is called with it. */
export async function heapOf<T>(make: () => Promise<T>, end: (made: T) => void): Promise<number> {
  const before = await settled();
  const made = await make();
  const added = (await settled()) - before;
  // It must be alive until here, or there would be nothing to measure.
  end(made);
  return added / 1e6;
}
