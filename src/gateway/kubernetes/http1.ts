import { Agent as PlainAgent, ClientRequest, type IncomingMessage } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Access } from './access.ts';
import { BrokenConnection, type Answer } from './answer.ts';
import type { Identity } from './identity.ts';
import { agentThrough } from './proxies.ts';
import { CONNECT_TIME, type Patience, type Wire, type WireRequest } from './wire.ts';

/** Most connections for requests that end; each watch has one of its own. */
const REQUEST_SOCKETS = 2;

type AnyAgent = Agent | PlainAgent;

/** A server that does not speak HTTP/2: connections of HTTP/1.1, kept and used again. */
export class Http1 implements Wire {
  readonly hasRoom = true;
  readonly #access: Access;
  readonly #identity: Identity;
  readonly #requests: AnyAgent;
  readonly #streams: AnyAgent;
  #closed = false;

  constructor(access: Access, identity: Identity) {
    this.#access = access;
    this.#identity = identity;
    this.#requests = agentOf(access, REQUEST_SOCKETS);
    this.#streams = agentOf(access, Infinity);
  }

  get ended(): boolean {
    return this.#closed;
  }

  readonly begin: Wire['begin'] = (request, patience) => {
    const { server, tls } = this.#access;
    const { certificate, key } = this.#identity;
    const length = request.body === undefined ? {} : { 'Content-Length': request.body.length };
    const options: RequestOptions = {
      ...tls,
      cert: certificate,
      key,
      agent: isStream(request) ? this.#streams : this.#requests,
      method: request.method,
      path: request.path,
      // Without it the agents of proxies forget that a connection is a secure one, and do not use it again.
      protocol: server.protocol,
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port,
      headers: { ...request.headers, ...length },
    };
    // Not by `request`: VS Code has put its own in that place, which takes the agent away, opens a connection
    // for each request, and follows the editor's proxy where kubectl would not.
    return exchange(() => new ClientRequest(options), request.body, patience);
  };

  readonly close = (): void => {
    this.#closed = true;
    this.#requests.destroy();
    this.#streams.destroy();
  };
}

/** A watch or a log occupies its connection; it must not take one from the requests. */
function isStream({ path }: WireRequest): boolean {
  return path.includes('?watch=true') || path.includes('?follow=true');
}

function agentOf({ server, proxy, tls }: Access, maxSockets: number): AnyAgent {
  const kept = { keepAlive: true, noDelay: true, maxSockets };
  if (proxy !== undefined) {
    const through = agentThrough(proxy, tls, kept);
    through.protocol = server.protocol;
    return through;
  }
  return server.protocol === 'http:' ? new PlainAgent(kept) : new Agent(kept);
}

function exchange(
  open: () => ClientRequest,
  body: Buffer | undefined,
  { signal, silence }: Patience,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = opened(open);
    let connected = false;
    request.setTimeout(silence, () => request.destroy(new Error('nothing came in time')));
    const abort = () => request.destroy();
    signal.addEventListener('abort', abort);
    request.once('close', () => {
      signal.removeEventListener('abort', abort);
    });
    request.once('socket', (socket) => {
      whenConnected(socket, () => (connected = true));
    });
    request.once('response', (bytes: IncomingMessage) => {
      resolve({ status: bytes.statusCode ?? 0, headers: bytes.headers, bytes });
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
