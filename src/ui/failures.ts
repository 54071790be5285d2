import { commands, Uri, window, type LogOutputChannel } from 'vscode';
import { isFailure, type Failure, type NextStep } from '../domain/failure.ts';
import { cacheOf } from '../domain/ref.ts';
import { withoutLinks } from '../domain/text.ts';
import { COMMANDS } from './contributions.ts';
import { isCancellation } from './lifetime.ts';

/** The button for a next step. */
const BUTTONS: Readonly<Record<NextStep, string>> = {
  retry: 'Try Again',
  openKubeconfig: 'Open Kubeconfig',
  chooseContexts: 'Choose Contexts',
  chooseNamespaces: 'Choose Namespaces',
  nameCaches: 'Name Caches',
  chooseAnotherSource: 'Choose Another Source',
  enterCredentials: 'Enter Credentials',
  copyAccessRequest: 'Copy Access Request',
  reload: 'Reload',
  addKey: 'Add Key',
  showHistory: 'Show History',
  forgetHistory: 'Forget History',
  showLog: 'Show Log',
};

/** Shows failures to the person and writes them to the log: the one place where they are caught. */
export class Failures {
  readonly #log: LogOutputChannel;

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  /**
   * Says what failed and offers the next step; `again` does what was tried once more. A cancellation
   * passes silently.
   */
  async show(error: unknown, again: () => Promise<void>): Promise<void> {
    if (isCancellation(error)) return;
    if (!isFailure(error)) {
      this.#log.error(error instanceof Error ? error : String(error));
      const message = error instanceof Error ? error.message : String(error);
      const chosen = await window.showErrorMessage(
        withoutLinks(`Something went wrong that was not foreseen: ${message}`),
        BUTTONS.showLog,
      );
      if (chosen !== undefined) this.#log.show();
      return;
    }
    this.#log.error([error.message, error.detail].filter(Boolean).join(' '));
    const button = BUTTONS[error.nextStep];
    if ((await window.showErrorMessage(withoutLinks(error.message), button)) === button) {
      await takeStep(error, again);
    }
  }
}

/** Does what the button of a failure says. */
export async function takeStep(failure: Failure, again: () => Promise<void>): Promise<void> {
  switch (failure.nextStep) {
    case 'retry':
    case 'chooseAnotherSource':
      await again();
      return;
    case 'openKubeconfig':
      await commands.executeCommand(
        COMMANDS.openKubeconfig,
        failure.subject === undefined ? undefined : Uri.file(failure.subject),
      );
      return;
    case 'enterCredentials':
      await commands.executeCommand(COMMANDS.enterCredentials, failure.subject);
      await again();
      return;
    case 'addKey':
    case 'showHistory':
    case 'copyAccessRequest':
      await commands.executeCommand(
        COMMANDS[failure.nextStep],
        failure.subject === undefined
          ? undefined
          : { kind: 'cache', ref: cacheOf(failure.subject) },
      );
      return;
    case 'nameCaches':
      await commands.executeCommand(COMMANDS.nameCaches, failure.subject);
      return;
    case 'chooseContexts':
    case 'chooseNamespaces':
    case 'reload':
    case 'forgetHistory':
    case 'showLog':
      await commands.executeCommand(COMMANDS[failure.nextStep]);
  }
}
