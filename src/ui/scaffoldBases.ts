import { createHash } from 'node:crypto';
import { Uri, workspace } from 'vscode';
import { contentOf } from './workspaceFile.ts';

/** A file in which a scaffold of that title stands. */
export interface Scaffolded {
  readonly title: string;
  readonly file: Uri;
}

/**
 * What was scaffolded last under a title into a file, on this machine: from it is told what was changed there by
 * hand. Nothing where nothing was.
 */
export async function baseOf(storage: Uri, of: Scaffolded): Promise<string | undefined> {
  return await contentOf(placeOf(storage, of));
}

/** Keeps what was scaffolded into a file. */
export async function keepBase(storage: Uri, of: Scaffolded, text: string): Promise<void> {
  await workspace.fs.writeFile(placeOf(storage, of), new TextEncoder().encode(text));
}

function placeOf(storage: Uri, { title, file }: Scaffolded): Uri {
  const id = createHash('sha256')
    .update(JSON.stringify([file.toString(), title]))
    .digest('hex');
  return Uri.joinPath(storage, 'scaffolds', `${id}.yaml`);
}
