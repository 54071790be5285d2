import { isMemoization, problemOfKey, type CacheContent } from '../cache.ts';
import type { KeyPlan } from './cachePlan.ts';
import { looksLikeHtml, type Value } from '../content/content.ts';
import type { Reading } from '../content/reading.ts';
import { fitOf, MAX_VALUE_BYTES } from '../size.ts';
import { isFetched, printSource } from '../source.ts';
import { asText } from '../text.ts';
import type { Verdict } from './verdict.ts';

type Known = Omit<KeyPlan, 'verdicts'>;

/** What the cache itself forbids, whatever the content. `total` is the value bytes afterwards. */
export function refusals({
  key,
  after,
  cache,
  total,
}: Known & { cache: CacheContent | undefined; total: number }): Verdict[] {
  const verdicts: Verdict[] = [];
  const problem = after === undefined ? undefined : problemOfKey(key);
  if (problem !== undefined) verdicts.push({ kind: 'keyNotAllowed', problem });
  if (cache?.immutable === true) verdicts.push({ kind: 'immutable' });
  // Its entries may be deleted, and that is all.
  if (cache !== undefined && isMemoization(cache) && after !== undefined) {
    verdicts.push({ kind: 'memoization' });
  }
  if (fitOf(total) === 'over' && after !== undefined) {
    verdicts.push({ kind: 'tooLarge', total, over: total - MAX_VALUE_BYTES });
  }
  return verdicts;
}

/** What is wrong with the content itself; readings are those of what was there and of what is new. */
export function faults(
  { key, format, before, after, source }: Known,
  mediaType: string | undefined,
  [old, reading]: readonly [Reading | undefined, Reading | undefined],
): Verdict[] {
  if (after === undefined) return [];
  const wantsHtml = /\.(x?html?|xml)$/i.test(key);
  if (!wantsHtml && (mediaType === 'text/html' || looksLikeHtml(after.bytes))) {
    return [{ kind: 'errorPage', source: isFetched(source) ? printSource(source) : undefined }];
  }
  if (source.kind === 'editor' && wereReplaced(before, after)) return [{ kind: 'bytesReplaced' }];
  if (isFetched(source) && isProse(reading) && !isProse(old)) return [{ kind: 'withoutNames' }];
  if (reading?.kind !== 'unreadable' || isBlank(after)) return [];
  const { problem, line, column } = reading;
  return [{ kind: 'unreadable', format, problem, line, column }];
}

/** What would be lost, so that a second question can name it. */
export function losses({
  source,
  before,
  after,
  entries,
  entriesBefore,
}: Known & { entriesBefore: number | undefined }): Verdict[] {
  const bytes = { before: before?.bytes.length ?? 0, after: after?.bytes.length ?? 0 };
  if (after === undefined) return [{ kind: 'removed', entriesBefore, bytesBefore: bytes.before }];
  const verdicts: Verdict[] = [];
  if (isBlank(after) || entries === 0) {
    // What a person makes anew may begin empty.
    if (before !== undefined || isFetched(source)) {
      verdicts.push({ kind: 'empty', entriesBefore, bytesBefore: bytes.before });
    }
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

/** True where an editor decoded bytes that are no text, and gives back what it showed in their place. */
function wereReplaced(before: Value | undefined, { bytes }: Value): boolean {
  if (before === undefined || asText(before.bytes) !== undefined) return false;
  return asText(bytes)?.includes('\uFFFD') === true;
}

function isProse(reading: Reading | undefined): boolean {
  return reading?.kind === 'document' && reading.isProse;
}

function isBlank({ bytes }: Value): boolean {
  // A byte order mark counts as space here.
  return asText(bytes)?.trim() === '';
}
