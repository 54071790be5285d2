import { isNewer } from '../../domain/version.ts';
import { chunksOf } from './answer.ts';
import { watchCall, type Followed, type WatchEvent } from './followed.ts';
import { splitLines } from './lines.ts';
import type { Transport } from './transport.ts';
import type { ApiObject } from './translate.ts';

/** Seconds for which a server is asked for what was missed: it has it at once, or never. */
const REPLAY_TIME = 10;

/**
 * Tells the states that an object went through while nobody could follow it: those after `from`, up to `to`
 * and without it. What the server has forgotten, some minutes later, stays untold.
 */
export async function replay<T>(
  followed: Followed<T>,
  transport: Transport,
  of: {
    readonly from: string;
    readonly to: string;
    readonly tell: (item: T) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const call = watchCall(followed, { version: of.from, seconds: REPLAY_TIME });
  const enough = new AbortController();
  try {
    const answer = await transport.stream(call, AbortSignal.any([of.signal, enough.signal]));
    if (answer.status !== 200) return;
    for await (const line of splitLines(chunksOf(answer))) {
      const { type, object } = JSON.parse(line) as WatchEvent;
      if (type === 'ERROR' || !isNewer(of.to, versionOf(object))) return;
      if (type !== 'DELETED') of.tell(followed.translate(object));
    }
  } finally {
    enough.abort();
  }
}

function versionOf({ metadata }: ApiObject): string {
  return metadata.resourceVersion;
}
