import { isFailure } from '../../domain/failure.ts';
import type { FollowListener } from '../../operations/ports.ts';
import { BrokenConnection, type Answer, type ApiAnswer } from './answer.ts';
import { unreachable, type Asked } from './apiFailure.ts';
import type { Connections } from './connections.ts';
import type { Followed } from './followed.ts';
import { replay, type Replay } from './replay.ts';
import type { ApiRequest } from './transport.ts';
import { follow } from './watcher.ts';

/** Requests to the API servers of contexts, with failures in place of what can go wrong on the way. */
export class Requests {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Sends a request and gives the answer, whatever it says. Throws a `Failure`, or the signal's reason. */
  async send(asked: Asked, call: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const answer = await this.attempt(asked, call, signal);
    if (answer instanceof BrokenConnection) throw unreachable(asked, answer);
    return answer;
  }

  /**
   * Sends a request. Gives the answer, or the broken connection where the server may have got the
   * request; throws where it surely has not.
   */
  async attempt(
    asked: Asked,
    call: ApiRequest,
    signal: AbortSignal,
  ): Promise<ApiAnswer | BrokenConnection> {
    try {
      const transport = await this.#connections.transport(asked.context);
      return await transport.send(call, signal);
    } catch (error) {
      if (signal.aborted || isFailure(error)) throw error;
      if (error instanceof BrokenConnection && error.sent) return error;
      throw unreachable(asked, error as Error);
    }
  }

  /**
   * Sends a request whose answer is read as it comes; gives it once its head is there. Throws a `Failure`, or the
   * signal's reason.
   */
  async stream(asked: Asked, call: ApiRequest, signal: AbortSignal): Promise<Answer> {
    try {
      return await (await this.#connections.transport(asked.context)).stream(call, signal);
    } catch (error) {
      if (signal.aborted || isFailure(error)) throw error;
      throw unreachable(asked, error as Error);
    }
  }

  /** Tells the states that an object went through; see `replay`. Throws a `Failure`, or the signal's reason. */
  async replay<T>(followed: Followed<T>, of: Replay<T>): Promise<boolean> {
    const { asked } = followed;
    try {
      return await replay(followed, await this.#connections.transport(asked.context), of);
    } catch (error) {
      if (of.signal.aborted || isFailure(error)) throw error;
      throw unreachable(asked, error as Error);
    }
  }

  /** Follows objects until the signal aborts; the listener must not throw. */
  follow<T>(followed: Followed<T>, listener: FollowListener<T>, signal: AbortSignal): void {
    const connect = () => this.#connections.transport(followed.asked.context);
    follow(followed, connect, { listener, signal }).catch((error: unknown) => {
      // Only a listener that throws, against its contract, ends up here: let the host report it.
      queueMicrotask(() => {
        throw error;
      });
    });
  }
}
