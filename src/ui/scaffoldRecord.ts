import { createHash } from 'node:crypto';
import { Uri, workspace } from 'vscode';
import { contentOf } from './workspaceFile.ts';

/** What was scaffolded into a folder: texts by the names of files. */
export type Scaffolded = Readonly<Record<string, string>>;

/** What was scaffolded under one title on this machine: by the URI of its folder, the one of last time last. */
export type ScaffoldRecord = Readonly<Record<string, Scaffolded>>;

/**
 * The record of a title, from which is told what was changed by hand, and what is no part of a scaffold any more.
 * Empty where nothing was scaffolded.
 */
export async function recordOf(storage: Uri, title: string): Promise<ScaffoldRecord> {
  const text = await contentOf(placeOf(storage, title));
  return text === undefined ? {} : (JSON.parse(text) as ScaffoldRecord);
}

/** Keeps what was scaffolded into a folder, in the place of what was before. */
export async function keepRecord(
  storage: Uri,
  { title, folder }: { readonly title: string; readonly folder: Uri },
  files: Scaffolded,
): Promise<void> {
  const known = Object.entries(await recordOf(storage, title));
  const others = known.filter(([uri]) => uri !== folder.toString());
  const record = Object.fromEntries([...others, [folder.toString(), files]]) as ScaffoldRecord;
  const bytes = new TextEncoder().encode(JSON.stringify(record));
  await workspace.fs.writeFile(placeOf(storage, title), bytes);
}

/** The folder into which files of such names were scaffolded last, of those in a folder of the workspace. */
export function lastFolder(
  record: ScaffoldRecord,
  root: Uri,
  files: readonly { readonly name: string }[],
): Uri | undefined {
  const last = Object.entries(record).findLast(
    ([uri, before]) => Uri.parse(uri).path.startsWith(`${root.path}/`) && hasOneOf(before, files),
  );
  return last && Uri.parse(last[0]);
}

/** True where one of the files has a name that was scaffolded: what has none is the scaffold in another form. */
export function hasOneOf(before: Scaffolded, files: readonly { readonly name: string }[]): boolean {
  return files.some(({ name }) => before[name] !== undefined);
}

function placeOf(storage: Uri, title: string): Uri {
  const id = createHash('sha256').update(title).digest('hex');
  return Uri.joinPath(storage, 'scaffolds', `${id}.json`);
}
