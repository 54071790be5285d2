import { Uri, window, workspace, type QuickPickItem } from 'vscode';
import type { FilePlan } from '../../../domain/manifests/filePlan.ts';
import type { ManifestFile, Scaffold } from '../../../domain/manifests/scaffold.ts';
import { printCount } from '../../../domain/size.ts';
import { compare } from '../../documents/comparison.ts';
import { keepRecord, recordOf, type Scaffolded } from '../../scaffoldRecord.ts';
import { askForOne, BACK, type Answer } from '../../steps.ts';
import { textOf, writeText } from '../../workspaceFile.ts';
import { isGiven } from './refreshSteps.ts';
import type { Session } from '../session.ts';

/** A file of a scaffold in its place, and what there will be. */
export interface PlacedFile {
  readonly name: string;
  /** Nothing where no folder is open. */
  readonly uri: Uri | undefined;
  readonly there: string | undefined;
  readonly scaffold: string;
  readonly text: string;
}

type Ask = Extract<FilePlan, { kind: 'ask' }>;

/** Joins a scaffold with a folder, and asks about files of which only the person can say. */
export async function placeFiles(
  session: Session,
  { files, title }: Scaffold,
  folder: Uri | undefined,
): Promise<Answer<readonly PlacedFile[]>> {
  const { scaffolds } = await session.operations();
  const before = (await recordOf(session.storage, title))[folder?.toString() ?? ''] ?? {};
  const placed: PlacedFile[] = [];
  for (const { name, text: scaffold } of files) {
    const uri = folder && Uri.joinPath(folder, name);
    const there = uri && (await textOf(uri));
    const plan = scaffolds.planFile({ name, there, base: before[name], scaffold });
    const text =
      plan.kind === 'ask' ? await choose(session, plan, { title, name, uri }) : plan.text;
    if (text === undefined || text === BACK) return text;
    placed.push({ name, uri, there, scaffold, text });
  }
  return placed;
}

/** Shows both texts of a file, and asks which one is to be there. */
async function choose(
  { texts }: Session,
  { collides, mine, scaffold }: Ask,
  of: { readonly title: string; readonly name: string; readonly uri: Uri | undefined },
): Promise<Answer<string>> {
  const before = texts.uriOfText(of.name, 'mine', mine);
  const after = texts.uriOfText(of.name, 'scaffold', scaffold);
  const comparison = await compare(`${of.name}: mine and the scaffold`, [{ before, after }]);
  const places = collides ? 'where both changed the same lines' : 'as a whole';
  const items: (QuickPickItem & { text: string })[] = [
    { label: '$(account) Keep Mine', description: places, text: mine },
    { label: '$(new-file) Take the Scaffold', description: places, text: scaffold },
  ];
  const placeHolder = collides
    ? `${of.name} was changed by hand in the same lines as the scaffold`
    : `${of.name} is there already, and it is not known what was scaffolded into it before`;
  const picked = await askForOne({ title: of.title }, { items, placeHolder });
  await comparison.close();
  return isGiven(picked) ? picked.text : picked;
}

/** True where a file does not hold yet what it will. */
export function isChanged({ there, text }: PlacedFile): boolean {
  return there !== text;
}

/** How many files are new, change and stay, as a part of a sentence. */
export function filesSummary(files: readonly PlacedFile[]): string {
  const changed = files.filter(isChanged);
  const created = changed.filter(({ there }) => there === undefined).length;
  const parts = [
    [created, 'new'],
    [changed.length - created, 'changed'],
    [files.length - changed.length, 'as it was'],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${printCount(files.length, 'file', 'files')}: ${words.join(', ')}`;
}

/** The files that hold something else by now than when they were shown. */
export async function movedFiles(files: readonly PlacedFile[]): Promise<readonly PlacedFile[]> {
  const moved = await Promise.all(
    files.map(async ({ uri, there }) => uri !== undefined && (await textOf(uri)) !== there),
  );
  return files.filter((_, index) => moved[index]);
}

/**
 * Writes what was shown, and keeps what was scaffolded, from which later changes are told; of files that are `left`
 * from before, too.
 */
export async function writeFiles(
  { storage }: Session,
  of: { readonly title: string; readonly folder: Uri },
  {
    files,
    left,
  }: { readonly files: readonly PlacedFile[]; readonly left: readonly ManifestFile[] },
): Promise<void> {
  for (const file of files) {
    if (file.uri !== undefined && isChanged(file)) await writeText(file.uri, file.text);
  }
  const before = left.map(({ name, text }) => [name, text]);
  const written = files.map(({ name, scaffold }) => [name, scaffold]);
  await keepRecord(storage, of, Object.fromEntries([...before, ...written]) as Scaffolded);
}

/** Opens what no folder is there for as documents that are not saved yet. */
export async function openFiles(files: readonly PlacedFile[]): Promise<void> {
  for (const { name, text: content } of files) {
    const language = name.endsWith('.sh') ? 'shellscript' : 'yaml';
    await window.showTextDocument(await workspace.openTextDocument({ content, language }), {
      preview: false,
    });
  }
}
