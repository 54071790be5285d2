import { workspace, type Disposable, type TextDocument } from 'vscode';
import type { Session } from '../flows/session.ts';
import { keyOf } from './keyAddress.ts';

/**
 * Tells the open keys what the text of each document was made from, as long as it is open. That a file was
 * read says nothing of it: VS Code reads also to compare, and whatever wants to may.
 */
export function followDocuments(
  session: Session,
  start: (work: Promise<void>) => void,
): Disposable[] {
  return [
    workspace.onDidOpenTextDocument((document) => {
      start(tellShown(session, document));
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (!document.isDirty) start(tellShown(session, document));
    }),
    workspace.onDidCloseTextDocument((document) => {
      // To get another language it is closed and opened, too, and is still there.
      if (!workspace.textDocuments.includes(document)) start(tellClosed(session, document));
    }),
  ];
}

/** What was read last is what the document shows, if its text says so: the rest was typed, or is older. */
async function tellShown({ operations }: Session, document: TextDocument): Promise<void> {
  const address = keyOf(document.uri);
  if (address === undefined) return;
  const { encoding, isDirty } = document;
  const text = isDirty ? undefined : document.getText();
  const { openKeys } = await operations();
  const read = openKeys.lastRead(address);
  const isShown =
    read !== undefined &&
    text !== undefined &&
    linesOf(text) === linesOf(await workspace.decode(read.bytes, { encoding }));
  if (!document.isClosed) openKeys.shown(address, isShown ? read : undefined);
}

async function tellClosed({ operations }: Session, { uri }: TextDocument): Promise<void> {
  const address = keyOf(uri);
  if (address !== undefined) (await operations()).openKeys.closed(address);
}

/** A text as every document has it: with one kind of line ends, and without a byte order mark. */
function linesOf(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
}
