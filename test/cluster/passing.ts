import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Writable } from 'node:stream';

/** A request that came by. */
export interface PassedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
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
  /** The proxy answers by itself, and passes the request on later: `arrived` is called once the server did it. */
  | {
      readonly kind: 'late';
      readonly status: number;
      readonly body: string;
      readonly until: Promise<unknown>;
      readonly arrived: () => void;
    }
  /** Nothing more comes, and the connection stays. */
  | { readonly kind: 'hold' }
  /** The answer comes byte by byte. */
  | { readonly kind: 'drip' }
  /** The proxy answers by itself, in place of the server or, with `isDone`, once that has done it. */
  | {
      readonly kind: 'answer';
      readonly isDone?: boolean;
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** Which requests a fault is for. */
export type Match = (request: PassedRequest) => boolean;

/** What comes to a proxy, and what it answers with, over either version of HTTP. */
export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

/** Passes an answer on as it comes. */
export function passOn(answer: IncomingMessage, response: Response): void {
  begin(response, answer);
  answer.once('error', () => response.destroy()).pipe(response);
}

/** Passes on one half of what comes first. */
export async function passBeginning(answer: IncomingMessage, response: Response): Promise<void> {
  begin(response, answer);
  answer.once('error', () => response.destroy());
  const [chunk] = (await once(answer, 'data')) as [Buffer];
  const to: Writable = response;
  await new Promise((resolve) => to.write(chunk.subarray(0, chunk.length / 2), resolve));
}

/** Passes an answer on byte by byte. */
export async function passDripping(answer: IncomingMessage, response: Response): Promise<void> {
  begin(response, answer);
  const to: Writable = response;
  for await (const chunk of answer) {
    for (const byte of chunk as Buffer) {
      await new Promise((resolve) => to.write(Uint8Array.of(byte), resolve));
    }
  }
  to.end();
}

/** Passes the head of an answer on, at once: a watch on which nothing happens sends no byte for long. */
function begin(response: Response, { statusCode = 0, headers }: IncomingMessage): void {
  response.writeHead(statusCode, ofItself(headers));
  if ('flushHeaders' in response) response.flushHeaders();
}

/** Headers without those of one connection, and without those that only HTTP/2 has. */
export function ofItself(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = /^(:.*|connection|keep-alive|transfer-encoding)$/;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));
}
