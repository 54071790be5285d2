import {
  commands,
  FileChangeType,
  languages,
  window,
  workspace,
  type Disposable,
  type TextDocument,
  type TextDocumentSaveReason,
  type Uri,
} from 'vscode';
import type { Failure } from '../../domain/failure.ts';
import { languageOf, sameValue, type Value } from '../../domain/content/content.ts';
import { printCacheAndContext } from '../../domain/ref.ts';
import { withoutLinks } from '../../domain/text.ts';
import type { ReadOnly } from '../../operations/keys/openCache.ts';
import { COMMANDS, SCHEMES } from '../contributions.ts';
import type { compareVersions } from '../flows/history/compareVersions.ts';
import type { saveKey } from '../flows/keys/saveKey.ts';
import type { Session } from '../flows/session.ts';
import type { Failures } from '../failures.ts';
import { keyOf } from './keyAddress.ts';
import { followDocuments } from './keyDocuments.ts';
import { KeyFiles } from './keyFiles.ts';

/** What editors of keys need of the flows, once they need it. */
export interface EditorFlows {
  readonly compareVersions: typeof compareVersions;
  readonly saveKey: typeof saveKey;
}

/** Lets keys be opened and edited as files, and tells what an editor alone would not. */
export function registerKeyEditors(
  session: Session,
  flows: () => Promise<EditorFlows>,
  failures: Failures,
  start: (work: Promise<void>) => void,
): Disposable[] {
  // Why a save comes is told by the event before it alone.
  const reasons = new Map<string, TextDocumentSaveReason>();
  const save = async (uri: Uri, bytes: Uint8Array) => {
    const reason = reasons.get(uri.toString());
    reasons.delete(uri.toString());
    await (await flows()).saveKey(session, uri, { bytes, reason });
  };
  const say = (failure: Failure, uri: Uri) => {
    start(failures.show(failure, async () => commands.executeCommand('vscode.open', uri)));
  };
  const files = new KeyFiles({ ...session, save, say });
  const warn = warning(session, async (uri) => (await flows()).compareVersions(session, uri));
  return [
    ...followDocuments(session, start),
    workspace.registerFileSystemProvider(SCHEMES.key, files, { isCaseSensitive: true }),
    workspace.onWillSaveTextDocument(({ document, reason }) => {
      if (keyOf(document.uri) !== undefined) reasons.set(document.uri.toString(), reason);
    }),
    workspace.onDidOpenTextDocument((document) => {
      start(welcome(session, document));
    }),
    files.onDidChangeFile((changes) => {
      for (const { type, uri } of changes) {
        if (type === FileChangeType.Changed) start(warn(uri));
      }
    }),
  ];
}

/** Gives a key the language that its content shows where its name does not; says why it is read-only. */
async function welcome(session: Session, document: TextDocument): Promise<void> {
  const address = keyOf(document.uri);
  if (address === undefined) return;
  if (document.languageId === 'plaintext') {
    const language = languageOf(address.key, new TextEncoder().encode(document.getText()));
    if (language !== undefined) await languages.setTextDocumentLanguage(document, language);
  }
  if (!(await session.choice.isChosen(address.ref.context))) return;
  const { openKeys } = await session.operations();
  const { readOnly } = await openKeys.stat(address, new AbortController().signal);
  if (readOnly === undefined) return;
  const { sentence, button, command } = READ_ONLY[readOnly];
  const answer = await window.showInformationMessage(
    withoutLinks(
      `${address.key} of ${printCacheAndContext(address.ref)} is read-only: ${sentence}`,
    ),
    ...(button === undefined ? [] : [button]),
  );
  if (answer !== undefined && command !== undefined) {
    await commands.executeCommand(command, { kind: 'cache', ref: address.ref });
  }
}

interface Reason {
  readonly sentence: string;
  readonly button?: string;
  readonly command?: string;
}

const READ_ONLY: Readonly<Record<ReadOnly, Reason>> = {
  immutable: {
    sentence: 'the ConfigMap is immutable, and its content can only be changed by making it anew.',
    button: 'Recreate...',
    command: COMMANDS.recreateCache,
  },
  memoization: {
    sentence: 'the Argo workflow controller keeps memoized results in it.',
  },
  forbidden: {
    sentence: 'you may not change this ConfigMap.',
    button: 'Copy Access Request',
    command: COMMANDS.copyAccessRequest,
  },
};

/**
 * Warns where a person is in the middle of editing: the editor itself says nothing before it is saved. It
 * says so once of each content, for a hidden tab hears of the same change again when it is shown.
 */
function warning(session: Session, compare: (uri: Uri) => Promise<void>) {
  const warned = new WeakMap<TextDocument, Value>();
  return async (uri: Uri): Promise<void> => {
    const address = keyOf(uri);
    const document = workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    if (address === undefined || document?.isDirty !== true) return;
    const { openKeys } = await session.operations();
    const { base, now } = await openKeys.versions(address, new AbortController().signal);
    if (now === undefined || sameValue(base, now) || sameValue(warned.get(document), now)) return;
    warned.set(document, now);
    const button = 'Compare the Three Versions';
    const answer = await window.showWarningMessage(
      withoutLinks(
        `${address.key} of ${printCacheAndContext(address.ref)} changed in the cluster while you edit it.`,
      ),
      button,
    );
    if (answer === button) await compare(uri);
  };
}
