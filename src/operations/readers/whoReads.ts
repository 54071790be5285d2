import type { CacheChange } from '../../domain/readers/reader.ts';
import {
  brokenSentence,
  readersSentence,
  unknownSentence,
} from '../../domain/readers/restartText.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { Readers } from './readers.ts';

/** What is about to be done to a cache, as far as its readers are concerned. */
export interface PlannedChange {
  readonly ref: CacheRef;
  readonly change: CacheChange;
  /** The keys that will be gone. */
  readonly removed: readonly string[];
}

/**
 * Who reads what is about to be changed, and what they need, in sentences for the question about it; empty where it
 * is known that nobody does. A question is not held up for it: once `late` is settled, or where readers cannot be
 * looked up, it says that instead.
 */
export async function whoReads(
  readers: Pick<Readers, 'of'>,
  { ref, change, removed }: PlannedChange,
  late: Promise<undefined>,
): Promise<string> {
  try {
    const picture = await Promise.race([readers.of(ref), late]);
    if (picture === undefined) return 'Who reads it is not known yet.';
    const sentences = [
      readersSentence(picture.readers, change),
      brokenSentence(picture.readers, removed),
      unknownSentence(picture.unknown),
    ];
    return sentences.flatMap((sentence) => sentence ?? []).join(' ');
  } catch {
    return 'Who reads it could not be looked up.';
  }
}
