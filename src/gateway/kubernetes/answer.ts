import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** An answer as it begins: its head, and its bytes as they come. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Readable;
}

/** An answer that was read whole. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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

/** The bytes of an answer as they come. Throws `BrokenConnection` when it breaks before its end. */
export async function* chunksOf({ bytes }: Answer): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of bytes) yield chunk as Buffer;
  } catch (error) {
    throw new BrokenConnection(error, true);
  }
  // Node ends a stream of HTTP/2 that was reset as if it were whole.
  if ('rstCode' in bytes && bytes.rstCode !== 0) {
    throw new BrokenConnection('the connection ended in the middle of the answer', true);
  }
}

/** Reads an answer to its end. Throws `BrokenConnection` when it breaks before. */
export async function readWhole(answer: Answer): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(answer)) chunks.push(chunk);
  return { status: answer.status, headers: answer.headers, body: Buffer.concat(chunks) };
}
