import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

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

/** Milliseconds until a connection must stand. */
const CONNECT_TIME = 5_000;

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

/**
 * Sends what `open` opens and waits for the head of the answer. The connection breaks when it is silent
 * for `silence` milliseconds, before the head or after.
 */
export function exchange(
  open: () => ClientRequest,
  body: Buffer | undefined,
  { signal, silence }: { readonly signal: AbortSignal; readonly silence: number },
): Promise<IncomingMessage> {
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
    request.once('response', resolve);
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
