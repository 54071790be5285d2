import { createServer, request as send, type Server } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { ControlPlane } from './controlPlane.ts';
import { writeKubeconfig } from './kubeconfigFile.ts';

/** A request that came by. `status` is the server's answer, where it was asked. */
export interface PassedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  status?: number;
}

/** What happens to a request in place of being passed on. */
export type Fault =
  /** The connection ends before the server has seen anything. */
  | { readonly kind: 'cutBefore' }
  /** The server does what is asked, and the connection ends before its answer comes. */
  | { readonly kind: 'cutAfter' }
  /** Nothing more comes, and the connection stays. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

/** Which requests a fault is for. */
export type Match = (request: PassedRequest) => boolean;

/** Stands between a client and the API server, as its administrator, and breaks what it is told to. */
export class FaultProxy {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** Everything that came by, in order. */
  readonly requests: PassedRequest[] = [];
  /** How many connections were made to the proxy. */
  connections = 0;
  readonly #server: Server;
  readonly #upstream: Upstream;
  #faults: { readonly match: Match; readonly fault: Fault; left: number }[] = [];

  private constructor(kubeconfig: string, server: Server, upstream: Upstream) {
    this.kubeconfig = kubeconfig;
    this.#server = server;
    this.#upstream = upstream;
  }

  static async start(plane: ControlPlane, context = 'demo'): Promise<FaultProxy> {
    const { authority } = plane;
    const server = createServer(await authority.issue({ name: 'proxy', addresses: ['127.0.0.1'] }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const kubeconfig = await writeKubeconfig(
      path.join(plane.directory, `proxy-${port}.kubeconfig`),
      {
        context,
        server: `https://127.0.0.1:${port}`,
        authority: authority.cert,
        user: { token: 'none' },
      },
    );
    const admin = await authority.issue({ name: 'admin', groups: ['system:masters'] });
    const upstream = { ...admin, ca: authority.cert, server: plane.server };
    const proxy = new FaultProxy(kubeconfig, server, upstream);
    server.on('request', (request, response) => {
      proxy.#handle(request, response).catch(() => response.destroy());
    });
    server.on('connection', () => proxy.connections++);
    return proxy;
  }

  /** Breaks the next `times` requests that match. */
  break(match: Match, fault: Fault, times = 1): void {
    this.#faults.push({ match, fault, left: times });
  }

  /** Passes everything on again. */
  mend(): void {
    this.#faults = [];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const passed: PassedRequest = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.requests.push(passed);
    const fault = this.#faultFor(passed);
    switch (fault?.kind) {
      case undefined:
        await this.#pass(passed, response, false);
        return;
      case 'cutAfter':
        await this.#pass(passed, response, true);
        return;
      case 'cutBefore':
        request.socket.destroy();
        return;
      case 'answer':
        response.writeHead(fault.status).end(fault.body);
        return;
      case 'hold':
    }
  }

  #faultFor(passed: PassedRequest): Fault | undefined {
    const planned = this.#faults.find(({ match, left }) => left > 0 && match(passed));
    if (planned !== undefined) planned.left--;
    return planned?.fault;
  }

  /** Asks the API server and passes its answer on as it comes, or ends the connection in its place. */
  #pass(passed: PassedRequest, response: ServerResponse, cut: boolean): Promise<void> {
    const { server, cert, key, ca } = this.#upstream;
    const headers = { ...passed.headers, authorization: undefined, host: undefined };
    return new Promise((resolve, reject) => {
      const sent = Object.entries(headers).filter(([, value]) => value !== undefined);
      const options = {
        method: passed.method,
        headers: Object.fromEntries(sent) as IncomingHttpHeaders,
        cert,
        key,
        ca,
      };
      const upstream = send(new URL(passed.url, server), options, (answer) => {
        passed.status = answer.statusCode ?? 0;
        if (cut) {
          answer.resume().once('end', () => {
            response.socket?.destroy();
            resolve();
          });
          return;
        }
        response.writeHead(passed.status, answer.headers);
        answer.pipe(response);
        answer.once('end', resolve);
        answer.once('error', reject);
      });
      upstream.once('error', reject);
      response.once('close', () => upstream.destroy());
      upstream.end(passed.body);
    });
  }
}

interface Upstream {
  readonly server: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}
