import type { CacheChange } from '../../domain/readers/reader.ts';
import {
  brokenSentence,
  readersSentence,
  unknownSentence,
} from '../../domain/readers/restartText.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { ChangeTimes } from './changeTimes.ts';
import { readersIn, type Readers } from './readers.ts';

/** What is about to be done to a cache, as far as its readers are concerned. */
export interface PlannedChange {
  readonly ref: CacheRef;
  readonly change: CacheChange;
  /** The keys that will be gone. */
  readonly removed: readonly string[];
}

const NEVER = new Promise<undefined>(() => undefined);

/** Where readers are looked up, and what their pods may keep. */
interface Looked {
  readonly readers: Pick<Readers, 'of'>;
  readonly changeTimes: Pick<ChangeTimes, 'earlier'>;
}

/**
 * Who reads what is about to be changed, and what they need, in sentences for the question about it; empty where it
 * is known that nobody does. Once `late` is settled, or where readers cannot be looked up, it says that instead.
 */
export async function whoReads(
  { readers, changeTimes }: Looked,
  { ref, change, removed }: PlannedChange,
  late: Promise<undefined> = NEVER,
): Promise<string> {
  try {
    const earlier = changeTimes.earlier(ref, new AbortController().signal);
    const found = await Promise.race([Promise.all([readers.of(ref), earlier]), late]);
    if (found === undefined) return 'Who reads it is not known yet.';
    const [picture] = found;
    const reading = readersIn(picture, { earlier: found[1] });
    const sentences = [
      readersSentence(reading, change),
      brokenSentence(reading, removed),
      unknownSentence(picture.unknown),
    ];
    return sentences.flatMap((sentence) => sentence ?? []).join(' ');
  } catch {
    return 'Who reads it could not be looked up.';
  }
}
