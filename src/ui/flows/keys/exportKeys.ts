import { Uri, window, workspace } from 'vscode';
import { cacheGone, keyGone } from '../../../domain/failure.ts';
import { printCacheAndContext } from '../../../domain/ref.ts';
import { printCount } from '../../../domain/size.ts';
import { namesThere, writeInto } from './exportFolder.ts';
import { say, type Session } from '../session.ts';
import { targetOf } from '../target.ts';

/** *Export to File*: a key to a file, or all keys of a cache to files of their names in a folder. */
export async function exportKeys(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Export to File');
  if (target === undefined) return;
  const { ref, key } = target;
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(ref, new AbortController().signal);
  if (cache === undefined) throw cacheGone(ref);
  const [only, another] = cache.keys;
  const single = key ?? (another === undefined ? only : undefined);
  if (single !== undefined) {
    const value = cache.values.get(single);
    if (value === undefined) throw keyGone(ref, single);
    const file = await window.showSaveDialog({
      defaultUri: beside(single),
      title: 'Export to File',
    });
    if (file === undefined) return;
    await workspace.fs.writeFile(file, value.bytes);
    say(`${single} of ${printCacheAndContext(ref)} was exported.`);
    return;
  }
  const folder = await folderFor(cache.keys);
  if (folder === undefined) return;
  const left = await writeInto(folder, cache.values);
  const number = printCount(cache.values.size - left.length, 'key', 'keys');
  const rest =
    left.length === 0
      ? ''
      : ` Not exported, since that folder does not tell it from another name: ${left.join(', ')}.`;
  say(`${number} of ${printCacheAndContext(ref)} were exported.${rest}`);
}

/** Asks for a folder, and once more where files of these names are in it. */
async function folderFor(names: readonly string[]): Promise<Uri | undefined> {
  const options = { canSelectFolders: true, canSelectFiles: false, openLabel: 'Export Here' };
  const [folder] = (await window.showOpenDialog({ ...options, title: 'Export to Folder' })) ?? [];
  if (folder === undefined) return undefined;
  const lost = await namesThere(folder, names);
  if (lost.length === 0) return folder;
  const replace = 'Replace';
  const answer = await window.showWarningMessage(
    `Replace ${printCount(lost.length, 'file', 'files')} in that folder?`,
    { modal: true, detail: lost.join('\n') },
    replace,
  );
  return answer === replace ? folder : undefined;
}

function beside(name: string): Uri {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  return folder === undefined ? Uri.file(name) : Uri.joinPath(folder, name);
}
