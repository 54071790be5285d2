import { annotationBytes, isMemoization, valueBytes, type CacheContent } from './cache.ts';
import { formatOf, type Format, type Value } from './content/content.ts';
import { entriesOf } from './content/entries.ts';
import { LAST_APPLIED } from './facts.ts';
import { memoEntryOf, type MemoEntry } from './memoization.ts';
import { writtenAt } from './owners.ts';
import { read } from './content/reading.ts';
import { reloaderMarkOf, type ReloaderMark } from './readers/tools.ts';
import { bytesOf } from './text.ts';

/** What the content of one key tells. */
export interface KeyDetail {
  readonly key: string;
  readonly kind: Value['kind'];
  readonly format: Format;
  readonly bytes: number;
  /** When it was written last, in milliseconds since the epoch. */
  readonly written: number;
  /** How many entries it has; nothing for text, binary and what cannot be read as its format. */
  readonly entries: number | undefined;
  /** The memoized result that it is; only in a memoization map. */
  readonly memo?: MemoEntry;
}

/** What the content of a cache tells, without the content itself. */
export interface CacheDetail {
  readonly resourceVersion: string;
  /** When it was created, in milliseconds since the epoch. */
  readonly created: number;
  readonly immutable: boolean;
  /** Bytes of all values together. */
  readonly bytes: number;
  /** Bytes of all annotations together, names and values. */
  readonly annotationBytes: number;
  /** Bytes of the copy that `kubectl apply` made of it; 0 where there is none. */
  readonly lastAppliedBytes: number;
  /** What its annotations tell Reloader. */
  readonly mark: ReloaderMark;
  readonly keys: readonly KeyDetail[];
}

/** Sums up a cache that was read whole; keys in the order of their names. */
export function detailOf(cache: CacheContent): CacheDetail {
  return {
    resourceVersion: cache.resourceVersion,
    created: Date.parse(cache.createdAt),
    immutable: cache.immutable,
    bytes: valueBytes(cache.values),
    annotationBytes: annotationBytes(cache.annotations),
    lastAppliedBytes: bytesOf(cache.annotations[LAST_APPLIED] ?? ''),
    mark: reloaderMarkOf(cache.annotations),
    keys: cache.keys.map((key) => keyDetail(key, cache.values.get(key) ?? NOTHING, cache)),
  };
}

const NOTHING: Value = { kind: 'text', bytes: new Uint8Array() };

function keyDetail(key: string, value: Value, cache: CacheContent): KeyDetail {
  const { kind, bytes } = value;
  const format = formatOf(key, bytes);
  const common = { key, kind, format, bytes: bytes.length, written: writtenAt(cache, key) };
  if (isMemoization(cache)) {
    return { ...common, entries: undefined, memo: memoEntryOf(key, value) };
  }
  const reading = read(format, bytes);
  const entries = reading.kind === 'document' ? entriesOf(reading.root).entries.length : undefined;
  return { ...common, entries };
}
