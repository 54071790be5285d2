import { Uri, window, workspace, WorkspaceEdit } from 'vscode';
import { Failure } from '../../../domain/failure.ts';
import { printObject } from '../../../domain/manifests/manifestObject.ts';
import {
  isManifest,
  type ManifestFile,
  type Scaffold,
} from '../../../domain/manifests/scaffold.ts';
import { withoutLinks } from '../../../domain/text.ts';
import { recordOf } from '../../scaffoldRecord.ts';
import { textOf } from '../../workspaceFile.ts';
import { say, type Session } from '../session.ts';

/** The files that were scaffolded into a folder before, are still there, and are no part of the scaffold any more. */
export async function leftBehind(
  { storage }: Session,
  { title, files }: Scaffold,
  folder: Uri,
): Promise<readonly ManifestFile[]> {
  const before = (await recordOf(storage, title))[folder.toString()] ?? {};
  const gone = Object.keys(before).filter((name) => files.every((file) => file.name !== name));
  const left = await Promise.all(
    gone.map(async (name) => ({ name, text: await textOf(Uri.joinPath(folder, name)) })),
  );
  return left.flatMap(({ name, text }) => (text === undefined ? [] : [{ name, text }]));
}

/** Says what is no part of a scaffold any more, in the folder and perhaps in the cluster, and offers to delete the files. */
export async function tellLeftBehind(
  session: Session,
  { where }: Scaffold,
  { folder, left }: { readonly folder: Uri; readonly left: readonly ManifestFile[] },
): Promise<void> {
  if (left.length === 0) return;
  const { scaffolds } = await session.operations();
  const objects = scaffolds.manifestObjects(left.filter(isManifest), where).map(printObject);
  const names = left.map(({ name }) => name).join(', ');
  const sentence = `No part of it any more, and still in ${workspace.asRelativePath(folder)}: ${names}. What was applied of them stays in the cluster until it is deleted there: ${objects.join(', ')}.`;
  const remove = 'Delete These Files';
  if ((await window.showWarningMessage(withoutLinks(sentence), remove)) !== remove) return;
  // As an edit, which the Explorer undoes; not every file system has a trash.
  const edit = new WorkspaceEdit();
  for (const { name } of left)
    edit.deleteFile(Uri.joinPath(folder, name), { ignoreIfNotExists: true });
  if (!(await workspace.applyEdit(edit))) {
    throw new Failure(`The files ${names} could not be deleted.`, {
      reason: 'Source',
      nextStep: 'showLog',
    });
  }
  say(`Deleted from ${workspace.asRelativePath(folder)}: ${names}.`);
}
