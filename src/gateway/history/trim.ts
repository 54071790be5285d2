import {
  inOrder,
  type HistoryLimits,
  type HistoryRecord,
  type Version,
} from '../../domain/history/history.ts';
import { withinBytes, withinLimits } from '../../domain/history/historyLimits.ts';
import type { Contents } from './contents.ts';
import type { Line } from './lines.ts';
import type { Log } from './log.ts';

/** Milliseconds in which a content without a record may belong to a record that is being written. */
const GRACE = 60_000;

/** A log grows to so many times what it has to hold before it is written anew, unless something else is said. */
const SLACK = 2;

/** Within what a history is to be. */
export interface Trimming {
  readonly limits: HistoryLimits;
  readonly grace?: number;
  readonly slack?: number;
}

/**
 * Brings a history back within its limits, beside windows that go on to write to it. Contents that were kept
 * within so many milliseconds of `grace` stay.
 */
export async function trim(
  logs: () => Promise<readonly Log[]>,
  contents: Contents,
  { limits, grace = GRACE, slack = SLACK }: Trimming,
): Promise<void> {
  const wanted = new Set<Version>();
  const known: { log: Log; lines: readonly Line[]; records: readonly HistoryRecord[] }[] = [];
  for (const log of await logs()) {
    const { understood: lines } = await log.lines();
    const all = lines.flatMap(({ records }) => records);
    const records = withinLimits(inOrder(all), limits.versionsPerKey);
    known.push({ log, lines, records });
    for (const record of records) if (record.kind === 'version') wanted.add(record);
  }
  const kept = withinBytes([...wanted], limits.bytes);
  for (const { log, lines, records } of known) {
    const staying = new Set(records.filter((each) => each.kind !== 'version' || kept.has(each)));
    const count = lines.reduce((sum, line) => sum + line.records.length, 0);
    if (staying.size === records.length && count <= records.length * slack) continue;
    await log.rewrite((now) => thinned(now, new Set(lines), staying));
  }
  await sweep(logs, contents, grace);
}

/** The lines with those records alone that stay; lines that came after the looking stay whole. */
function thinned(
  now: readonly Line[],
  seen: ReadonlySet<Line>,
  staying: ReadonlySet<HistoryRecord>,
): readonly Line[] {
  return now.flatMap((line) => {
    if (!seen.has(line)) return [line];
    const records = line.records.filter((record) => staying.has(record));
    return records.length === 0 ? [] : [{ ...line, records }];
  });
}

/** Removes the contents that no record names any more. */
async function sweep(
  logs: () => Promise<readonly Log[]>,
  contents: Contents,
  grace: number,
): Promise<void> {
  const used = await usedBy(logs);
  const now = Date.now();
  const unused = (await contents.all(now)).filter(
    ({ sha256, touched }) => !used(sha256) && now - touched >= grace,
  );
  if (unused.length === 0) return;
  await contents.remove(
    unused.map(({ sha256 }) => sha256),
    () => usedBy(logs),
  );
}

/** Tells which contents are named by any line, also by those of a newer format. */
async function usedBy(logs: () => Promise<readonly Log[]>): Promise<(sha256: string) => boolean> {
  const used = new Set<string>();
  for (const log of await logs()) {
    const { understood, newer } = await log.lines();
    for (const { records } of understood) {
      for (const record of records) if (record.kind === 'version') used.add(record.sha256);
    }
    for (const line of newer) {
      for (const [sha256] of line.matchAll(/\b[0-9a-f]{64}\b/g)) used.add(sha256);
    }
  }
  return (sha256) => used.has(sha256);
}
