import { cacheId, printCacheAndContext, type CacheRef } from './ref.ts';
import { printBytes } from './size.ts';

/** Why something failed: the API's own word where there is one. */
export type FailureReason =
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Expired'
  | 'Invalid'
  | 'Timeout'
  | 'TooManyRequests'
  | 'RequestEntityTooLarge'
  | 'Unreachable'
  | 'InternalError'
  | 'Kubeconfig'
  | 'Source'
  | 'CredentialsWanted'
  | 'History';

/** What a person can do next. Each becomes a button. */
export type NextStep =
  | 'retry'
  | 'openKubeconfig'
  | 'chooseContexts'
  | 'chooseNamespaces'
  | 'nameCaches'
  | 'chooseAnotherSource'
  | 'enterCredentials'
  | 'copyAccessRequest'
  | 'reload'
  | 'addKey'
  | 'showHistory'
  | 'forgetHistory'
  | 'showLog';

/**
 * Something that was asked for could not be done. It is thrown once and caught once, at the edge of
 * the command. The message is one sentence that names the object and what happened to it.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly reason: FailureReason;
  readonly nextStep: NextStep;
  /** What the log says beside the sentence: the server's own words, never credentials. */
  readonly detail: string | undefined;
  /** What the next step works on: the file to open, the origin that wants credentials. */
  readonly subject: string | undefined;

  constructor(
    message: string,
    of: {
      reason: FailureReason;
      nextStep: NextStep;
      detail?: string | undefined;
      subject?: string | undefined;
    },
  ) {
    super(message);
    this.reason = of.reason;
    this.nextStep = of.nextStep;
    this.detail = of.detail;
    this.subject = of.subject;
  }
}

/**
 * True for a failure, also for one that was made by the other of the two bundles, where `instanceof`
 * would say no.
 */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure' && 'nextStep' in error;
}

/** The cache is not there (any more). */
export function cacheGone(ref: CacheRef): Failure {
  return new Failure(`The cache ${printCacheAndContext(ref)} does not exist any more.`, {
    reason: 'NotFound',
    nextStep: 'reload',
  });
}

/** A cache was to be created under a name that a ConfigMap has already. */
export function cacheExists(ref: CacheRef): Failure {
  return new Failure(`The ConfigMap ${printCacheAndContext(ref)} exists already.`, {
    reason: 'AlreadyExists',
    nextStep: 'addKey',
    subject: cacheId(ref),
  });
}

/** Under the name of the cache stands another ConfigMap: it was deleted and created again. */
export function anotherCache(ref: CacheRef): Failure {
  return new Failure(
    `The cache ${printCacheAndContext(ref)} was deleted and created again since this was opened. Open it anew from the view.`,
    { reason: 'AlreadyExists', nextStep: 'reload' },
  );
}

/** The cache has no such key (any more). */
export function keyGone(ref: CacheRef, key: string): Failure {
  return new Failure(`The cache ${printCacheAndContext(ref)} has no key ${key} any more.`, {
    reason: 'NotFound',
    nextStep: 'reload',
  });
}

/** A write was sent, the connection broke, and the cache could not be read afterwards. */
export function writeUnclear(ref: CacheRef, detail: string): Failure {
  return new Failure(
    `The connection broke while ${printCacheAndContext(ref)} was being written, and it cannot be read now: whether the new content is there is not known yet.`,
    { reason: 'Unreachable', nextStep: 'retry', detail },
  );
}

/** A write is to be undone, and a key of it holds something else by now. */
export function changedSince(ref: CacheRef): Failure {
  return new Failure(
    `${printCacheAndContext(ref)} was changed again after that write, so that it cannot be undone alone: choose in the history what to restore.`,
    { reason: 'Conflict', nextStep: 'showHistory', subject: cacheId(ref) },
  );
}

/** No answer tells how a write ended, and the cache was as before when it was read again. */
export function notYetWritten(ref: CacheRef, failure: Failure | undefined): string {
  return `${broken(failure)} ${printCacheAndContext(ref)} is not written so far: it was read again and holds what it held before. A request that is held up on its way may yet write it.`;
}

