import { annotationBytes } from '../cache.ts';
import type { Value } from '../content/content.ts';
import type { EntryDiff } from '../content/entryDiff.ts';
import { LAST_APPLIED } from '../facts.ts';
import type { KeyVerdict } from './planState.ts';
import type { KeyPlan, CachePlan } from './cachePlan.ts';
import {
  annotationSentence,
  lastAppliedSentence,
  MAX_VALUE_BYTES,
  printBytes,
  printCount,
  printValueBytes,
} from '../size.ts';
import { bytesOf } from '../text.ts';
import type { Verdict } from './verdict.ts';

/** One sentence for what a verdict says about a key. */
export function verdictSentence({ key, verdict }: KeyVerdict): string {
  return `${key}: ${phrase(verdict)}.`;
}

function phrase(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'unchanged':
      return 'nothing to change';
    case 'fits':
      return 'fits';
    case 'nearLimit':
      return `near the limit: the ConfigMap will hold ${ofLimit(verdict.total)}`;
    case 'empty':
      return `the new content is empty${lost(verdict)}`;
    case 'muchSmaller':
      return `much smaller than before: ${shrinkage(verdict)}`;
    case 'kindChanged':
      return verdict.to === 'binary'
        ? 'text becomes binary: environment variables no longer see it'
        : 'binary becomes text';
    case 'removed':
      return `the key is deleted${lost(verdict)}`;
    case 'bytesReplaced':
      return 'bytes that are no text were shown as replacement characters, and would be written as these';
    case 'tooLarge':
      return `too large: the ConfigMap would hold ${exactBytes(verdict.total)}, ${exactBytes(verdict.over)} over the limit of ${exactBytes(MAX_VALUE_BYTES)}`;
    case 'unreadable':
      return `not readable as ${verdict.format}: ${verdict.problem} at line ${verdict.line}, column ${verdict.column}`;
    case 'withoutNames':
      return 'the new content has no names and no lists: it may be a message in place of data';
    case 'errorPage':
      return verdict.source === undefined
        ? 'the new content is an HTML page where data was expected'
        : `${verdict.source} gave an HTML page where data was expected`;
    case 'immutable':
      return 'the ConfigMap is immutable: its content cannot be changed';
    case 'memoization':
      return 'the ConfigMap belongs to the Argo workflow controller, which keeps memoized results in it';
    case 'keyNotAllowed':
      return `this name is not allowed: ${verdict.problem}`;
  }
}

function exactBytes(bytes: number): string {
  return printCount(bytes, 'byte', 'bytes');
}

function ofLimit(total: number): string {
  return `${exactBytes(total)} of ${exactBytes(MAX_VALUE_BYTES)}`;
}

function lost({ entriesBefore, bytesBefore }: Verdict & { kind: 'empty' | 'removed' }): string {
  if (bytesBefore === 0) return '';
  if (entriesBefore === undefined) return `; ${printBytes(bytesBefore)} will be lost`;
  return `; ${printCount(entriesBefore, 'entry', 'entries')} (${printBytes(bytesBefore)}) will be lost`;
}

function shrinkage(verdict: Verdict & { kind: 'muchSmaller' }): string {
  const { of, before, after } = verdict;
  if (of === 'bytes') return `${printBytes(before)} become ${printBytes(after)}`;
  return `${printCount(before, 'entry', 'entries')} become ${printCount(after, 'entry', 'entries')}`;
}

/** What a plan does to one key, in one line: entries that come, go and change, or bytes; then sizes. */
export function keySummary({ key, before, after, diff, entries }: KeyPlan): string {
  if (after === undefined) return `${key}: deleted, ${printBytes(before?.bytes.length ?? 0)}`;
  const sizes =
    before === undefined
      ? printBytes(after.bytes.length)
      : `${printBytes(before.bytes.length)} to ${printBytes(after.bytes.length)}`;
  if (before === undefined) {
    const amount = entries === undefined ? '' : ` with ${printCount(entries, 'entry', 'entries')}`;
    return `${key}: new${amount}, ${sizes}`;
  }
  return `${key}: ${changeSummary({ before, after, diff })}, ${sizes}`;
}

/** What one content changed of another, in words. */
export function changeSummary({
  before,
  after,
  diff,
}: {
  before: Value;
  after: Value;
  diff: EntryDiff | undefined;
}): string {
  return diff === undefined ? bytesChange(before.bytes, after.bytes) : diffSummary(diff);
}

function diffSummary({ added, removed, changed }: EntryDiff): string {
  const parts = [
    ...(added.length > 0 ? [`${added.length} added`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
    ...(changed.length > 0 ? [`${changed.length} changed`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'same entries, written differently';
}

function bytesChange(before: Uint8Array, after: Uint8Array): string {
  const difference = after.length - before.length;
  if (difference === 0) return 'other bytes of the same number';
  const amount = printBytes(Math.abs(difference));
  return difference > 0 ? `${amount} more` : `${amount} fewer`;
}

/** What a plan does as a whole: one line for each key, in the order they were given. */
export function planSummary(plan: CachePlan): readonly string[] {
  return plan.keys.map((each) =>
    each.verdicts.some(({ kind }) => kind === 'unchanged')
      ? `${each.key}: nothing to change`
      : keySummary(each),
  );
}

/** The first lines, and how many more there are: a question stays short enough to be read. */
export function firstLines(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `and ${lines.length - most} more`];
}

/** What a plan has to say of keys that it cannot bring back; nothing where there are none. */
export function missingSentence({ missing }: Pick<CachePlan, 'missing'>): string {
  return missing.length === 0 ? '' : `Not known any more: ${firstLines(missing, 5).join(', ')}.`;
}

/** What a plan has to say of limits, from a size on at which they matter. */
export function limitSentences({ before, bytesAfter }: CachePlan): readonly string[] {
  const { annotations = {} } = before ?? {};
  const said = [
    printValueBytes(bytesAfter) === printBytes(bytesAfter)
      ? undefined
      : `The ConfigMap will hold ${printValueBytes(bytesAfter)}.`,
    annotationSentence(annotationBytes(annotations)),
    lastAppliedSentence(bytesOf(annotations[LAST_APPLIED] ?? '')),
  ];
  return said.flatMap((sentence) => sentence ?? []);
}
