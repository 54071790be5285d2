import { configMapsOf, type HistoryRecord, type Version, type Write } from './history.ts';

/** Writes of one history that are remembered at most, so that they can be undone. */
const MOST_WRITES = 50;

/**
 * The records of a history that are within the limit of versions of each key of each ConfigMap: the newest
 * ones; what was not written in the end counts for nothing, and what is there twice in a row counts once.
 * What the last write replaced stays beside them, so that it can be undone whatever the limit. Of snapshots
 * the last of each ConfigMap stays, of writes the last ones and their outcomes. With no versions nothing
 * stays. The records come, and stay, in the order in which they were made.
 */
export function withinLimits(
  records: readonly HistoryRecord[],
  versionsPerKey: number,
): readonly HistoryRecord[] {
  if (versionsPerKey === 0) return [];
  const ofConfigMap = configMapsOf(records);
  const outcomes = outcomesOf(records);
  const snapshots = new Set<string>();
  const writes = new Set<string>();
  /** The writes that brought a version that stays. */
  const inUse = new Set<string | undefined>();
  const versions = newestFirst(versionsPerKey);
  const replaced = replacedLast(outcomes);
  const stays = (record: HistoryRecord): boolean => {
    const uid = ofConfigMap(record);
    switch (record.kind) {
      case 'version': {
        if (outcomes.get(record.write) === false) return false;
        const isReplaced = replaced.has(record);
        const isKept = versions(uid, record) || isReplaced;
        if (isKept) inUse.add(record.write);
        return isKept;
      }
      case 'snapshot':
        return snapshots.size < snapshots.add(uid).size;
      case 'write':
        if (writes.size === MOST_WRITES) return false;
        writes.add(record.id);
        replaced.by(uid, record);
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

/** How writes ended, by their ids. */
function outcomesOf(records: readonly HistoryRecord[]): ReadonlyMap<string | undefined, boolean> {
  const outcomes = records.flatMap((each) => (each.kind === 'outcome' ? [each] : []));
  return new Map(outcomes.map(({ id, written }) => [id, written]));
}

/** Tells of versions, which come newest first, whether they are among so many of their key. */
function newestFirst(versionsPerKey: number): (uid: string, version: Version) => boolean {
  const known = new Map<string, { sha256: string; count: number }>();
  return (uid, { key, sha256 }) => {
    const id = `${uid} ${key}`;
    const newer = known.get(id);
    if (newer?.sha256 === sha256) return false;
    if (newer === undefined) known.set(id, { sha256, count: 1 });
    else Object.assign(newer, { sha256, count: newer.count + 1 });
    return newer === undefined || newer.count <= versionsPerKey;
  };
}

/**
 * What the last write of each ConfigMap replaced; also what those before it did, until there is one of which
 * it is known that it was carried out. Writes and versions come newest first.
 */
function replacedLast(outcomes: ReadonlyMap<string | undefined, boolean>) {
  /** By key: the SHA-256 of what was there. */
  const wanted = new Map<string, Set<string>>();
  const known = new Set<string>();
  return {
    by: (uid: string, { id, keys }: Write): void => {
      if (known.has(uid) || outcomes.get(id) === false) return;
      for (const { key, before } of keys) {
        if (before !== undefined) wanted.set(key, (wanted.get(key) ?? new Set()).add(before));
      }
      if (outcomes.get(id) === true) known.add(uid);
    },
    has: ({ key, sha256 }: Version): boolean => wanted.get(key)?.delete(sha256) === true,
  };
}

/**
 * Which of all versions fit into a number of bytes, the newest first; a content that several versions share
 * counts once. Of one moment, what a write brought goes before what it replaced: the cluster has it.
 */
export function withinBytes(versions: readonly Version[], bytes: number): ReadonlySet<Version> {
  const contents = new Set<string>();
  const kept = new Set<Version>();
  let total = 0;
  for (const version of versions.toReversed().sort(newerFirst)) {
    if (!contents.has(version.sha256)) total += version.bytes;
    if (total > bytes) break;
    contents.add(version.sha256);
    kept.add(version);
  }
  return kept;
}

function newerFirst(one: Version, other: Version): number {
  if (one.at !== other.at) return one.at < other.at ? 1 : -1;
  return Number(one.write !== undefined) - Number(other.write !== undefined);
}
