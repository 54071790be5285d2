import { Agent, request as requestTls, type RequestOptions } from 'node:https';
import {
  Agent as PlainAgent,
  request as requestPlain,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Access } from './credentials.ts';

/** One request to an API server. `path` begins with a slash and carries its query. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

/** The answer to a request, read whole. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** The connection ended before a whole answer came. `sent` is true once the request has left. */
export class BrokenConnection extends Error {
  override readonly name = 'BrokenConnection';
  readonly sent: boolean;

  constructor(cause: unknown, sent: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.sent = sent;
  }
}

/** Milliseconds until a connection must stand, and until an answer must begin. */
const CONNECT_TIME = 5_000;
const ANSWER_TIME = 30_000;

/** Connections to one API server, kept and used again, with the credentials of one context. */
export class Transport {
  readonly #access: Access;
  readonly #pool: RequestOptions['agent'];
  readonly #streams: RequestOptions['agent'];

  constructor(access: Access) {
    this.#access = access;
    const plain = access.server.protocol === 'http:';
    const kept = { keepAlive: true, noDelay: true, ...access.tls };
    this.#pool =
      access.proxy ?? (plain ? new PlainAgent(kept) : new Agent({ ...kept, maxSockets: 3 }));
    this.#streams = access.proxy ?? (plain ? new PlainAgent(kept) : new Agent(kept));
  }

  /** Sends a request and reads the answer whole. Throws `BrokenConnection`, or the signal's reason. */
  async send(call: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const answer = await this.#begin(call, this.#pool, signal);
    try {
      return await readWhole(answer);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Sends a request whose answer has no end of its own; the caller reads it until it stops. */
  async stream(call: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return await this.#begin(call, this.#streams, signal);
  }

  /** Closes every connection; what is under way breaks. */
  close(): void {
    for (const agent of [this.#pool, this.#streams]) {
      if (typeof agent === 'object') agent.destroy();
    }
  }

  #begin(
    call: ApiRequest,
    agent: RequestOptions['agent'],
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { server, tls, headers } = this.#access;
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const options: RequestOptions = {
      ...tls,
      agent,
      method: call.method,
      path: `${server.pathname.replace(/\/$/, '')}${call.path}`,
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port,
      headers: {
        ...headers,
        Accept: call.accept ?? 'application/json',
        'User-Agent': 'cache-configmaps',
        ...(body === undefined
          ? {}
          : {
              'Content-Type': call.contentType ?? 'application/json',
              'Content-Length': body.length,
            }),
      },
    };
    const send = server.protocol === 'http:' ? requestPlain : requestTls;
    return exchange(() => send(options), body, signal);
  }
}

/** The bytes of an answer as they come. Throws `BrokenConnection` when it breaks before its end. */
export async function* chunksOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of answer) yield chunk as Buffer;
  } catch (error) {
    throw new BrokenConnection(error, true);
  }
}

/** Reads an answer to its end. Throws `BrokenConnection` when it breaks before. */
export async function readWhole(answer: IncomingMessage): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(answer)) chunks.push(chunk);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks),
  };
}

/** Sends what `open` opens and waits for the head of the answer. */
function exchange(
  open: () => ClientRequest,
  body: Buffer | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = opened(open);
    let connected = false;
    const timer = setTimeout(() => request.destroy(new Error('no answer in time')), ANSWER_TIME);
    const abort = () => request.destroy();
    signal.addEventListener('abort', abort);
    request.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
    request.once('socket', (socket) => {
      whenConnected(socket, () => (connected = true));
    });
    request.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    // Stays for good: a stream that breaks after its head has come reports it here, too.
    request.on('error', (error) => {
      reject(signal.aborted ? (signal.reason as Error) : new BrokenConnection(error, connected));
    });
    request.end(body);
  });
}

/** Node throws at once where a certificate or key is none. */
function opened(open: () => ClientRequest): ClientRequest {
  try {
    return open();
  } catch (error) {
    throw new BrokenConnection(error, false);
  }
}

/** Calls back once the socket stands, TLS included; destroys it when that takes too long. */
function whenConnected(socket: Socket, connected: () => void): void {
  if (!socket.connecting) {
    connected();
    return;
  }
  const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_TIME);
  socket.once('close', () => {
    clearTimeout(timer);
  });
  socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    connected();
  });
}
