import type { Failure } from '../domain/failure.ts';
import type { FollowEvent, FollowListener } from './ports.ts';

/**
 * How a part of the picture stands: not known yet, true as of now, true as of the time of a fault, or
 * not to be had. `since` is milliseconds since the epoch.
 */
export type Standing =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stale'; readonly failure: Failure; readonly since: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What a follower is told of the objects themselves. */
export type Heard<T> = Exclude<FollowEvent<T>, { kind: 'failed' }>;

/** Follows one collection until it is stopped, and knows how far what was heard can be believed. */
export class Following<T> {
  /** Settled once the first objects or the first failure have come, or nobody waits for them any more. */
  readonly first: Promise<void>;
  readonly #stop = new AbortController();
  #standing: Standing = { kind: 'loading' };

  /** `hear` keeps the objects; `changed` is called after the standing alone has changed. */
  constructor(
    start: (listener: FollowListener<T>, signal: AbortSignal) => void,
    told: { hear: (event: Heard<T>) => void; changed: () => void; now: () => number },
  ) {
    this.first = new Promise((resolve) => {
      this.#stop.signal.addEventListener('abort', () => {
        resolve();
      });
      start((event) => {
        if (this.#stop.signal.aborted) return;
        this.#standing = standingAfter(this.#standing, event, told.now);
        if (event.kind === 'failed') told.changed();
        else told.hear(event);
        resolve();
      }, this.#stop.signal);
    });
  }

  get standing(): Standing {
    return this.#standing;
  }

  stop(): void {
    this.#stop.abort();
  }
}

function standingAfter<T>(before: Standing, event: FollowEvent<T>, now: () => number): Standing {
  if (event.kind === 'begun') return before;
  if (event.kind !== 'failed') return { kind: 'live' };
  const { failure } = event;
  switch (before.kind) {
    case 'live':
      return { kind: 'stale', failure, since: now() };
    case 'stale':
      return { ...before, failure };
    case 'loading':
    case 'failed':
      return { kind: 'failed', failure };
  }
}
