import { EventEmitter, once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { request as send, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Writable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ControlPlane } from './controlPlane.ts';
import { readKubeconfig, writeKubeconfig } from './kubeconfigFile.ts';

/** A request that came by. */
export interface PassedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Its body, whole, as UTF-8. */
  readonly body: string;
  /** The status of the server's answer, once there is one. */
  status?: number;
}

/** What happens to a request in place of being passed on. */
export type Fault =
  /** The connection ends before the server has seen anything. */
  | { readonly kind: 'cutBefore' }
  /** The server does what is asked, and the connection ends before its answer comes. */
  | { readonly kind: 'cutAfter' }
  /** The answer begins, and the connection ends in the middle of what comes first. */
  | { readonly kind: 'cutWithin' }
  /** Nothing more comes, and the connection stays. */
  | { readonly kind: 'hold' }
  /** The proxy answers by itself. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** Which requests a fault is for. */
export type Match = (request: PassedRequest) => boolean;

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Whom a proxy stands in for, and what it speaks. */
export interface FaultProxyOptions {
  /** The user's kubeconfig; the administrator's unless one is given. */
  readonly kubeconfig?: string;
  /** True for a server that does not speak HTTP/2. */
  readonly onlyHttp1?: boolean;
}

/** Stands between one user's client and the API server, and breaks what it is told to. */
export class FaultProxy {
  /** The user's kubeconfig, but leading through the proxy. */
  readonly kubeconfig: string;
  /** Everything that came by, in order. */
  readonly requests: PassedRequest[] = [];
  /** How many connections were made to the proxy. */
  connections = 0;
  readonly #server: Http2SecureServer;
  /** What is open, by the port at the other end. */
  readonly #sockets = new Map<number | undefined, TLSSocket>();
  readonly #upstream: Upstream;
  readonly #strikes = new EventEmitter();
  #faults: { readonly match: Match; readonly fault: Fault; left: number }[] = [];

  private constructor(kubeconfig: string, server: Http2SecureServer, upstream: Upstream) {
    this.kubeconfig = kubeconfig;
    this.#server = server;
    this.#upstream = upstream;
  }

  /**
   * Starts one for the user of a kubeconfig of this control plane. It passes on the user's token, and shows
   * the user's certificate in the user's place.
   */
  static async start(
    plane: ControlPlane,
    { kubeconfig = plane.kubeconfig, onlyHttp1 = false }: FaultProxyOptions = {},
  ): Promise<FaultProxy> {
    const { authority } = plane;
    const server = createSecureServer({
      ...(await authority.issue({ name: 'proxy', addresses: ['127.0.0.1'] })),
      ALPNProtocols: [...(onlyHttp1 ? [] : ['h2']), 'http/1.1'],
      allowHTTP1: true,
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const content = await readKubeconfig(kubeconfig);
    const own = await writeKubeconfig(path.join(plane.directory, `proxy-${port}.kubeconfig`), {
      ...content,
      server: `https://127.0.0.1:${port}`,
    });
    const pem = (field: string) => Buffer.from(content.user[field] ?? '', 'base64').toString();
    const proxy = new FaultProxy(own, server, {
      server: plane.server,
      ca: authority.cert,
      cert: pem('client-certificate-data'),
      key: pem('client-key-data'),
    });
    server.on('request', (request, response) => {
      proxy.#meet(request, response).catch(() => response.destroy());
    });
    server.on('connection', () => proxy.connections++);
    server.on('secureConnection', proxy.#take);
    return proxy;
  }

  /** Breaks the next `times` requests that match; all of them with `Infinity`. */
  break(match: Match, fault: Fault, times = 1): void {
    this.#faults.push({ match, fault, left: times });
  }

  /** Waits until a fault strikes. */
  async strikes(): Promise<void> {
    await once(this.#strikes, 'strike');
  }

  /** Ends every connection that is open now; new ones are taken. */
  cutAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  /** Passes everything on again. What is held stays held. */
  mend(): void {
    this.#faults = [];
  }

  /** Ends it and its connections. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cutAll();
    await closed;
  }

  readonly #take = (socket: TLSSocket): void => {
    const { remotePort } = socket;
    this.#sockets.set(remotePort, socket);
    socket.once('close', () => this.#sockets.delete(remotePort));
  };

  #cut({ socket }: Request): void {
    this.#sockets.get(socket.remotePort)?.destroy();
  }

  async #meet(request: Request, response: Response): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = '', url = '', headers } = request;
    const passed: PassedRequest = { method, url, headers, body: body.toString() };
    this.requests.push(passed);
    const fault = this.#faultFor(passed);
    switch (fault?.kind) {
      case undefined: {
        const answer = await this.#ask(passed, body, response);
        begin(response, answer);
        answer.once('error', () => response.destroy()).pipe(response);
        return;
      }
      case 'cutWithin': {
        const answer = await this.#ask(passed, body, response);
        begin(response, answer);
        answer.once('error', () => response.destroy());
        answer.once('data', (chunk: Buffer) => {
          (response as Writable).write(chunk.subarray(0, chunk.length / 2), () => {
            this.#cut(request);
          });
        });
        return;
      }
      case 'cutAfter':
        await once((await this.#ask(passed, body, response)).resume(), 'end');
        this.#cut(request);
        return;
      case 'cutBefore':
        this.#cut(request);
        return;
      case 'answer':
        response.writeHead(fault.status, fault.headers).end(fault.body);
        return;
      case 'hold':
    }
  }

  #faultFor(passed: PassedRequest): Fault | undefined {
    const planned = this.#faults.find(({ match, left }) => left > 0 && match(passed));
    if (planned !== undefined) {
      planned.left--;
      this.#strikes.emit('strike');
    }
    return planned?.fault;
  }

  /** Asks the API server, until the client goes away, and gives its answer as it begins. */
  #ask(passed: PassedRequest, body: Buffer, response: Response): Promise<IncomingMessage> {
    const { server, ...identity } = this.#upstream;
    const { method } = passed;
    const headers = ofItself(passed.headers);
    return new Promise((resolve, reject) => {
      const upstream = send(new URL(passed.url, server), { ...identity, method, headers });
      upstream.once('response', (answer) => {
        passed.status = answer.statusCode ?? 0;
        resolve(answer);
      });
      upstream.on('error', reject);
      response.once('close', () => upstream.destroy());
      upstream.end(body);
    });
  }
}

/** Passes the head of an answer on, at once: a watch on which nothing happens sends no byte for long. */
function begin(response: Response, { statusCode = 0, headers }: IncomingMessage): void {
  response.writeHead(statusCode, ofItself(headers));
  if ('flushHeaders' in response) response.flushHeaders();
}

/** Headers without those of one connection, and without those that only HTTP/2 has. */
function ofItself(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = /^(:.*|connection|keep-alive|transfer-encoding)$/;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));
}

/** The API server, and how the proxy shows itself to it. */
interface Upstream extends Pick<RequestOptions, 'ca' | 'cert' | 'key'> {
  readonly server: string;
}
