import { Uri, window, workspace, type QuickPickItem } from 'vscode';
import { sourceFailure } from '../../../domain/failure.ts';
import type { CachePlan, NewContent } from '../../../domain/plan/cachePlan.ts';
import { fileName, keyId } from '../../../domain/source.ts';
import { withoutLinks } from '../../../domain/text.ts';
import { pickKey } from '../../pickers.ts';
import { showPlan } from './planFlow.ts';
import { inProgress, type Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const TITLE = 'Refresh from File';

/**
 * *Refresh from File*: from the tree with a row, from the Explorer or an editor with files, from the
 * palette with neither. Asks for what is missing, then shows the plan.
 */
export async function refreshFromFile(
  session: Session,
  argument: unknown,
  selection: unknown,
): Promise<void> {
  const given = filesOf(argument, selection);
  const target = await targetOf(session, argument, TITLE);
  if (target === undefined) return;
  const plan = await planFromFiles(session, { ...target, title: TITLE }, given);
  if (plan !== undefined) await showPlan(session, plan);
}

/** What files are read for, and the title of the questions. */
interface Wanted extends Target {
  readonly title: string;
}

/** Asks for files where none are given, and reads them; nothing where the person leaves. */
export async function planFromFiles(
  session: Session,
  target: Wanted,
  given: readonly Uri[],
): Promise<CachePlan | undefined> {
  const files = given.length > 0 ? given : await askForFiles(session, target);
  if (files === undefined || files.length === 0) return undefined;
  await saveOrLeave(files);
  const keys = await keysFor(session, target, files);
  if (keys === undefined) return undefined;
  const { readSource, changes } = await session.operations();
  return await inProgress('Reading files', async (_, signal) => {
    const contents = await Promise.all(
      keys.map(async ({ key, file }): Promise<NewContent> => {
        const source = { kind: 'file', uri: file.toString() } as const;
        await session.remembered.setSource(keyId(target.ref, key), source);
        return { key, source, content: await readSource(source, () => undefined, signal) };
      }),
    );
    return await changes.plan(target.ref, contents, signal);
  });
}

/** The files among a command's arguments: the Explorer gives the clicked one and all selected ones. */
function filesOf(argument: unknown, selection: unknown): Uri[] {
  const selected: readonly unknown[] = Array.isArray(selection) ? selection : [];
  return (selected.length > 0 ? selected : [argument]).filter(
    (file): file is Uri => file instanceof Uri,
  );
}

async function askForFiles(
  session: Session,
  { ref, key, title }: Wanted,
): Promise<readonly Uri[] | undefined> {
  const last = key === undefined ? undefined : session.remembered.get('sources')?.[keyId(ref, key)];
  const active = window.activeTextEditor?.document.uri;
  const known = [
    ...(last?.kind === 'file' ? [{ uri: Uri.parse(last.uri, true), why: 'used last' }] : []),
    ...(active?.scheme === 'file' ? [{ uri: active, why: 'active editor' }] : []),
  ];
  const items: (QuickPickItem & { uri?: Uri })[] = known.map(({ uri, why }) => ({
    label: `$(file) ${fileName(uri.toString())}`,
    description: `${why} · ${workspace.asRelativePath(uri)}`,
    uri,
  }));
  if (items.length === 0) return await browse(key, title);
  const picked = await window.showQuickPick(
    [...items, { label: '$(folder-opened) Choose a file...' }],
    { title, placeHolder: 'File with the new content' },
  );
  if (picked === undefined) return undefined;
  return picked.uri === undefined ? await browse(key, title) : [picked.uri];
}

async function browse(key: string | undefined, title: string): Promise<readonly Uri[] | undefined> {
  return await window.showOpenDialog({
    title,
    openLabel: 'Compare with the Cache',
    canSelectMany: key === undefined,
  });
}

/** What is read is what is on disk: an unsaved change is saved first, if the person wants it. */
async function saveOrLeave(files: readonly Uri[]): Promise<void> {
  for (const document of workspace.textDocuments) {
    if (!document.isDirty || !files.some((file) => file.toString() === document.uri.toString())) {
      continue;
    }
    const save = 'Save It First';
    const answer = await window.showWarningMessage(
      withoutLinks(
        `${fileName(document.uri.toString())} has changes that are not saved. The file on disk is compared.`,
      ),
      save,
      'Go On',
    );
    if (answer === save) await document.save();
  }
}

/** Several files go to the keys of their names; one file to the key that was asked for. */
async function keysFor(
  session: Session,
  { ref, key, title }: Wanted,
  files: readonly Uri[],
): Promise<readonly { key: string; file: Uri }[] | undefined> {
  const [only, another] = files;
  if (only === undefined || another !== undefined) {
    if (key === undefined) return eachToItsOwn(files);
    throw sourceFailure(
      `The key ${key}`,
      `holds the content of one file, and ${files.length} were given; give them to the cache, each goes to the key of its name`,
    );
  }
  const name = fileName(only.toString());
  const chosen = key ?? (await keyNamed(session, ref, { name, title }));
  return chosen === undefined ? undefined : [{ key: chosen, file: only }];
}

function eachToItsOwn(files: readonly Uri[]): { key: string; file: Uri }[] {
  const keys = files.map((file) => ({ key: fileName(file.toString()), file }));
  const twice = keys.find(({ key }, place) => keys.findIndex((each) => each.key === key) !== place);
  if (twice === undefined) return keys;
  throw sourceFailure(twice.key, 'is the name of two of the files, and one key holds one of them');
}

/** The key of the file's name where the cache has it; else the person says which. */
async function keyNamed(
  session: Session,
  ref: Target['ref'],
  { name, title }: { readonly name: string; readonly title: string },
): Promise<string | undefined> {
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(ref, new AbortController().signal);
  if (cache?.values.has(name) === true) return name;
  return await pickKey(session, ref, { title, suggested: name });
}
