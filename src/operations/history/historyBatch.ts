import type { CacheContent } from '../../domain/cache.ts';
import type { CachePlan, KeyPlan } from '../../domain/plan/cachePlan.ts';
import { sameValue } from '../../domain/content/content.ts';
import { factsOf } from '../../domain/facts.ts';
import {
  sameSnapshot,
  snapshotOf,
  type HistoryRecord,
  type Version,
  type WrittenKey,
} from '../../domain/history/history.ts';
import { FIELD_MANAGER, lastWriter } from '../../domain/owners.ts';
import { Past } from '../../domain/history/past.ts';
import { changedKeys } from '../../domain/plan/planState.ts';
import type { Origin } from '../../domain/source.ts';
import { digestOf } from '../digests.ts';
import type { CacheWrite } from '../ports.ts';
import type { NewCache } from '../written.ts';

/** Records and contents that are kept together. */
export interface Batch {
  readonly records: HistoryRecord[];
  readonly contents: Map<string, Uint8Array>;
}

/** Nothing, to which more can be added. */
export function emptyBatch(): Batch {
  return { records: [], contents: new Map() };
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
  const last = new Map<string, Version>();
  for (const version of new Past(known).versions().toReversed()) {
    if (version.uid === cache.uid) last.set(version.key, version);
  }
  const batch = emptyBatch();
  for (const key of keys) {
    const value = cache.values.get(key);
    const sha256 = value && (await digestOf(value.bytes));
    if (value === undefined || sha256 === undefined) continue;
    const same = last.get(key)?.sha256 === sha256 ? last.get(key) : undefined;
    if (same !== undefined && !replaced.has(key)) continue;
    const content = { sha256, bytes: value.bytes.length, stored: value.kind };
    batch.records.push({ ...versionOf(cache, key, at), ...content, ...madeBy(same?.made) });
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

/** What becomes of a key, and where that comes from as far as a plan tells. */
type BroughtKey = Pick<KeyPlan, 'key' | 'before' | 'after'> & Partial<Pick<KeyPlan, 'source'>>;

/** What a write is about to bring to some keys, and the annotations of its cache after it. */
export interface Brought {
  /** Empty where the ConfigMap is yet to be created. */
  readonly uid: string;
  readonly keys: readonly BroughtKey[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a plan is about to write. */
export function broughtBy(plan: CachePlan, write: CacheWrite): Brought {
  return {
    uid: plan.before?.uid ?? '',
    keys: changedKeys(plan),
    annotations: changed(plan.before?.annotations ?? {}, write.annotations),
  };
}

/** What a ConfigMap is about to bring that is made anew in the place of another: all of it. */
export function broughtAnew(before: CacheContent, { values, annotations }: NewCache): Brought {
  const keys = [...new Set([...before.values.keys(), ...values.keys()])];
  return {
    uid: '',
    keys: keys.map((key) => ({ key, before: before.values.get(key), after: values.get(key) })),
    annotations,
  };
}

/** Adds what is about to be written, and the record of that write, which tells of the keys that change. */
export async function addWrite(
  { records, contents }: Batch,
  { uid, id, at, keys: brought, annotations }: Brought & { id: string; at: string },
): Promise<void> {
  const keys: WrittenKey[] = [];
  for (const { key, before, after, source } of brought) {
    const sha256 = after && (await digestOf(after.bytes));
    const replaced = before && (await digestOf(before.bytes));
    const written = {
      key,
      ...(replaced === undefined ? {} : { before: replaced }),
      ...(sha256 === undefined ? {} : { after: sha256 }),
    };
    if (!sameValue(before, after)) keys.push(written);
    if (after === undefined || sha256 === undefined) continue;
    const content = { sha256, bytes: after.bytes.length, stored: after.kind, write: id };
    const by = { manager: FIELD_MANAGER, time: at, facts: factsOf(annotations, key) };
    records.push({ kind: 'version', at, uid, key, ...content, ...by, ...madeBy(madeFrom(source)) });
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

function madeFrom(source: Origin | undefined): Version['made'] {
  if (source?.kind === 'editor') return 'edited';
  return source?.kind === 'history' ? 'restored' : undefined;
}

function madeBy(made: Version['made']): Pick<Version, 'made'> {
  return made === undefined ? {} : { made };
}
