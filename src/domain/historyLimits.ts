import type { HistoryRecord, Version } from './history.ts';

/** Writes of one history that are remembered at most, so that they can be undone. */
const MOST_WRITES = 50;

/**
 * The records of a history that are within the limit of versions of each key of each ConfigMap: the newest
 * ones; what was not written in the end counts for nothing. Of snapshots the last of each ConfigMap stays, of writes the last ones and their outcomes. The
 * records come, and stay, in the order in which they were made.
 */
export function withinLimits(
  records: readonly HistoryRecord[],
  versionsPerKey: number,
): readonly HistoryRecord[] {
  const counts = new Map<string, number>();
  const count = (id: string) => {
    const next = (counts.get(id) ?? 0) + 1;
    counts.set(id, next);
    return next;
  };
  const unwritten = new Set<string | undefined>();
  for (const record of records) {
    if (record.kind === 'outcome' && !record.written) unwritten.add(record.id);
  }
  const writes = new Set<string>();
  /** The writes that brought a version that stays. */
  const inUse = new Set<string | undefined>();
  const stays = (record: HistoryRecord): boolean => {
    switch (record.kind) {
      case 'version':
        if (unwritten.has(record.write)) return false;
        if (count(`version ${record.uid} ${record.key}`) > versionsPerKey) return false;
        inUse.add(record.write);
        return true;
      case 'snapshot':
        return count(`snapshot ${record.uid}`) === 1;
      case 'write':
        if (writes.size === MOST_WRITES) return false;
        writes.add(record.id);
        return true;
      case 'outcome':
        return true;
    }
  };
  const staying = records.toReversed().filter(stays).reverse();
  return staying.filter(
    (record) => record.kind !== 'outcome' || writes.has(record.id) || inUse.has(record.id),
  );
}

/**
 * Which of all versions fit into a number of bytes, the newest first; a content that several versions share
 * counts once.
 */
export function withinBytes(versions: readonly Version[], bytes: number): ReadonlySet<Version> {
  const newestFirst = [...versions].sort((one, other) => (one.at < other.at ? 1 : -1));
  const contents = new Set<string>();
  const kept = new Set<Version>();
  let total = 0;
  for (const version of newestFirst) {
    if (!contents.has(version.sha256)) total += version.bytes;
    if (total > bytes) break;
    contents.add(version.sha256);
    kept.add(version);
  }
  return kept;
}
