import { ProgressLocation, window, type Uri } from 'vscode';
import { withoutLinks } from '../../domain/text.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Choice } from '../choice.ts';
import type { LogTexts } from '../documents/logTexts.ts';
import type { PastTexts } from '../documents/pastTexts.ts';
import type { Previews } from '../documents/previews.ts';
import type { Remembered } from '../remembered.ts';
import type { SecretCredentials } from '../secretCredentials.ts';

/** What every flow works with. */
export interface Session {
  readonly operations: () => Promise<Operations>;
  readonly choice: Choice;
  readonly remembered: Remembered;
  readonly previews: Previews;
  readonly texts: PastTexts;
  readonly logs: LogTexts;
  readonly credentials: SecretCredentials;
  /** The folder of this machine for what the extension keeps. */
  readonly storage: Uri;
}

/** Milliseconds in which work is done unnoticed: a notification that only flashes would be in the way. */
const UNNOTICED = 300;

/**
 * Does something that can be cancelled, under a progress notification once it takes noticeably long. Whoever cancels
 * waits no longer, also for what does not hear of it.
 */
export async function inProgress<T>(
  title: string,
  work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let show: ((message: string) => void) | undefined;
  const working = work((message) => show?.(message), controller.signal);
  if (await endsWithin(UNNOTICED, working)) return await working;
  const options = {
    location: ProgressLocation.Notification,
    title: withoutLinks(title),
    cancellable: true,
  };
  return await window.withProgress(options, async (progress, token) => {
    show = (message) => {
      progress.report({ message: withoutLinks(message) });
    };
    return await new Promise<T>((resolve, reject) => {
      token.onCancellationRequested(() => {
        controller.abort();
        reject(controller.signal.reason as Error);
      });
      working.then(resolve, reject);
    });
  });
}

/** True when the work ends in so many milliseconds, well or not. */
async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  return await Promise.race([ended, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** Tells the person something that needs no answer, without waiting until it is read. */
export function say(sentence: string): void {
  window.showInformationMessage(withoutLinks(sentence)).then(
    () => undefined,
    () => undefined,
  );
}
