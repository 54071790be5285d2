import { Uri, workspace } from 'vscode';
import type { Value } from '../../../domain/content/content.ts';

/** Those of the names under which there is something in a folder, in the way that its file system tells names apart. */
export async function namesThere(
  folder: Uri,
  names: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(names.map((name) => isThere(Uri.joinPath(folder, name))));
  return names.filter((_, place) => found[place]);
}

/**
 * Writes values to files of their names; gives the names that were left out, since the file system does not
 * tell them from one that was written before: they differ only in case.
 */
export async function writeInto(
  folder: Uri,
  values: ReadonlyMap<string, Value>,
): Promise<readonly string[]> {
  const written = new Set<string>();
  const left: string[] = [];
  for (const [name, { bytes }] of values) {
    const file = Uri.joinPath(folder, name);
    const hasTwin = written.has(name.toLowerCase());
    if (hasTwin && (await isThere(file)) && !(await isListed(folder, name))) left.push(name);
    else {
      await workspace.fs.writeFile(file, bytes);
      written.add(name.toLowerCase());
    }
  }
  return left;
}

async function isThere(file: Uri): Promise<boolean> {
  return await workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

async function isListed(folder: Uri, name: string): Promise<boolean> {
  return (await workspace.fs.readDirectory(folder)).some(([each]) => each === name);
}
