import { posix } from 'node:path';
import { commands, Uri, window, workspace, type QuickPickItem, type WorkspaceFolder } from 'vscode';
import type { NamespaceRef } from '../../../domain/ref.ts';
import { isManifest, problemOfFolder, type Scaffold } from '../../../domain/manifests/scaffold.ts';
import { compare } from '../../documents/comparison.ts';
import { askForOne, askForText, BACK, type Answer } from '../../steps.ts';
import { lastFolder, recordOf } from '../../scaffoldRecord.ts';
import { textOf } from '../../workspaceFile.ts';
import { applyScaffold } from './applyScaffold.ts';
import { inFolder, leftBehind, tellLeftBehind } from './leftBehind.ts';
import {
  filesSummary,
  isChanged,
  movedFiles,
  openFiles,
  placeFiles,
  writeFiles,
  type PlacedFile,
} from './scaffoldFiles.ts';
import { isGiven } from './refreshSteps.ts';
import { say, type Session } from '../session.ts';

/**
 * Shows what a scaffold makes of files, then writes them into the workspace, applies them to the cluster, or both.
 * Files that are there keep what was changed in them by hand. `parent` is the folder on which the command was called
 * in the Explorer. Gives `BACK` where the person wants to see the question before again.
 */
export async function writeScaffold(
  session: Session,
  scaffold: Scaffold,
  parent?: Uri,
): Promise<typeof BACK | undefined> {
  let typed: string | undefined;
  for (;;) {
    const place = await placeFor(session, scaffold, { parent, typed });
    if (place === BACK || place === undefined) return place;
    typed = place.typed;
    const ended = await showAndWrite(session, scaffold, place.folder);
    if (ended !== BACK || place.folder === undefined) return ended;
  }
}

/** Shows files in their place until the person has decided what becomes of them. */
async function showAndWrite(
  session: Session,
  scaffold: Scaffold,
  folder: Uri | undefined,
): Promise<typeof BACK | undefined> {
  for (;;) {
    const files = await placeFiles(session, scaffold, folder);
    if (files === BACK || files === undefined) return files;
    const deed = await decide(session, scaffold, { files, folder });
    if (deed === BACK || deed === undefined) return deed;
    const moved = await movedFiles(files);
    if (moved.length === 0) {
      await carryOut(session, scaffold, { files, folder, deed });
      return undefined;
    }
    const names = moved.map(({ name }) => name).join(', ');
    say(`Changed since they were shown: ${names}. Nothing was written; here is what there is now.`);
  }
}

/** What the person decides. */
interface Deed {
  /** True to open what can be neither written nor applied. */
  readonly opens?: boolean;
  readonly writes: boolean;
  readonly applies: boolean;
}

interface Placed {
  readonly files: readonly PlacedFile[];
  readonly folder: Uri | undefined;
}

/** Where files go: what was typed, and the folder, which is absent where no workspace is open. */
interface Place {
  readonly typed: string | undefined;
  readonly folder: Uri | undefined;
}

/** Asks for the folder of the files. */
async function placeFor(
  session: Session,
  scaffold: Scaffold,
  {
    parent,
    typed: before,
  }: { readonly parent: Uri | undefined; readonly typed: string | undefined },
): Promise<Answer<Place>> {
  const { workspaceFolders = [] } = workspace;
  if (workspaceFolders.length === 0) return { typed: undefined, folder: undefined };
  const root = await rootFor(workspaceFolders, parent);
  if (root === undefined) return undefined;
  const typed = await askForText(
    { title: scaffold.title },
    {
      prompt: `Folder for the files, within ${root.name}`,
      value: before ?? (await offeredFolder(session, scaffold, { parent, root: root.uri })),
      problemOf: problemOfFolder,
    },
  );
  return isGiven(typed) ? { typed, folder: Uri.joinPath(root.uri, typed.trim()) } : typed;
}

