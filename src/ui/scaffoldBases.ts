import { createHash } from 'node:crypto';
import { Uri, workspace } from 'vscode';
import { contentOf } from './workspaceFile.ts';

/**
 * What was scaffolded last into a file, on this machine: from it is told what was changed there by hand. Nothing
 * where nothing was.
 */
export async function baseOf(storage: Uri, file: Uri): Promise<string | undefined> {
  return await contentOf(placeOf(storage, file));
}

/** Keeps what was scaffolded into a file. */
export async function keepBase(storage: Uri, file: Uri, text: string): Promise<void> {
  await workspace.fs.writeFile(placeOf(storage, file), new TextEncoder().encode(text));
}

function placeOf(storage: Uri, file: Uri): Uri {
  const id = createHash('sha256').update(file.toString()).digest('hex');
  return Uri.joinPath(storage, 'scaffolds', `${id}.yaml`);
}
