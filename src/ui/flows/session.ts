import { ProgressLocation, window } from 'vscode';
import type { Operations } from '../../operations/operations.ts';
import type { Choice } from '../choice.ts';
import type { Previews } from '../documents/previews.ts';
import { signalOf } from '../lifetime.ts';
import type { Remembered } from '../remembered.ts';
import type { SecretCredentials } from '../secretCredentials.ts';

/** What every flow works with. */
export interface Session {
  readonly operations: () => Promise<Operations>;
  readonly choice: Choice;
  readonly remembered: Remembered;
  readonly previews: Previews;
  readonly credentials: SecretCredentials;
}

/** Does something under a progress notification that can be cancelled. */
export async function inProgress<T>(
  title: string,
  work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) =>
      await work((message) => {
        progress.report({ message });
      }, signalOf(token)),
  );
}

/** Tells the person something that needs no answer, without waiting until it is read. */
export function say(sentence: string): void {
  window.showInformationMessage(sentence).then(
    () => undefined,
    () => undefined,
  );
}