/** Where it was scaffolded before; else its folder, or the one of its own where others have that. */
async function offeredFolder(
  { storage }: Session,
  { title, folder, ownFolder, files }: Scaffold,
  { parent, root }: { readonly parent: Uri | undefined; readonly root: Uri },
): Promise<string> {
  const last = lastFolder(await recordOf(storage, title), parent ?? root, files);
  if (last !== undefined) return posix.relative(root.path, last.path);
  const around = parent === undefined ? '' : posix.relative(root.path, parent.path);
  const offered = (path: string) =>
    parent === undefined ? path : posix.join(around, posix.basename(path));
  const [first] = files;
  const there = Uri.joinPath(root, offered(folder), first?.name ?? '');
  return offered((await textOf(there)) === undefined ? folder : ownFolder);
}

async function rootFor(
  folders: readonly WorkspaceFolder[],
  parent: Uri | undefined,
): Promise<WorkspaceFolder | undefined> {
  const around = parent && workspace.getWorkspaceFolder(parent);
  if (around !== undefined || folders.length === 1) return around ?? folders[0];
  return await window.showWorkspaceFolderPick({ ignoreFocusOut: true });
}

/** What can be done with files: all can be written where a folder is open, and only manifests can be applied. */
function deedsFor(
  { files, folder }: Placed,
  where: NamespaceRef,
): readonly (QuickPickItem & Deed)[] {
  const description = `context ${where.context}, namespace ${where.namespace}`;
  const canApply = files.every(isManifest);
  if (folder === undefined || !files.some(isChanged)) {
    const only = { writes: false, applies: canApply };
    if (canApply) return [{ label: '$(cloud-upload) Apply to Cluster', description, ...only }];
    if (folder !== undefined) return [{ label: '$(check) Nothing to Write', ...only }];
    const why = 'no folder is open to write it into';
    return [{ label: '$(go-to-file) Open Unsaved', description: why, ...only, opens: true }];
  }
  const path = workspace.asRelativePath(folder);
  const write = { label: '$(save) Write to Workspace', writes: true, applies: false };
  const both = { label: '$(cloud-upload) Write and Apply to Cluster', writes: true, applies: true };
  return [{ ...write, description: path }, ...(canApply ? [{ ...both, description }] : [])];
}

/** Shows every file that changes against what is there, or all where none does, and asks what is to be done. */
async function decide(
  { texts }: Session,
  { title, where }: Scaffold,
  { files, folder }: Placed,
): Promise<Answer<Deed>> {
  const label = folder === undefined ? 'scaffold' : workspace.asRelativePath(folder);
  const changed = files.filter(isChanged);
  const rows = (changed.length === 0 ? files : changed).map(({ name, uri, there, text }) => ({
    before: there === undefined ? undefined : uri,
    after: texts.uriOfText(name, label, text),
  }));
  const comparison = await compare(title, rows);
  const items = deedsFor({ files, folder }, where);
  const picked = await askForOne({ title }, { items, placeHolder: filesSummary(files) });
  await comparison.close();
  return picked;
}

async function carryOut(
  session: Session,
  scaffold: Scaffold,
  { files, folder, deed }: Placed & { readonly deed: Deed },
): Promise<void> {
  const left = folder === undefined ? [] : await leftBehind(session, scaffold, folder);
  if (folder !== undefined) {
    await writeFiles(
      session,
      { title: scaffold.title, folder },
      { files, left: inFolder(left, folder) },
    );
  }
  if (deed.writes && folder !== undefined) {
    const [first] = files;
    if (first?.uri !== undefined) await commands.executeCommand('revealInExplorer', first.uri);
    say(`Written to ${workspace.asRelativePath(folder)} (${filesSummary(files)}).`);
  }
  if (deed.opens === true) await openFiles(files);
  if (deed.applies) {
    const final = files.map(({ name, text }) => ({ name, text }));
    const path = folder === undefined ? scaffold.folder : workspace.asRelativePath(folder);
    await applyScaffold(session, { ...scaffold, folder: path, files: final });
  }
  if (folder !== undefined) await tellLeftBehind(session, scaffold, left);
}
