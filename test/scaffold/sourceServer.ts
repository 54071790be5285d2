import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';

/** What the source answers to one request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A source on the loopback that answers as the test says, and remembers what it was asked. */
export class SourceServer {
  readonly origin: string;
  readonly requests: IncomingMessage[] = [];
  answer: Answer = (response) => response.end();
  readonly #server: Server & { closeAllConnections: () => void };

  private constructor(origin: string, server: Server & { closeAllConnections: () => void }) {
    this.origin = origin;
    this.#server = server;
  }

  /** Starts one; over TLS with a certificate that nobody vouches for, where one is given. */
  static async start(credential?: { cert: string; key: string }): Promise<SourceServer> {
    const listener: RequestListener = (request, response) => {
      source.requests.push(request);
      source.answer(response, request);
    };
    const server =
      credential === undefined ? createServer(listener) : createSecureServer(credential, listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const scheme = credential === undefined ? 'http' : 'https';
    const { port } = server.address() as AddressInfo;
    const source: SourceServer = new SourceServer(`${scheme}://127.0.0.1:${port}`, server);
    return source;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An answer with a body. */
export function content(body: string | Buffer, type = 'application/json', status = 200): Answer {
  return (response) => response.writeHead(status, { 'content-type': type }).end(body);
}

/** An answer that sends elsewhere. */
export function redirect(location: string): Answer {
  return (response) => response.writeHead(302, { location }).end('moved');
}
