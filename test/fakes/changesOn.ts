import { Changes } from '../../src/operations/changes.ts';
import { History } from '../../src/operations/history/history.ts';
import type { Cluster, HistoryStore } from '../../src/operations/ports.ts';
import { FakeHistory } from './fakeHistory.ts';

/** Changes on a cluster, and what is kept of them, in memory unless another store is given. */
export function changesOn(
  cluster: Cluster,
  now: () => Date = () => new Date(),
  store: HistoryStore = new FakeHistory(),
  log: (line: string) => void = fails,
) {
  let count = 0;
  const newId = () => `write ${++count}`;
  const history = new History(store, cluster, { now, log, newId });
  return { changes: new Changes(cluster, history, now), history };
}

function fails(line: string): never {
  throw new Error(line);
}
