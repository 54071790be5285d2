import {
  Agent as PlainAgent,
  ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';
import type { Access } from './access.ts';
import { exchange, readWhole, type ApiAnswer } from './exchange.ts';
import type { Identity } from './identity.ts';
import { pauseFor } from './pause.ts';

/** One request to an API server. `path` begins with a slash and carries its query. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

/** Most connections for requests; each watch has one of its own. */
const REQUEST_SOCKETS = 2;

/**
 * Milliseconds of silence after which a connection counts as broken. A watch hears a bookmark about once
 * a minute. Source: `bookmarkFrequency` of apiserver's cacher.
 */
const SILENCE = { requests: 30_000, streams: 90_000 } as const;

/** How often a server that is overloaded is asked again, and the longest wait that it may ask for, in seconds. */
const MOST_RETRIES = 10;
const LONGEST_WAIT = 30;

/** Connections to one API server, kept and used again, with the credentials of one context. */
export class Transport {
  readonly #access: Access;
  readonly #warned: (warning: string) => void;
  #pools: Pools | undefined;

  /** `warned` hears what the server warns of in its answers. */
  constructor(access: Access, warned: (warning: string) => void) {
    this.#access = access;
    this.#warned = warned;
  }

  /**
   * Sends a request and reads the answer whole: once more with a fresh identity where the first is not
   * accepted, and again where the server says when, as kubectl does. Throws `BrokenConnection`, a
   * `Failure` where there is no identity, or the signal's reason.
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

  async #begin(call: ApiRequest, kind: Kind, signal: AbortSignal): Promise<IncomingMessage> {
    for (let retries = 0; ; retries++) {
      const answer = await this.#accepted(call, kind, signal);
      for (const warning of warningsOf(answer)) this.#warned(warning);
      const seconds = secondsToWait(answer);
      if (seconds === undefined || retries === MOST_RETRIES) return answer;
      answer.resume();
      await pauseFor(seconds * 1000, signal);
    }
  }

  async #accepted(call: ApiRequest, kind: Kind, signal: AbortSignal): Promise<IncomingMessage> {
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
    { kind, signal }: { kind: Kind; signal: AbortSignal },
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
      // Without it the agents of proxies forget that a connection is a secure one, and do not use it again.
      protocol: server.protocol,
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port,
      headers: { ...identity.headers, ...headersOf(call, body) },
    };
    // Not by `request`: VS Code has put its own in that place, which takes the agent away, opens a connection
    // for each request, and follows the editor's proxy where kubectl would not.
    return exchange(() => new ClientRequest(options), body, { signal, silence: SILENCE[kind] });
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

type Kind = keyof typeof SILENCE;

/** Seconds after which the server wants to be asked again; nothing where it does not say so. Source: client-go `checkWait`. */
function secondsToWait({ statusCode = 0, headers }: IncomingMessage): number | undefined {
  if (statusCode !== 429 && statusCode < 500) return undefined;
  const seconds = /^\d+$/.test(headers['retry-after'] ?? '')
    ? Number(headers['retry-after'])
    : Infinity;
  return seconds <= LONGEST_WAIT ? seconds : undefined;
}

/** The texts of the warnings of an answer. Source: RFC 7234, and `ParseWarningHeaders` of apimachinery. */
function warningsOf({ headers }: IncomingMessage): readonly string[] {
  const found = (headers['warning'] ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

interface Agents {
  readonly requests: Agent | PlainAgent;
  readonly streams: Agent | PlainAgent;
}

/** The connections of one identity. */
class Pools {
  readonly certificate: string | undefined;
  readonly agents: Agents;

  constructor(access: Access, certificate: string | undefined) {
    this.certificate = certificate;
    const open = (maxSockets: number) => agentOf(access, maxSockets);
    this.agents = { requests: open(REQUEST_SOCKETS), streams: open(Infinity) };
  }

  close(): void {
    this.agents.requests.destroy();
    this.agents.streams.destroy();
  }
}

function agentOf({ server, proxy, tls }: Access, maxSockets: number): Agent | PlainAgent {
  const kept = { keepAlive: true, noDelay: true, maxSockets };
  if (proxy !== undefined) {
    const through = proxy.protocol.startsWith('socks')
      ? new SocksProxyAgent(proxy, kept)
      : new HttpsProxyAgent(proxy, { ...kept, ...tls });
    through.protocol = server.protocol;
    return through;
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
