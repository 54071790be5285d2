import type { CacheContent } from '../cache.ts';
import type { Value } from '../content/content.ts';
import { isFactAnnotation, LAST_APPLIED, type KeyFacts } from '../facts.ts';
import { isFields, type Fields } from '../readers/json.ts';

/** Which history: that of all ConfigMaps that ever had this name. */
export interface HistoryPlace {
  /** The identity of the cluster, never the name of a context. */
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

interface Dated {
  /** RFC 3339 with milliseconds, UTC: when it was recorded. */
  readonly at: string;
  /**
   * The ConfigMap it is about: one that is created again under its name has another. Empty for one that is
   * about to be created: the outcome of that write tells it.
   */
  readonly uid: string;
}

/** A content that a key had. */
export interface Version extends Dated {
  readonly kind: 'version';
  readonly key: string;
  /** Of the bytes, 64 lower-case hexadecimal digits: the name under which they are kept. */
  readonly sha256: string;
  readonly bytes: number;
  readonly stored: Value['kind'];
  /** The field manager that wrote it and when, as far as managedFields tell. */
  readonly manager?: string;
  readonly time?: string;
  readonly facts: KeyFacts;
  /** The id of our write that brought it, where it was one. */
  readonly write?: string;
  /** How a person made it, where it was not fetched: then the source among the facts is not its own. */
  readonly made?: 'edited' | 'restored';
}

/** What a ConfigMap had beside its content: what restoring it needs. */
export interface Snapshot extends Dated {
  readonly kind: 'snapshot';
  readonly labels: Readonly<Record<string, string>>;
  /** Without the facts of keys, which are with their versions. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
  readonly keys: readonly string[];
}

/** A write of ours that is about to be sent: what it makes of which, by SHA-256. */
export interface Write extends Dated {
  readonly kind: 'write';
  readonly id: string;
  readonly keys: readonly WrittenKey[];
}

/** Absent: the key was not there, or is not there any more. */
export interface WrittenKey {
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

/** How a write ended; where this is missing, nobody was there to learn it. */
export interface Outcome extends Dated {
  readonly kind: 'outcome';
  readonly id: string;
  readonly written: boolean;
}

/** A line of a history. */
export type HistoryRecord = Version | Snapshot | Write | Outcome;

/** True for what has the shape of a record: files may be damaged, or somebody else's. */
export function isRecord(value: unknown): value is HistoryRecord {
  if (!isFields(value) || !areTexts([value['at'], value['uid']])) return false;
  switch (value['kind']) {
    case 'version':
      return isVersion(value);
    case 'snapshot':
      return (
        isTexts(value['labels']) &&
        isTexts(value['annotations']) &&
        typeof value['immutable'] === 'boolean' &&
        Array.isArray(value['keys']) &&
        areTexts(value['keys'])
      );
    case 'write':
      return (
        areTexts([value['id']]) && Array.isArray(value['keys']) && value['keys'].every(isWritten)
      );
    case 'outcome':
      return areTexts([value['id']]) && typeof value['written'] === 'boolean';
    default:
      return false;
  }
}

function isVersion({ key, sha256, bytes, stored, facts, ...more }: Fields): boolean {
  return (
    areTexts([key]) &&
    isSha256(sha256) &&
    typeof bytes === 'number' &&
    bytes >= 0 &&
    (stored === 'text' || stored === 'binary') &&
    isTexts(facts) &&
    [more['manager'], more['time'], more['write']].every(isTextOrAbsent)
  );
}

function isWritten(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { key, before, after } = value;
  return areTexts([key]) && [before, after].every((each) => each === undefined || isSha256(each));
}

/** Files are named by it: what is none must never be one. */
function isSha256(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** True for an object whose members are all texts. */
function isTexts(value: unknown): boolean {
  return isFields(value) && areTexts(Object.values(value));
}

function areTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** Tells which ConfigMap a record is about, also of one that was made before its ConfigMap was. */
export function configMapsOf(records: readonly HistoryRecord[]): (record: HistoryRecord) => string {
  const created = new Map<string | undefined, string>();
  for (const record of records) {
    if (record.kind === 'outcome' && record.written) created.set(record.id, record.uid);
  }
  return (record) => {
    if (record.uid !== '' || record.kind === 'snapshot') return record.uid;
    return created.get(record.kind === 'version' ? record.write : record.id) ?? '';
  };
}

/** The records in the order in which they were made; those of one time as they come. */
export function inOrder(records: readonly HistoryRecord[]): readonly HistoryRecord[] {
  const isAfter = (at: string, index: number) => at >= (records[index - 1]?.at ?? '');
  if (records.every(({ at }, index) => isAfter(at, index))) return records;
  return records.toSorted(({ at: one }, { at: other }) => (one < other ? -1 : one > other ? 1 : 0));
}

/** How much is kept. With no versions, nothing is. */
export interface HistoryLimits {
  readonly versionsPerKey: number;
  /** Bytes of all contents together. */
  readonly bytes: number;
}

/** What a cache has beside its content, to be kept. The copy that kubectl made of it is left out. */
export function snapshotOf(cache: CacheContent, at: string): Snapshot {
  const annotations = Object.entries(cache.annotations).filter(
    ([name]) => name !== LAST_APPLIED && !isFactAnnotation(name),
  );
  return {
    kind: 'snapshot',
    at,
    uid: cache.uid,
    labels: cache.labels,
    annotations: Object.fromEntries(annotations),
    immutable: cache.immutable,
    keys: [...cache.values.keys()].sort(),
  };
}

/** True when both say the same but for the time. */
export function sameSnapshot(one: HistoryRecord | undefined, other: Snapshot): boolean {
  return one?.kind === 'snapshot' && printed(one) === printed(other);
}

function printed({ labels, annotations, immutable, keys }: Snapshot): string {
  return JSON.stringify([sorted(labels), sorted(annotations), immutable, keys]);
}

function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));
}
