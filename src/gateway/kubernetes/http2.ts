import { once } from 'node:events';
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { BrokenConnection, type Answer } from './answer.ts';
import { CONNECT_TIME, type Patience, type Wire, type WireRequest } from './wire.ts';

/** Bytes that may come before we say that we have read them; the default would slow a large list down. */
const WINDOW = 16 * 1024 * 1024;

/**
 * Milliseconds between two pings, and until one must be answered: a connection that has died without a word
 * is found out. client-go waits 30 s and 15 s.
 */
const PING_EVERY = 10_000;
const PONG_TIME = 5_000;

/** One connection of HTTP/2, which carries many requests and watches side by side. */
export class Http2 implements Wire {
  readonly #session: ClientHttp2Session;
  readonly #timer: NodeJS.Timeout;
  #streams = 0;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
    this.#timer = setInterval(this.#ping, PING_EVERY);
    this.#timer.unref();
    session.once('close', () => {
      clearInterval(this.#timer);
    });
  }

  /** Takes over a connection that both sides have agreed to use for HTTP/2. Throws `BrokenConnection`. */
  static async over(socket: TLSSocket, server: URL): Promise<Http2> {
    const settings = { enablePush: false, initialWindowSize: WINDOW };
    const session = connect(server, { createConnection: () => socket, settings });
    const timer = setTimeout(() => {
      session.destroy(new Error('no connection in time'));
    }, CONNECT_TIME);
    const closed = once(session, 'close').then(() => {
      throw new BrokenConnection('the connection ended before it was used', false);
    });
    closed.catch(() => undefined);
    // What breaks a connection breaks its streams, and they tell.
    session.on('error', () => undefined);
    session.once('connect', () => {
      session.setLocalWindowSize(WINDOW);
    });
    try {
      await Promise.race([once(session, 'remoteSettings'), closed]);
    } catch (error) {
      throw new BrokenConnection(error, false);
    } finally {
      clearTimeout(timer);
    }
    return new Http2(session);
  }

  get ended(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  get hasRoom(): boolean {
    const most = this.#session.remoteSettings.maxConcurrentStreams ?? Infinity;
    return !this.ended && this.#streams < most;
  }

  readonly begin: Wire['begin'] = (request, patience) =>
    new Promise((resolve, reject) => {
      patience.signal.throwIfAborted();
      const stream = this.#request(request);
      this.#streams++;
      stream.once('close', () => this.#streams--);
      meet(stream, patience, { resolve, reject });
      stream.end(request.body);
    });

  readonly close = (): void => {
    // With an error: without one, Node would end what is under way as if it were whole.
    this.#session.destroy(new Error('the connection was closed'));
  };

  #request({ method, path, headers, body }: WireRequest): ClientHttp2Stream {
    try {
      // Of a DELETE Node would believe that it has no body.
      const options = { endStream: body === undefined };
      return this.#session.request({ ...headers, ':method': method, ':path': path }, options);
    } catch (error) {
      throw new BrokenConnection(error, false);
    }
  }

  readonly #ping = (): void => {
    const unanswered = () => {
      this.#session.destroy(new Error('nothing came in time'));
    };
    const timer = setTimeout(unanswered, PONG_TIME);
    timer.unref();
    if (this.ended) clearTimeout(timer);
    else
      this.#session.ping(() => {
        clearTimeout(timer);
      });
  };
}

interface Settle {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Settles once the head of the answer has come, or the stream ends without one. */
function meet(
  stream: ClientHttp2Stream,
  { signal, silence }: Patience,
  { resolve, reject }: Settle,
): void {
  let cause: unknown = 'the connection ended before the answer came';
  const abort = () => {
    stream.close(constants.NGHTTP2_CANCEL);
  };
  signal.addEventListener('abort', abort);
  stream.setTimeout(silence, () => stream.destroy(new Error('nothing came in time')));
  stream.once('response', (headers: IncomingHttpHeaders & IncomingHttpStatusHeader) => {
    // A watch may have nothing to say for long; from here on, pings tell whether the connection lives.
    stream.setTimeout(0);
    resolve({ status: headers[':status'] ?? 0, headers, bytes: stream });
  });
  stream.on('error', (error) => {
    cause = error;
  });
  stream.once('close', () => {
    signal.removeEventListener('abort', abort);
    // A server that refuses a stream has not looked at it.
    const sent = stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM;
    reject(signal.aborted ? (signal.reason as Error) : new BrokenConnection(cause, sent));
  });
}
