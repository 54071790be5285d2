import { Failure } from '../../domain/failure.ts';
import type { FollowListener } from '../../operations/ports.ts';
import { answerFailure, misread, unreachable, type Asked } from './apiFailure.ts';
import { splitLines } from './lines.ts';
import type { ApiObject } from './translate.ts';
import { BrokenConnection, chunksOf, readWhole } from './answer.ts';
import { pauseFor } from './waiting.ts';
import type { ApiRequest, Transport } from './transport.ts';

/** What to follow: a collection or one object of it, how its objects are asked for and turned into values. */
export interface Followed<T> {
  readonly asked: Asked;
  /** Begins with a slash, without a query. */
  readonly path: string;
  /** The name of the one object that is followed; absent for all. */
  readonly name?: string | undefined;
  readonly accept: (kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList') => string;
  readonly translate: (object: ApiObject) => T;
}

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

/** Objects that are asked for at first: what a person sees at once must not wait for a large cluster. */
const FIRST_PAGE = 500;

/** A version cannot be watched from any more: list again, at once. */
class Expired extends Error {}

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
    pause = Math.min(pause * GROWTH, LONGEST_PAUSE);
  };
  let known = false;
  const hear: FollowListener<T> = (event) => {
    if (event.kind === 'all') known = true;
    // What is known already is not replaced by a part.
    if (event.kind !== 'begun' || !known) listener(event);
  };
  while (!signal.aborted) {
    let transport: Transport | undefined;
    try {
      transport = await connect();
      let version = await list(followed, transport, { listener: hear, signal });
      // Not earlier: who may list and not watch would list all the time.
      const heard = () => (pause = FIRST_PAUSE);
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

/** Tells why it is not live; where that is forbidden, after what may be seen nevertheless. */
async function tell<T>(
  error: unknown,
  followed: Followed<T>,
  { connect, listener, signal }: Following<T> & { connect: Connect },
): Promise<void> {
  const failure = failureOf(followed.asked, error);
  if (failure.reason === 'Forbidden') await look(followed, connect, { listener, signal });
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

interface Following<T> {
  readonly listener: FollowListener<T>;
  readonly signal: AbortSignal;
}

async function list<T>(
  { asked, path, name, accept, translate }: Followed<T>,
  transport: Transport,
  { listener, signal }: Following<T>,
): Promise<string> {
  const page = async (part: Readonly<Record<string, string>>): Promise<Page> => {
    const query = new URLSearchParams({ ...selectorOf(name), ...part });
    const call: ApiRequest = {
      method: 'GET',
      path: `${path}?${query.toString()}`,
      accept: accept('PartialObjectMetadataList'),
    };
    const answer = await transport.send(call, signal);
    if (answer.status === 410) throw new Expired();
    if (answer.status !== 200) throw answerFailure(asked, answer);
    return JSON.parse(answer.body.toString('utf8')) as Page;
  };
  const first = await page({ limit: String(FIRST_PAGE) });
  let items = (first.items ?? []).map(translate);
  const { continue: next = '', resourceVersion } = first.metadata;
  if (next !== '') {
    listener({ kind: 'begun', items });
    const rest = await page({ continue: next });
    items = [...items, ...(rest.items ?? []).map(translate)];
  }
  listener({ kind: 'all', items });
  return resourceVersion;
}

/** A list, or a part of one that `continue` goes on from. */
interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  /** An empty list of metadata comes as null. */
  readonly items: readonly ApiObject[] | null;
}

/** With this selector, lists and watches are allowed to whom rules allow that name alone. Source: RBAC, `resourceNames`. */
function selectorOf(name: string | undefined): Readonly<Record<string, string>> {
  return name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
}

/** Looks at one object for somebody who may not follow it, but perhaps get it. */
async function look<T>(
  { path, name, accept, translate }: Followed<T>,
  connect: Connect,
  { listener, signal }: Following<T>,
): Promise<void> {
  if (name === undefined) return;
  const call: ApiRequest = {
    method: 'GET',
    path: `${path}/${encodeURIComponent(name)}`,
    accept: accept('PartialObjectMetadata'),
  };
  try {
    const { status, body } = await (await connect()).send(call, signal);
    if (status === 404) listener({ kind: 'all', items: [] });
    if (status !== 200) return;
    listener({ kind: 'all', items: [translate(JSON.parse(body.toString('utf8')) as ApiObject)] });
  } catch {
    // Why it may not be followed is told already, and says more.
  }
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: ApiObject & { readonly code?: number };
}

/**
 * Watches from a version until the time of the watch is up; gives the last version that was seen. Throws
 * `Expired` where the server ends it before: it is about to stop, and the one that comes after it may have
 * been restored to a state in which that version does not exist yet. It would say nothing of that.
 */
async function watch<T>(
  { asked, path, name, accept, translate }: Followed<T>,
  transport: Transport,
  { listener, signal, version, heard }: Following<T> & { version: string; heard: () => void },
): Promise<string> {
  const [least, most] = WATCH_TIME;
  const seconds = Math.round(least + Math.random() * (most - least));
  const began = Date.now();
  const query = new URLSearchParams({
    watch: 'true',
    ...selectorOf(name),
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    timeoutSeconds: String(seconds),
  });
  const call: ApiRequest = {
    method: 'GET',
    path: `${path}?${query.toString()}`,
    accept: accept('PartialObjectMetadata'),
  };
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
    heard();
    if (type === 'DELETED') listener({ kind: 'removed', item: translate(object) });
    else if (type !== 'BOOKMARK') listener({ kind: 'changed', item: translate(object) });
  }
  // A second for clocks that differ.
  if (Date.now() - began < (seconds - 1) * 1000) throw new Expired();
  return seen;
}

function endOf(asked: Asked, status: { readonly code?: number }): Error {
  if (status.code === 410) return new Expired();
  const body = Buffer.from(JSON.stringify(status));
  return answerFailure(asked, { status: status.code ?? 500, headers: {}, body });
}
