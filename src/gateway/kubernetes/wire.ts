import type { OutgoingHttpHeaders } from 'node:http';
import type { Answer } from './answer.ts';

/** A request as it leaves. `path` is whole, the path of the server's own address included. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | undefined;
}

/**
 * How long a request is waited for: until the signal aborts, or nothing came for so many milliseconds. Once
 * its answer has begun, a wire that can ask whether the other side lives does that in place of the latter.
 */
export interface Patience {
  readonly signal: AbortSignal;
  readonly silence: number;
}

/** A way to an API server that takes many requests. */
export interface Wire {
  /** False when it has as many requests under way as it may, or takes no more. */
  readonly hasRoom: boolean;
  /** True when it takes no more requests. */
  readonly ended: boolean;
  /** Sends a request and waits for the head of its answer. Throws `BrokenConnection`. */
  readonly begin: (request: WireRequest, patience: Patience) => Promise<Answer>;
  /** Breaks what is under way and takes no more. */
  readonly close: () => void;
}

/** Milliseconds until a connection must stand, TLS included. */
export const CONNECT_TIME = 5_000;
