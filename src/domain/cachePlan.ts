import { isMemoization, problemOfKey, valueBytes, type CacheContent } from './cache.ts';
import { formatOf, looksLikeHtml, sameValue, valueOf, type Format, type Value } from './content.ts';
import { entriesOf, entriesOfBoth } from './entries.ts';
import { diffEntries, type EntryDiff } from './entryDiff.ts';
import { ownersOf, type Owner } from './owners.ts';
import { read, type Reading } from './reading.ts';
import type { CacheRef } from './ref.ts';
import { fitOf, MAX_VALUE_BYTES } from './size.ts';
import { printSource, type Source, type SourceContent } from './source.ts';
import { asText } from './text.ts';
import type { Verdict } from './verdict.ts';

/** New content for one key. */
export interface NewContent {
  readonly key: string;
  readonly source: Source;
  readonly content: SourceContent;
}

/** New content as its key says: how it would be kept, and what is in it. */
export interface ReadContent extends NewContent {
  readonly value: Value;
  readonly format: Format;
  readonly reading: Reading;
}

/** Reads new content by itself, for which the cache need not be known. */
export function readContent(given: NewContent): ReadContent {
  const { bytes } = given.content;
  const format = formatOf(given.key, bytes);
  return { ...given, value: valueOf(bytes), format, reading: read(format, bytes) };
}

/** What a refresh would do to one key. */
export interface KeyPlan {
  readonly key: string;
  readonly source: Source;
  readonly format: Format;
  readonly before: Value | undefined;
  readonly after: Value;
  /** How many entries the new content has; nothing for text, binary and what cannot be read. */
  readonly entries: number | undefined;
  /** What comes, goes and changes, where both contents have entries. */
  readonly diff: EntryDiff | undefined;
  readonly verdicts: readonly Verdict[];
}

/** The state of the cluster that a plan was made against. */
export type Baseline =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly uid: string; readonly resourceVersion: string };

/**
 * A refresh as a value: new content against the cache as it was read. It can be shown, and applied
 * exactly as shown, or refused because the cache is no longer at its baseline.
 */
export interface CachePlan {
  readonly ref: CacheRef;
  readonly baseline: Baseline;
  readonly keys: readonly KeyPlan[];
  /** Who may undo the change, or be broken by it. */
  readonly owners: readonly Owner[];
  /** Value bytes of the whole ConfigMap before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Compares new content with a cache as it was read; `cache` is absent when it is to be created. */
export function planChange(
  ref: CacheRef,
  cache: CacheContent | undefined,
  contents: readonly ReadContent[],
): CachePlan {
  const after = new Map(cache?.values ?? []);
  for (const { key, value } of contents) after.set(key, value);
  const bytesAfter = valueBytes(after);
  const keys = contents.map((each) => planKey(each, cache, bytesAfter));
  return {
    ref,
    baseline:
      cache === undefined
        ? { kind: 'absent' }
        : { kind: 'present', uid: cache.uid, resourceVersion: cache.resourceVersion },
    keys,
    owners:
      cache === undefined
        ? []
        : ownersOf(
            cache,
            keys.map(({ key }) => key),
          ),
    bytesBefore: valueBytes(cache?.values ?? new Map<string, Value>()),
    bytesAfter,
  };
}

function planKey(
  { key, source, content, value: after, format, reading }: ReadContent,
  cache: CacheContent | undefined,
  total: number,
): KeyPlan {
  const before = cache?.values.get(key);
  const compared = compare(before && read(formatOf(key, before.bytes), before.bytes), reading);
  const known = { key, source, format, before, after, ...compared };
  if (sameValue(before, after)) return { ...known, verdicts: [{ kind: 'unchanged' }] };
  const verdicts = [
    ...refusals(key, cache, total),
    ...faults(known, content.mediaType, reading),
    ...losses(known, reading),
  ];
  const fit: Verdict = fitOf(total) === 'near' ? { kind: 'nearLimit', total } : { kind: 'fits' };
  return { ...known, verdicts: verdicts.length > 0 ? verdicts : [fit] };
}

interface Compared {
  readonly entries: number | undefined;
  readonly entriesBefore: number | undefined;
  readonly diff: EntryDiff | undefined;
}

function compare(before: Reading | undefined, after: Reading): Compared {
  if (before?.kind !== 'document' || after.kind !== 'document') {
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

/** What the cache itself forbids, whatever the content. */
function refusals(key: string, cache: CacheContent | undefined, total: number): Verdict[] {
  const verdicts: Verdict[] = [];
  const problem = problemOfKey(key);
  if (problem !== undefined) verdicts.push({ kind: 'keyNotAllowed', problem });
  if (cache?.immutable === true) verdicts.push({ kind: 'immutable' });
  if (cache !== undefined && isMemoization(cache)) verdicts.push({ kind: 'memoization' });
  if (fitOf(total) === 'over') {
    verdicts.push({ kind: 'tooLarge', total, over: total - MAX_VALUE_BYTES });
  }
  return verdicts;
}

type Known = Omit<KeyPlan, 'verdicts'> & Compared;

/** What is wrong with the content itself. */
function faults(known: Known, mediaType: string | undefined, reading: Reading): Verdict[] {
  const { key, format, after, source } = known;
  const wantsHtml = /\.(x?html?|xml)$/i.test(key);
  if (!wantsHtml && (mediaType === 'text/html' || looksLikeHtml(after.bytes))) {
    return [{ kind: 'errorPage', source: printSource(source) }];
  }
  if (reading.kind !== 'unreadable' || isBlank(after)) return [];
  const { problem, line, column } = reading;
  return [{ kind: 'unreadable', format, problem, line, column }];
}

/** What would be lost, so that a second question can name it. */
function losses(known: Known, reading: Reading): Verdict[] {
  const { before, after, entries, entriesBefore } = known;
  const bytes = { before: before?.bytes.length ?? 0, after: after.bytes.length };
  const verdicts: Verdict[] = [];
  if (isBlank(after) || (reading.kind === 'document' && entries === 0)) {
    verdicts.push({ kind: 'empty', entriesBefore, bytesBefore: bytes.before });
  } else if (entries !== undefined && entriesBefore !== undefined && entries * 2 < entriesBefore) {
    verdicts.push({ kind: 'muchSmaller', of: 'entries', before: entriesBefore, after: entries });
  } else if (bytes.after * 2 < bytes.before) {
    verdicts.push({ kind: 'muchSmaller', of: 'bytes', ...bytes });
  }
  if (before !== undefined && before.kind !== after.kind) {
    verdicts.push({ kind: 'kindChanged', from: before.kind, to: after.kind });
  }
  return verdicts;
}

function isBlank({ bytes }: Value): boolean {
  // A byte order mark counts as space here.
  return asText(bytes)?.trim() === '';
}
