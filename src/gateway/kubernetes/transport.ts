import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Access } from './access.ts';
import { BrokenConnection, readWhole, type Answer, type ApiAnswer } from './answer.ts';
import { dial } from './dial.ts';
import { Http1 } from './http1.ts';
import { Http2 } from './http2.ts';
import type { Identity } from './identity.ts';
import { orAborted, pauseFor } from './waiting.ts';
import type { Patience, Wire, WireRequest } from './wire.ts';

/** One request to an API server. `path` begins with a slash and carries its query. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

/**
 * Milliseconds of silence after which an answer counts as broken. A watch hears a bookmark about once a
 * minute, but no server promises that. Source: `bookmarkFrequency` of apiserver's cacher.
 */
const SILENCE = { requests: 30_000, streams: 150_000 } as const;

/** How often a server that is overloaded is asked again, and the longest wait that it may ask for, in seconds. */
const MOST_RETRIES = 10;
const LONGEST_WAIT = 30;

/** Connections to one API server, kept and used again, with the credentials of one context. */
export class Transport {
  readonly #access: Access;
  readonly #warned: (warning: string) => void;
  readonly #closing = new AbortController();
  #wires: readonly Wire[] = [];
  #opening: Promise<Wire> | undefined;
  #certificate: string | undefined;
  readonly #sending = new Set<Promise<ApiAnswer>>();

  /** `warned` hears what the server warns of in its answers. */
  constructor(access: Access, warned: (warning: string) => void) {
    this.#access = access;
    this.#warned = warned;
  }

  /**
   * Sends a request and reads the answer whole: once more with a fresh identity where the first is not
   * accepted, and again where the server says when, as kubectl does; other than kubectl, a write only after
   * a 429, which was not begun. Throws `BrokenConnection`, a `Failure` where there is no identity, or the
   * signal's reason.
   */
  send(call: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const sending = this.#send(call, signal);
    this.#sending.add(sending);
    const ended = () => this.#sending.delete(sending);
    sending.then(ended, ended);
    return sending;
  }

  async #send(call: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const answer = await this.#begin(call, { signal, silence: SILENCE.requests });
    try {
      return await readWhole(answer);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Sends a request whose answer has no end of its own; the caller reads it until it stops. */
  async stream(call: ApiRequest, signal: AbortSignal): Promise<Answer> {
    return await this.#begin(call, { signal, silence: SILENCE.streams });
  }

  /** What the server is known by from outside: see `Access`. */
  get fingerprint(): string {
    return this.#access.fingerprint;
  }

  /** True once it was closed: what breaks then says nothing about the server. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Closes every connection for good once the requests that are under way have ended; watches break. */
  async retire(): Promise<void> {
    await Promise.allSettled(this.#sending);
    this.close();
  }

  /** Closes every connection for good; what is under way breaks. */
  close(): void {
    this.#closing.abort(new BrokenConnection('the connection was closed', false));
    for (const wire of this.#wires) wire.close();
  }

  async #begin(call: ApiRequest, patience: Patience): Promise<Answer> {
    for (let retries = 0; ; retries++) {
      const answer = await this.#accepted(call, patience);
      for (const warning of warningsOf(answer)) this.#warned(warning);
      const seconds = secondsToWait(call, answer);
      if (seconds === undefined || retries === MOST_RETRIES) return answer;
      answer.bytes.resume();
      await pauseFor(seconds * 1000, patience.signal);
    }
  }

  async #accepted(call: ApiRequest, patience: Patience): Promise<Answer> {
    const identity = await this.#access.identify();
    const answer = await this.#sendAs(identity, call, patience);
    if (answer.status !== 401) return answer;
    answer.bytes.resume();
    identity.refuse();
    return await this.#sendAs(await this.#access.identify(), call, patience);
  }

  async #sendAs(identity: Identity, call: ApiRequest, patience: Patience): Promise<Answer> {
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const request: WireRequest = {
      method: call.method,
      path: `${this.#access.server.pathname.replace(/\/$/, '')}${call.path}`,
      headers: { ...identity.headers, ...headersOf(call) },
      body,
    };
    for (;;) {
      const wire = this.#freeFor(identity) ?? (await this.#open(identity, patience.signal));
      // Others may have waited for it, too, and taken all its room.
      if (wire.hasRoom || wire.ended) return await wire.begin(request, patience);
    }
  }

  /** A certificate belongs to a connection: with another one, new connections are needed. */
  #freeFor({ certificate }: Identity): Wire | undefined {
    if (this.#certificate !== certificate) {
      for (const wire of this.#wires) wire.close();
      this.#certificate = certificate;
    }
    this.#wires = this.#wires.filter((wire) => !wire.ended);
    return this.#wires.find((wire) => wire.hasRoom);
  }

  /** Opens one more connection, one at a time. */
  async #open(identity: Identity, signal: AbortSignal): Promise<Wire> {
    const closing = this.#closing.signal;
    this.#opening ??= openWire(this.#access, identity)
      .then((wire) => {
        this.#wires = [...this.#wires, wire];
        if (closing.aborted) wire.close();
        return wire;
      })
      .finally(() => (this.#opening = undefined));
    return await orAborted(orAborted(this.#opening, closing), signal);
  }
}

/** The server says whether it speaks HTTP/2, which kubectl prefers, too. */
async function openWire(access: Access, identity: Identity): Promise<Wire> {
  if (access.server.protocol === 'http:') return new Http1(access, identity);
  const socket = await dial(access, identity);
  if (socket.alpnProtocol === 'h2') return await Http2.over(socket, access.server);
  socket.destroy();
  return new Http1(access, identity);
}

/**
 * Seconds after which the server wants to be asked again; nothing where it does not say so, or where a write
 * may have been carried out. Source: client-go `checkWait`.
 */
function secondsToWait({ method }: ApiRequest, { status, headers }: Answer): number | undefined {
  if (status !== 429 && (status < 500 || method !== 'GET')) return undefined;
  const seconds = /^\d+$/.test(headers['retry-after'] ?? '')
    ? Number(headers['retry-after'])
    : Infinity;
  return seconds <= LONGEST_WAIT ? seconds : undefined;
}

/** The texts of the warnings of an answer. Source: RFC 7234, and `ParseWarningHeaders` of apimachinery. */
function warningsOf({ headers }: { headers: IncomingHttpHeaders }): readonly string[] {
  const found = (headers['warning'] ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

function headersOf(call: ApiRequest): OutgoingHttpHeaders {
  const type = call.contentType ?? 'application/json';
  return {
    Accept: call.accept ?? 'application/json',
    'User-Agent': 'cache-configmaps',
    ...(call.body === undefined ? {} : { 'Content-Type': type }),
  };
}
