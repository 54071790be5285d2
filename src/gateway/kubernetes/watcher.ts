import { Failure } from '../../domain/failure.ts';
import { isNewer } from '../../domain/history/version.ts';
import type { FollowListener } from '../../operations/ports.ts';
import { answerFailure, misread, unreachable, type Asked } from './apiFailure.ts';
import { watchCall, type Followed, type Following, type WatchEvent } from './followed.ts';
import { splitLines } from './lines.ts';
import { BrokenConnection, chunksOf, readWhole } from './answer.ts';
import { Expired, list, look } from './listing.ts';
import { replay } from './replay.ts';
import { pauseFor } from './waiting.ts';
import type { Transport } from './transport.ts';

/** Gives the transport of the context. */
export type Connect = () => Promise<Transport>;

/**
 * Milliseconds of the first pause after a fault, and of the longest. They grow so slowly that after a fault
 * of some seconds the next try is never far; client-go's reflector begins with 800 and doubles, and nobody
 * looks at it.
 */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 30_000;
const GROWTH = 1.25;

/** Seconds that a watch is asked to last, at least and at most; by chance, so that not all end together. */
const WATCH_TIME = [300, 600] as const;

/**
 * Lists a collection and watches it until the signal aborts. The listener hears all objects first and
 * then each change; after a fault it hears of it, and later all objects once more.
 */
export async function follow<T>(
  followed: Followed<T>,
  connect: Connect,
  { listener, signal }: { listener: FollowListener<T>; signal: AbortSignal },
): Promise<void> {
  let pause = FIRST_PAUSE;
  const rest = async () => {
    await pauseFor(pause * (0.75 + Math.random() / 2), signal);
    pause = Math.min(pause * GROWTH, followed.longestPause ?? LONGEST_PAUSE);
  };
  let known = false;
  let last: string | undefined;
  const hear: FollowListener<T> = (event) => {
    if (event.kind === 'all') known = true;
    // What is known already is not replaced by a part.
    if (event.kind !== 'begun' || !known) listener(event);
  };
  while (!signal.aborted) {
    let transport: Transport | undefined;
    try {
      transport = await connect();
      let version = await begin(followed, transport, { listener: hear, signal, last });
      // Not earlier: who may list and not watch would list all the time.
      const heard = (object: string) => {
        pause = FIRST_PAUSE;
        last = object;
      };
      last = version;
      for (;;) version = await watch(followed, transport, { listener, signal, version, heard });
    } catch (error) {
      if (isAborted(signal)) return;
      const expired = error instanceof Expired || transport?.isClosed === true;
      if (!expired) await tell(error, followed, { connect, listener, signal });
      if (!expired || pause > FIRST_PAUSE) await rest();
      else pause *= GROWTH;
    }
  }
}

/**
 * Tells what is there now, and of one object before that what it was since `last`, where that is wanted.
 * Gives the version to watch from.
 */
async function begin<T>(
  followed: Followed<T>,
  transport: Transport,
  { listener, signal, last }: Following<T> & { readonly last: string | undefined },
): Promise<string> {
  const { objects, resourceVersion } = await list(followed, transport, { listener, signal });
  const now = objects[0]?.metadata.resourceVersion;
  if (followed.isGapless === true && last !== undefined && now !== undefined) {
    const tell = (item: T) => {
      listener({ kind: 'changed', item });
    };
    if (isNewer(now, last))
      await replay(followed, transport, { from: last, to: now, tell, signal });
  }
  listener({ kind: 'all', items: objects.map(followed.translate) });
  return resourceVersion;
}

/**
 * Tells why it is not live; where that is forbidden, after what may be seen nevertheless. A look that fails for
 * another reason is told in its place: that it is forbidden says nothing of what is there now.
 */
async function tell<T>(
  error: unknown,
  followed: Followed<T>,
  { connect, listener, signal }: Following<T> & { connect: Connect },
): Promise<void> {
  let failure = failureOf(followed.asked, error);
  if (failure.reason === 'Forbidden') {
    try {
      await look(followed, connect, { listener, signal });
    } catch (other) {
      if (isAborted(signal)) return;
      const ofLook = failureOf(followed.asked, other);
      if (ofLook.reason !== 'Forbidden') failure = ofLook;
    }
  }
  listener({ kind: 'failed', failure });
}

/** Asked anew each time: what the compiler believes of a signal does not hold across an `await`. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function failureOf(asked: Asked, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return error instanceof BrokenConnection ? unreachable(asked, error) : misread(asked, error);
}

/**
 * Watches from a version until the time of the watch is up; gives the last version that was seen. Throws
 * `Expired` where the server ends it before: it is about to stop, and the one that comes after it may have
 * been restored to a state in which that version does not exist yet. It would say nothing of that.
 */
async function watch<T>(
  followed: Followed<T>,
  transport: Transport,
  {
    listener,
    signal,
    version,
    heard,
  }: Following<T> & { version: string; heard: (version: string) => void },
): Promise<string> {
  const { asked, translate } = followed;
  const seconds = secondsOfWatch();
  const began = Date.now();
  const call = watchCall(followed, { version, seconds });
  const answer = await transport.stream(call, signal);
  if (answer.status !== 200) {
    if (answer.status === 410) throw new Expired();
    throw answerFailure(asked, await readWhole(answer));
  }
  let seen = version;
  for await (const line of splitLines(chunksOf(answer))) {
    const { type, object } = JSON.parse(line) as WatchEvent;
    if (type === 'ERROR') throw endOf(asked, object);
    seen = object.metadata.resourceVersion;
    heard(seen);
    if (type === 'DELETED') listener({ kind: 'removed', item: translate(object) });
    else if (type !== 'BOOKMARK') listener({ kind: 'changed', item: translate(object) });
  }
  // A second for clocks that differ.
  if (Date.now() - began < (seconds - 1) * 1000) throw new Expired();
  return seen;
}

function secondsOfWatch(): number {
  const [least, most] = WATCH_TIME;
  return Math.round(least + Math.random() * (most - least));
}

function endOf(asked: Asked, status: { readonly code?: number }): Error {
  if (status.code === 410) return new Expired();
  const body = Buffer.from(JSON.stringify(status));
  return answerFailure(asked, { status: status.code ?? 500, headers: {}, body });
}
