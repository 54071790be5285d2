import { Disposable } from 'vscode';

/** A signal that aborts when the disposable is disposed. */
export class Lifetime extends Disposable {
  readonly signal: AbortSignal;

  constructor() {
    const controller = new AbortController();
    super(() => {
      controller.abort();
    });
    this.signal = controller.signal;
  }
}

/** True for what a cancelled operation throws: neither a failure nor an outcome. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
