import { printCount } from '../size.ts';
import type { CacheChange, Reader } from './reader.ts';
import { effectOn } from './reader.ts';
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
  const touched = readers.filter((reader) => effectOn(reader, change) !== undefined);
  if (touched.length === 0) return undefined;
  const words = touched.map(
    (reader) => `${printWorkload(reader.workload.ref)} (${effectWords(reader, change)})`,
  );
  return `Read by ${listOf(words)}.`;
}

/** The readers that need a restart and do not get one by themselves, in a sentence. */
export function wantedSentence(wanted: readonly RestartLine[]): string {
  const names = wanted.map(({ reader }) => printWorkload(reader.workload.ref));
  const verb = names.length === 1 ? 'needs' : 'need';
  return `${listOf(names)} ${verb} a restart to see it.`;
}

/** Some names in a row, and how many more there are. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${printCount(more, 'other', 'others')}`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