function broken(failure: Failure | undefined): string {
  return failure?.message ?? 'The connection broke.';
}

/** The history on this machine could not be read or written; `problem` is a clause. */
export function historyFailure(problem: string, detail?: string): Failure {
  return new Failure(`The history on this machine ${problem}.`, {
    reason: 'History',
    nextStep: 'forgetHistory',
    detail,
  });
}

/** Each time that a ConfigMap was to be created no answer came, and it was not there afterwards. */
export function neverCreated(ref: CacheRef, detail: string): Failure {
  return new Failure(
    `The connection broke each time ${printCacheAndContext(ref)} was to be created.`,
    { reason: 'Unreachable', nextStep: 'retry', detail },
  );
}

/** A ConfigMap was to be made anew, and could not be created if it were deleted. */
export function notDeleted(because: Failure): Failure {
  const { message, reason, detail } = because;
  // What is missing is in no Role that is asked for: the server's own words say it.
  const nextStep = reason === 'Forbidden' ? 'showLog' : because.nextStep;
  return new Failure(`${message} So it was not deleted.`, { reason, nextStep, detail });
}

/** A ConfigMap was to be made anew that would not be gone when it is deleted. */
export function hasFinalizers(ref: CacheRef, finalizers: readonly string[]): Failure {
  return new Failure(
    `${printCacheAndContext(ref)} cannot be made anew: once deleted it would stay until whoever set its finalizers has removed them (${finalizers.join(', ')}). It was not deleted.`,
    { reason: 'Conflict', nextStep: 'reload' },
  );
}

/** The deletion of a ConfigMap that was to be made anew got no answer, and was not carried out. */
export function deletionLost(ref: CacheRef, detail: string, failure?: Failure): Failure {
  return new Failure(
    `${broken(failure)} ${printCacheAndContext(ref)} is not deleted so far: it was read again and is as it was. A request that is held up on its way may yet delete it.`,
    { reason: 'Unreachable', nextStep: 'retry', detail },
  );
}

/**
 * A ConfigMap was deleted to be made anew, and neither that nor putting it back was possible; `isKept` tells
 * whether the history has what it held.
 */
export function leftDeleted(
  ref: CacheRef,
  because: Failure,
  { detail, isKept }: { readonly detail: string; readonly isKept: boolean },
): Failure {
  const { reason } = because;
  const where = isKept
    ? 'What it held is in the history of this machine: restore it there.'
    : 'The history is off: what it held is not kept.';
  return new Failure(
    `${printCacheAndContext(ref)} was deleted and could not be created again. ${because.message} ${where}`,
    isKept
      ? { reason, nextStep: 'showHistory', detail, subject: cacheId(ref) }
      : { reason, nextStep: 'showLog', detail },
  );
}

/** The source is larger than anything that could be stored. */
export function sourceTooLarge(source: string, limit: number): Failure {
  return sourceFailure(source, `is larger than ${printBytes(limit)}; a ConfigMap holds 1 MB`);
}

/** A source could not be read; `problem` is a clause such as `answered 404 Not Found`. */
export function sourceFailure(source: string, problem: string, detail?: string): Failure {
  return new Failure(`${source} ${problem}. Nothing was written.`, {
    reason: 'Source',
    nextStep: 'chooseAnotherSource',
    detail,
  });
}

/** A URL wants credentials, or others than it got. */
export function credentialsWanted(source: string, origin: string, status: number): Failure {
  const words = status === 401 ? 'asks who you are (401)' : 'does not let you in (403)';
  return new Failure(`${source} ${words}. Nothing was written.`, {
    reason: 'CredentialsWanted',
    nextStep: 'enterCredentials',
    subject: origin,
  });
}

/** A cache of a context that the person has not chosen, and that is therefore left alone. */
export function contextNotChosen(ref: CacheRef): Failure {
  return new Failure(
    `${printCacheAndContext(ref)} is not contacted: its context is not among those that you chose.`,
    { reason: 'Kubeconfig', nextStep: 'chooseContexts' },
  );
}
