import { isNewer } from '../../domain/history/version.ts';
import { chunksOf } from './answer.ts';
import { watchCall, type Followed, type WatchEvent } from './followed.ts';
import { splitLines } from './lines.ts';
import type { Transport } from './transport.ts';
import type { ApiObject } from './translate.ts';

/** Seconds for which a server is asked for what was missed: it has it at once, or never. */
const REPLAY_TIME = 10;

/** Which states of an object are to be told, and to whom. */
export interface Replay<T> {
  readonly from: string;
  /** Nothing where the object was deleted. */
  readonly to: string | undefined;
  readonly tell: (item: T) => void;
  readonly signal: AbortSignal;
}

/**
 * Tells the states that an object went through while nobody could follow it: those after `from`, up to `to`
 * and without it, or up to its deletion. What the server has forgotten, some minutes later, stays untold: true
 * where all of it was told.
 */
export async function replay<T>(
  followed: Followed<T>,
  transport: Transport,
  of: Replay<T>,
): Promise<boolean> {
  const call = watchCall(followed, { version: of.from, seconds: REPLAY_TIME });
  const enough = new AbortController();
  try {
    const answer = await transport.stream(call, AbortSignal.any([of.signal, enough.signal]));
    if (answer.status !== 200) return false;
    for await (const line of splitLines(chunksOf(answer))) {
      const { type, object } = JSON.parse(line) as WatchEvent;
      if (type === 'ERROR') return false;
      if (of.to === undefined ? type === 'DELETED' : !isNewer(of.to, versionOf(object)))
        return true;
      if (type !== 'DELETED' && type !== 'BOOKMARK') of.tell(followed.translate(object));
    }
    return false;
  } finally {
    enough.abort();
  }
}

function versionOf({ metadata }: ApiObject): string {
  return metadata.resourceVersion;
}
