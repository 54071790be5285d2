import type { Failure } from '../failure.ts';
import { printCount } from '../size.ts';
import type { CacheChange, Reader } from './reader.ts';
import { WORST_FIRST } from './effect.ts';
import { effectOn, restarterOn } from './reader.ts';
import { effectWords } from './readerText.ts';
import type { RestartLine } from './restartLine.ts';
import { printWorkload } from './workload.ts';

/** What is said of one reader where it is offered: what a change does to it, and what its restart would do. */
export function lineWords({ reader, refusal, remarks }: RestartLine, change: CacheChange): string {
  return [
    effectWords(reader, change),
    ...remarks,
    ...(refusal === undefined ? [] : [refusal]),
  ].join(' · ');
}

/** How many readers are named one by one in a notification. */
const NAMED = 4;

/** Who reads what is about to be changed, and what they need, in a sentence; nothing where nobody does. */
export function readersSentence(
  readers: readonly Reader[],
  change: CacheChange,
): string | undefined {
  const touched = worstFirst(readers, change).filter(
    (reader) => effectOn(reader, change) !== undefined,
  );
  if (touched.length === 0) return undefined;
  const words = touched.map((reader) => {
    const restarter = restarterOn(reader, change);
    const by = restarter === undefined ? '' : `, ${restarter} restarts it`;
    return `${printWorkload(reader.workload.ref)} (${effectWords(reader, change)}${by})`;
  });
  return `Read by ${listOf(words)}.`;
}

/** What a change takes from readers, in a sentence, where a key that they cannot do without is removed. */
export function brokenSentence(
  readers: readonly Reader[],
  removed: readonly string[],
): string | undefined {
  if (removed.length === 0) return undefined;
  const broken = readers.filter(({ uses }) =>
    uses.some((use) => use.requiredKeys?.some((key) => removed.includes(key))),
  );
  if (broken.length === 0) return undefined;
  const names = listOf(broken.map(({ workload }) => printWorkload(workload.ref)));
  return `Without ${listOf(removed)}, new pods of ${names} do not start.`;
}

/** What is not known of who reads a cache, and why, in a sentence or two; nothing where all is known. */
export function unknownSentence(
  unknown: readonly { readonly kind: string; readonly failure: Failure }[],
): string | undefined {
  const forbidden = unknown.filter(({ failure }) => failure.reason === 'Forbidden');
  const others = unknown.filter(({ failure }) => failure.reason !== 'Forbidden');
  const sentences = [
    ...(forbidden.length === 0
      ? []
      : [`Not known, since you may not see them: ${kindsOf(forbidden)}.`]),
    ...(others.length === 0
      ? []
      : [`Not known, since they could not be read: ${kindsOf(others)}.`]),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function kindsOf(unknown: readonly { readonly kind: string }[]): string {
  return unknown.map(({ kind }) => kind).join(', ');
}

/** What is not known of readers in other namespaces, in a sentence; empty where all is. */
export function farSentence(unknown: readonly { readonly kind: string }[]): string {
  return unknown.length === 0
    ? ''
    : `Other namespaces could not be looked through for these kinds: ${kindsOf(unknown)}.`;
}

/** The readers that need something first; those of the same need as they were. */
export function worstFirst(readers: readonly Reader[], change: CacheChange): readonly Reader[] {
  const rank = (reader: Reader) => WORST_FIRST.indexOf(effectOn(reader, change) ?? 'live');
  return readers.toSorted((one, other) => rank(one) - rank(other));
}

/** The readers that would need a restart and cannot have it, each with why, in a sentence. */
export function stuckSentence(lines: readonly RestartLine[]): string | undefined {
  const stuck = lines.filter(({ effect, refusal }) => {
    const needs = effect === 'restart' || effect === 'recreate' || effect === 'never';
    return needs && refusal !== undefined;
  });
  if (stuck.length === 0) return undefined;
  const words = stuck.map(
    ({ reader, refusal = '' }) => `${printWorkload(reader.workload.ref)} (${refusal})`,
  );
  return `Not reached: ${listOf(words)}.`;
}

/** The readers that need a restart and do not get one by themselves, in a sentence. */
export function wantedSentence(wanted: readonly RestartLine[], { isSame }: CacheChange): string {
  const names = wanted.map(({ reader }) => printWorkload(reader.workload.ref));
  const verb = names.length === 1 ? 'needs' : 'need';
  return `${listOf(names)} ${verb} a restart to ${isSame === true ? 'follow it from now on' : 'see it'}.`;
}

/** What is to be told of readers once a cache was written; empty where nobody needs anything. */
export function afterWriteSentences(
  {
    lines,
    unknown,
  }: {
    readonly lines: readonly RestartLine[];
    readonly unknown: Parameters<typeof unknownSentence>[0];
  },
  change: CacheChange,
): readonly string[] {
  const wanted = lines.filter(({ isWanted }) => isWanted);
  const needs = wanted.length === 0 ? undefined : wantedSentence(wanted, change);
  const sentences = [needs, stuckSentence(lines), unknownSentence(unknown)];
  return sentences.flatMap((sentence) => sentence ?? []);
}

/** Some names in a row, and how many more there are. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${printCount(more, 'other', 'others')}`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
