import { Uri, window, workspace, WorkspaceEdit } from 'vscode';
import { Failure } from '../../../domain/failure.ts';
import { printObject } from '../../../domain/manifests/manifestObject.ts';
import type { ManifestFile, Scaffold } from '../../../domain/manifests/scaffold.ts';
import { withoutLinks } from '../../../domain/text.ts';
import { hasOneOf, recordOf } from '../../scaffoldRecord.ts';
import { textOf } from '../../workspaceFile.ts';
import { say, type Session } from '../session.ts';

/** A file that was scaffolded before, is still there, and is no part of the scaffold any more. */
export interface LeftFile extends ManifestFile {
  readonly folder: Uri;
}

/**
 * The files that are left of a scaffold that goes into a folder: there, and in other folders where it had another form.
 * Another folder with files of the same names is left alone: it may be for another cluster.
 */
export async function leftBehind(
  { storage }: Session,
  { title, files }: Scaffold,
  folder: Uri,
): Promise<readonly LeftFile[]> {
  const root = workspace.getWorkspaceFolder(folder);
  const isNow = (name: string) => files.some((file) => file.name === name);
  const gone = Object.entries(await recordOf(storage, title)).flatMap(([uri, before]) => {
    const there = Uri.parse(uri);
    const isHere = uri === folder.toString();
    const isForeign = workspace.getWorkspaceFolder(there) !== root || hasOneOf(before, files);
    if (!isHere && isForeign) return [];
    return Object.keys(before).flatMap((name) => (isNow(name) ? [] : [{ folder: there, name }]));
  });
  const left = await Promise.all(
    gone.map(async (file) => ({ ...file, text: await textOf(placeOf(file)) })),
  );
  return left.flatMap(({ text, ...file }) => (text === undefined ? [] : [{ ...file, text }]));
}

/** Those of the files that are left in one folder. */
export function inFolder(left: readonly LeftFile[], folder: Uri): readonly LeftFile[] {
  return left.filter((file) => file.folder.toString() === folder.toString());
}

function placeOf({ folder, name }: Pick<LeftFile, 'folder' | 'name'>): Uri {
  return Uri.joinPath(folder, name);
}

/** Says what is no part of a scaffold any more, in the workspace and perhaps in the cluster, and offers to delete the files. */
export async function tellLeftBehind(
  session: Session,
  { where, files }: Scaffold,
  left: readonly LeftFile[],
): Promise<void> {
  if (left.length === 0) return;
  const { scaffolds } = await session.operations();
  const objects = scaffolds.objectsLeft(left, files, where).map(printObject);
  const names = left.map((file) => workspace.asRelativePath(placeOf(file))).join(', ');
  const inCluster =
    objects.length === 0
      ? ''
      : ` What was applied of them stays in the cluster until it is deleted there: ${objects.join(', ')}.`;
  const sentence = `No part of it any more, and still in the workspace: ${names}.${inCluster}`;
  const remove = 'Delete These Files';
  if ((await window.showWarningMessage(withoutLinks(sentence), remove)) !== remove) return;
  // As an edit, which the Explorer undoes; not every file system has a trash.
  const edit = new WorkspaceEdit();
  for (const file of left) edit.deleteFile(placeOf(file), { ignoreIfNotExists: true });
  if (!(await workspace.applyEdit(edit))) {
    throw new Failure(`The files ${names} could not be deleted.`, {
      reason: 'Source',
      nextStep: 'showLog',
    });
  }
  say(`Deleted: ${names}.`);
}
