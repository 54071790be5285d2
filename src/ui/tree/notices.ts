import { Failure, isFailure } from '../../domain/failure.ts';
import type { Node, NoticeNode } from './node.ts';

/** The row of a place in which there is no cache. */
export function emptiness(under: string): NoticeNode {
  return { kind: 'notice', under, sight: { kind: 'noCaches' } };
}

/** A failure as the only row of its place; also one that nobody foresaw, rather than an empty view. */
export function notice(under: string, error: unknown): Node[] {
  return [{ kind: 'notice', under, sight: { kind: 'failure', failure: failureOf(error) } }];
}

function failureOf(error: unknown): Failure {
  if (isFailure(error)) return error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = 'Something went wrong that was not foreseen.';
  return new Failure(message, { reason: 'InternalError', nextStep: 'showLog', detail });
}

/** Without a kubeconfig the view is empty and shows its welcome content. */
export function nothingIfMissing(error: unknown): readonly string[] {
  if (isFailure(error) && error.reason === 'NotFound') return [];
  throw error;
}
