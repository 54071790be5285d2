import { valueBytes, type CacheContent } from '../cache.ts';
import { formatOf, sameValue, valueOf, type Format, type Value } from '../content/content.ts';
import { entriesOf, entriesOfBoth } from '../content/entries.ts';
import { diffEntries, type EntryDiff } from '../content/entryDiff.ts';
import { factsOf } from '../facts.ts';
import { ownersOf, type Owner } from '../owners.ts';
import { faults, losses, refusals } from './planChecks.ts';
import { read, type Reading } from '../content/reading.ts';
import type { CacheRef } from '../ref.ts';
import { fitOf } from '../size.ts';
import type { Origin, SourceContent } from '../source.ts';
import type { Verdict } from './verdict.ts';

/** New content for one key. */
export interface NewContent {
  readonly key: string;
  readonly source: Origin;
  /** Absent: the key is to be deleted. */
  readonly content: SourceContent | undefined;
  /** How it is to be kept, where the bytes are not to decide. */
  readonly stored?: Value['kind'];
}

/** New content as its key says: how it would be kept, and what is in it. */
export interface ReadContent extends NewContent {
  readonly value: Value | undefined;
  readonly format: Format;
  readonly reading: Reading | undefined;
}

/** Reads new content by itself, for which the cache need not be known. */
export function readContent(given: NewContent): ReadContent {
  const bytes = given.content?.bytes;
  const format = formatOf(given.key, bytes ?? new Uint8Array());
  if (bytes === undefined) return { ...given, value: undefined, format, reading: undefined };
  const kind = given.stored === 'binary' ? given.stored : valueOf(bytes).kind;
  return { ...given, value: { kind, bytes }, format, reading: read(format, bytes) };
}

/** What a plan would do to one key. */
export interface KeyPlan {
  readonly key: string;
  readonly source: Origin;
  readonly format: Format;
  readonly before: Value | undefined;
  /** Absent: the key is deleted. */
  readonly after: Value | undefined;
  /** How many entries the new content has; nothing for text, binary and what cannot be read. */
  readonly entries: number | undefined;
  /** What comes, goes and changes, where both contents have entries. */
  readonly diff: EntryDiff | undefined;
  readonly verdicts: readonly Verdict[];
}

/** What a cache that is created gets beside its keys. */
export interface Birth {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
}

/**
 * A change of a cache as a value: new content against the cache as it was read. It can be shown, and
 * applied exactly as shown, or refused because the cache is no longer at the version that was read.
 */
export interface CachePlan {
  readonly ref: CacheRef;
  /** The cache as it was read; absent when it is to be created. */
  readonly before: CacheContent | undefined;
  readonly birth: Birth | undefined;
  readonly keys: readonly KeyPlan[];
  /** Keys that were to come back too, whose content is not known any more. */
  readonly missing: readonly string[];
  /** Who may undo the change, or be broken by it. */
  readonly owners: readonly Owner[];
  /** Value bytes of the whole ConfigMap before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Compares new content with a cache as it was read; `before` is absent when it is to be created. */
export function planChange(
  ref: CacheRef,
  before: CacheContent | undefined,
  given: readonly ReadContent[],
  birth?: Birth,
): CachePlan {
  const contents = given.map((each) => asCopied(each, before));
  const after = new Map(before?.values ?? []);
  for (const { key, value } of contents) {
    if (value === undefined) after.delete(key);
    else after.set(key, value);
  }
  const bytesAfter = valueBytes(after);
  const changed = contents.map(({ key }) => key);
  return {
    ref,
    before,
    birth: before === undefined ? birth : undefined,
    keys: contents.map((each) => planKey(each, before, { contents, bytesAfter })),
    missing: [],
    owners: before === undefined ? [] : ownersOf(before, changed),
    bytesBefore: valueBytes(before?.values ?? new Map<string, Value>()),
    bytesAfter,
  };
}

/** What a key's plan must know of the whole. */
interface Whole {
  readonly contents: readonly ReadContent[];
  readonly bytesAfter: number;
}

function planKey(
  given: ReadContent,
  cache: CacheContent | undefined,
  { contents, bytesAfter }: Whole,
): KeyPlan {
  const { key, source, content, format, reading } = given;
  const before = cache?.values.get(key);
  const after = keptAs(given, before);
  const old = before && read(formatOf(key, before.bytes), before.bytes);
  const { entriesBefore, ...compared } = compare(old, reading);
  const known = { key, source, format, before, after, ...compared };
  if (sameValue(before, after)) return { ...known, verdicts: [{ kind: 'unchanged' }] };
  const moved = contents.some((other) => other.key !== key && sameBytes(other.value, before));
  const verdicts = [
    ...refusals({ ...known, cache, total: bytesAfter }),
    ...faults(known, content?.mediaType, [old, reading]),
    ...(after === undefined && moved ? [] : losses({ ...known, entriesBefore })),
  ];
  const near = fitOf(bytesAfter) === 'near';
  const fit: Verdict = near ? { kind: 'nearLimit', total: bytesAfter } : { kind: 'fits' };
  return { ...known, verdicts: verdicts.length > 0 ? verdicts : [fit] };
}

/** What is copied from another key is what that holds now, which may be newer than what was read for it. */
function asCopied(given: ReadContent, cache: CacheContent | undefined): ReadContent {
  const { key, source, value: copied } = given;
  if (source.kind !== 'key' || !sameBytes(copied, source.value)) return given;
  const value = cache?.values.get(source.key);
  if (cache === undefined || value === undefined) return given;
  const facts = factsOf(cache.annotations, source.key);
  const content = { bytes: value.bytes };
  return readContent({ key, source: { ...source, facts, value }, content, stored: value.kind });
}

/** A person who edits a binary value means to change its content, not how it is kept. */
function keptAs({ source, value }: ReadContent, before: Value | undefined): Value | undefined {
  if (source.kind !== 'editor' || value === undefined || before?.kind !== 'binary') return value;
  return { kind: 'binary', bytes: value.bytes };
}

function sameBytes(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return sameValue({ kind: 'binary', bytes: one.bytes }, { kind: 'binary', bytes: other.bytes });
}

/** A content of a key with what is in it. */
export interface ReadValue {
  readonly value: Value;
  readonly reading: Reading;
}

/** Reads a content of a key. */
export function readValue(key: string, value: Value): ReadValue {
  return { value, reading: read(formatOf(key, value.bytes), value.bytes) };
}

/** What one content of a key changed of another, where both have entries, and how many it has. */
export function contentChange(
  before: ReadValue | undefined,
  after: ReadValue,
): Pick<KeyPlan, 'entries' | 'diff'> {
  return compare(before?.reading, after.reading);
}

interface Compared {
  readonly entries: number | undefined;
  readonly entriesBefore: number | undefined;
  readonly diff: EntryDiff | undefined;
}

function compare(before: Reading | undefined, after: Reading | undefined): Compared {
  if (before?.kind !== 'document' || after?.kind !== 'document') {
    return { entries: countOf(after), entriesBefore: countOf(before), diff: undefined };
  }
  const [old, fresh] = entriesOfBoth(before.root, after.root);
  return {
    entries: fresh.entries.length,
    entriesBefore: old.entries.length,
    diff: diffEntries(old, fresh),
  };
}

function countOf(reading: Reading | undefined): number | undefined {
  return reading?.kind === 'document' ? entriesOf(reading.root).entries.length : undefined;
}
