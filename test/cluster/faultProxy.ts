import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, request as send, type RequestOptions, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { ControlPlane } from './controlPlane.ts';
import {
  ofItself,
  passBeginning,
  passDripping,
  passOn,
  type Fault,
  type Match,
  type PassedRequest,
  type Request,
  type Response,
} from './passing.ts';
import { readKubeconfig, writeKubeconfig } from './kubeconfigFile.ts';

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
  readonly #server: Http2SecureServer | Server;
  /** What is open, by the port at the other end. */
  readonly #sockets = new Map<number | undefined, TLSSocket>();
  readonly #upstream: Upstream;
  readonly #strikes = new EventEmitter();
  readonly #underWay = new Set<Response>();
  #faults: { readonly match: Match; readonly fault: Fault; left: number }[] = [];

  private constructor(kubeconfig: string, server: Http2SecureServer | Server, upstream: Upstream) {
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
    const pair = await authority.issue({ name: 'proxy', addresses: ['127.0.0.1'] });
    const server = onlyHttp1
      ? createServer(pair)
      : createSecureServer({ ...pair, allowHTTP1: true });
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
    server.on('request', (request: Request, response: Response) => {
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

  /** Ends every answer that is under way, as a server does with watches whose time is up. */
  endAll(): void {
    for (const response of this.#underWay) response.end();
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
    this.#underWay.add(response);
    response.once('close', () => this.#underWay.delete(response));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = '', url = '', headers, httpVersion } = request;
    const passed: PassedRequest = { method, url, headers, httpVersion, body: body.toString() };
    this.requests.push(passed);
    const fault = this.#faultFor(passed);
    switch (fault?.kind) {
      case 'cutBefore':
        this.#cut(request);
        return;
      case 'cutAfter':
        await this.#do(passed, body, response);
        this.#cut(request);
        return;
      case 'cutWithin':
        await passBeginning(await this.#ask(passed, body, response), response);
        this.#cut(request);
        return;
      case 'drip':
        await passDripping(await this.#ask(passed, body, response), response);
        return;
      case 'answer':
        if (fault.isDone === true) await this.#do(passed, body, response);
        response.writeHead(fault.status, fault.headers).end(fault.body);
        return;
      case 'late':
        response.writeHead(fault.status).end(fault.body);
        await fault.until.then(() => this.#do(passed, body)).then(fault.arrived);
        return;
      case 'hold':
        return;
      case undefined:
        passOn(await this.#ask(passed, body, response), response);
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

  /** Has a request carried out, and drops the answer. */
  async #do(passed: PassedRequest, body: Buffer, response?: Response): Promise<void> {
    await once((await this.#ask(passed, body, response)).resume(), 'end');
  }

  /** Asks the API server, until the client to be answered goes away, and gives its answer as it begins. */
  #ask(passed: PassedRequest, body: Buffer, response?: Response): Promise<IncomingMessage> {
    const { server, ...identity } = this.#upstream;
    const { method } = passed;
    // Of a DELETE Node would not say how long its body is.
    const length = body.length > 0 ? { 'content-length': body.length } : {};
    const headers = { ...ofItself(passed.headers), ...length };
    return new Promise((resolve, reject) => {
      const upstream = send(new URL(passed.url, server), { ...identity, method, headers });
      upstream.once('response', (answer) => {
        passed.status = answer.statusCode ?? 0;
        resolve(answer);
      });
      upstream.on('error', reject);
      response?.once('close', () => upstream.destroy());
      upstream.end(body);
    });
  }
}

/** The API server, and how the proxy shows itself to it. */
interface Upstream extends Pick<RequestOptions, 'ca' | 'cert' | 'key'> {
  readonly server: string;
}
