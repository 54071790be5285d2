import type { CacheContent } from '../domain/cache.ts';
import type { CachePlan } from '../domain/cachePlan.ts';
import { factsOf } from '../domain/facts.ts';
import {
  sameSnapshot,
  snapshotOf,
  type HistoryRecord,
  type Version,
  type WrittenKey,
} from '../domain/history.ts';
import { FIELD_MANAGER, lastWriter } from '../domain/owners.ts';
import { Past } from '../domain/past.ts';
import { changedKeys } from '../domain/planState.ts';
import { digestOf } from './digests.ts';
import type { CacheWrite } from './ports.ts';

/** Records and contents that are kept together. */
export interface Batch {
  readonly records: HistoryRecord[];
  readonly contents: Map<string, Uint8Array>;
}

/** Which keys of a cache are to be kept. */
export interface Keeping {
  readonly keys: readonly string[];
  /** Those of them whose content is about to be replaced, or was. */
  readonly replaced: ReadonlySet<string>;
  /** What is kept already. */
  readonly known: readonly HistoryRecord[];
  readonly at: string;
}

/**
 * What is to be kept of some keys of a cache: the versions that are not the last ones known, and how the
 * cache is around them. A content that is replaced is kept once more in any case: nobody else has it, what
 * was kept of it may have been damaged or have gone meanwhile, and its age counts from now.
 */
export async function batchOf(
  cache: CacheContent,
  { keys, replaced, known, at }: Keeping,
): Promise<Batch> {
  const last = new Map<string, string>();
  for (const { uid, key, sha256 } of new Past(known).versions().toReversed()) {
    if (uid === cache.uid) last.set(key, sha256);
  }
  const batch: Batch = { records: [], contents: new Map() };
  for (const key of keys) {
    const value = cache.values.get(key);
    const sha256 = value && (await digestOf(value.bytes));
    if (value === undefined || sha256 === undefined) continue;
    if (last.get(key) === sha256 && !replaced.has(key)) continue;
    const content = { sha256, bytes: value.bytes.length, stored: value.kind };
    batch.records.push({ ...versionOf(cache, key, at), ...content });
    batch.contents.set(sha256, value.bytes);
  }
  const snapshot = snapshotOf(cache, at);
  const before = known.findLast(({ kind, uid }) => kind === 'snapshot' && uid === cache.uid);
  if (!sameSnapshot(before, snapshot)) batch.records.push(snapshot);
  return batch;
}

function versionOf(
  cache: CacheContent,
  key: string,
  at: string,
): Omit<Version, 'sha256' | 'bytes' | 'stored'> {
  const writer = lastWriter(cache, key);
  return {
    ...{ kind: 'version', at, uid: cache.uid, key, facts: factsOf(cache.annotations, key) },
    ...(writer === undefined ? {} : { manager: writer.manager, time: writer.time }),
  };
}

/** Adds what a plan is about to write, and the record of that write. */
export async function addWrite(
  { records, contents }: Batch,
  { plan, write, id, at }: { plan: CachePlan; write: CacheWrite; id: string; at: string },
): Promise<void> {
  const uid = plan.before?.uid ?? '';
  const annotations = changed(plan.before?.annotations ?? {}, write.annotations);
  const keys: WrittenKey[] = [];
  for (const { key, before, after } of changedKeys(plan)) {
    const sha256 = after && (await digestOf(after.bytes));
    const replaced = before && (await digestOf(before.bytes));
    keys.push({
      key,
      ...(replaced === undefined ? {} : { before: replaced }),
      ...(sha256 === undefined ? {} : { after: sha256 }),
    });
    if (after === undefined || sha256 === undefined) continue;
    const content = { sha256, bytes: after.bytes.length, stored: after.kind, write: id };
    const by = { manager: FIELD_MANAGER, time: at, facts: factsOf(annotations, key) };
    records.push({ kind: 'version', at, uid, key, ...content, ...by });
    contents.set(sha256, after.bytes);
  }
  records.push({ kind: 'write', at, uid, id, keys });
}

function changed(
  before: Readonly<Record<string, string>>,
  changes: CacheWrite['annotations'],
): Readonly<Record<string, string>> {
  const after = Object.entries({ ...before, ...changes });
  return Object.fromEntries(
    after.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
