import { commands, Uri, window } from 'vscode';
import { printCacheAndContext } from '../../../domain/ref.ts';
import { keyOf } from '../../documents/keyAddress.ts';
import { say, type Session } from '../session.ts';

/**
 * Shows for an open key what the cluster changed, and what the person did, since the editor was given the
 * content: of the active editor, unless a file is named.
 */
export async function compareVersions(session: Session, argument: unknown): Promise<void> {
  const uri = argument instanceof Uri ? argument : window.activeTextEditor?.document.uri;
  const address = uri && keyOf(uri);
  if (uri === undefined || address === undefined) {
    say('Open a key of a cache first: its versions are compared.');
    return;
  }
  await session.choice.check(address.ref);
  const { openKeys } = await session.operations();
  const { base, now } = await openKeys.versions(address, new AbortController().signal);
  const before = session.texts.uriOf(address.key, 'when opened', base);
  const theirs = session.texts.uriOf(address.key, 'in the cluster', now);
  const place = printCacheAndContext(address.ref);
  await commands.executeCommand('vscode.changes', `${place}: what changed since you opened it`, [
    [theirs, before, theirs],
    [uri, before, uri],
  ]);
}
