// Only by the names with `node:`: VS Code puts its own in the place of `http` and `https`, which open a
// connection for each request and lead all of them through the editor's proxy.
import {
  Agent as PlainAgent,
  request as requestPlain,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent, request as requestTls, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';
import type { Access } from './access.ts';
import type { Identity } from './identity.ts';

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

/** Most connections to one API server: three for requests and one for each watch. */
const REQUEST_SOCKETS = 3;

/** Connections to one API server, kept and used again, with the credentials of one context. */
export class Transport {
  readonly #access: Access;
  #pools: Pools | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  /**
   * Sends a request and reads the answer whole; once more with a fresh identity where the first is not
   * accepted. Throws `BrokenConnection`, a `Failure` where there is no identity, or the signal's reason.
   */
  async send(call: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const answer = await this.#begin(call, 'requests', signal);
    try {
      return await readWhole(answer);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Sends a request whose answer has no end of its own; the caller reads it until it stops. */
  async stream(call: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return await this.#begin(call, 'streams', signal);
  }

  /** Closes every connection; what is under way breaks. */
  close(): void {
    this.#pools?.close();
  }

  async #begin(
    call: ApiRequest,
    kind: keyof Agents,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const identity = await this.#access.identify();
    const answer = await this.#sendAs(identity, call, { kind, signal });
    if (answer.statusCode !== 401) return answer;
    answer.resume();
    identity.refuse();
    return await this.#sendAs(await this.#access.identify(), call, { kind, signal });
  }

  #sendAs(
    identity: Identity,
    call: ApiRequest,
    { kind, signal }: { kind: keyof Agents; signal: AbortSignal },
  ): Promise<IncomingMessage> {
    const { server, tls } = this.#access;
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const options: RequestOptions = {
      ...tls,
      cert: identity.certificate,
      key: identity.key,
      agent: this.#agentsFor(identity)[kind],
      method: call.method,
      path: `${server.pathname.replace(/\/$/, '')}${call.path}`,
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port,
      headers: { ...identity.headers, ...headersOf(call, body) },
    };
    const send = server.protocol === 'http:' ? requestPlain : requestTls;
    return exchange(() => send(options), body, signal);
  }

  /** A certificate belongs to a connection: with another one, new connections are needed. */
  #agentsFor({ certificate }: Identity): Agents {
    if (this.#pools === undefined || this.#pools.certificate !== certificate) {
      this.#pools?.close();
      this.#pools = new Pools(this.#access, certificate);
    }
    return this.#pools.agents;
  }
}

interface Agents {
  readonly requests: Agent | PlainAgent;
  readonly streams: Agent | PlainAgent;
}

/** The connections of one identity. */
class Pools {
  readonly certificate: string | undefined;
  readonly agents: Agents;

  constructor({ server, proxy }: Access, certificate: string | undefined) {
    this.certificate = certificate;
    const open = (maxSockets: number) => agentOf(server, proxy, maxSockets);
    this.agents = { requests: open(REQUEST_SOCKETS), streams: open(Infinity) };
  }

  close(): void {
    this.agents.requests.destroy();
    this.agents.streams.destroy();
  }
}

function agentOf(server: URL, proxy: URL | undefined, maxSockets: number): Agent | PlainAgent {
  const kept = { keepAlive: true, noDelay: true, maxSockets };
  if (proxy !== undefined) {
    return proxy.protocol.startsWith('socks')
      ? new SocksProxyAgent(proxy, kept)
      : new HttpsProxyAgent(proxy, kept);
  }
  return server.protocol === 'http:' ? new PlainAgent(kept) : new Agent(kept);
}

function headersOf(call: ApiRequest, body: Buffer | undefined): OutgoingHttpHeaders {
  return {
    Accept: call.accept ?? 'application/json',
    'User-Agent': 'cache-configmaps',
    ...(body === undefined
      ? {}
      : {
          'Content-Type': call.contentType ?? 'application/json',
          'Content-Length': body.length,
        }),
  };
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
