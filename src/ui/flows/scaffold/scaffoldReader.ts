import { env, Range, window, workspace, WorkspaceEdit, type TextEditor, type Uri } from 'vscode';
import type { LookUp } from '../../../domain/manifests/reader/lookUp.ts';
import type { ReaderEdit } from '../../../domain/manifests/reader/readerEdit.ts';
import type { ReaderKind } from '../../../domain/manifests/reader/readerManifest.ts';
import { printCache, printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { fileName } from '../../../domain/source.ts';
import { withoutLinks } from '../../../domain/text.ts';
import { compare } from '../../documents/comparison.ts';
import { pickKey } from '../../pickers.ts';
import { BACK } from '../../steps.ts';
import { say, type Session } from '../session.ts';
import { targetOf } from '../target.ts';
import { writeScaffold } from './writeScaffold.ts';

const TITLE = 'Scaffold Reader';
const NEVER = new AbortController().signal;

/** What is read, and how entries of it are looked up. */
interface Wanted {
  readonly ref: CacheRef;
  /** The folder for a new file. */
  readonly folder: Uri | undefined;
  readonly look: LookUp & { readonly entry: string };
}

/** *Scaffold Reader*: puts volume and mount into the manifest at the cursor, or makes a workload that reads a cache. */
export async function scaffoldReader(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, TITLE);
  if (target === undefined) return;
  const { ref } = target;
  const key =
    target.key ?? (await pickKey(session, ref, { title: TITLE, suggested: 'mappings.json' }));
  if (key === undefined) return;
  const { cluster, scaffolds } = await session.operations();
  const cache = await cluster.readCache(ref, NEVER);
  const wanted = {
    ref,
    folder: target.folder,
    look: scaffolds.lookUpIn(key, cache?.values.get(key)),
  };
  await putReader(session, wanted, target.folder === undefined ? manifestEditor() : undefined);
}

/** Asks what the reader is, and makes it; the way back from a new file leads to that question. */
async function putReader(
  session: Session,
  wanted: Wanted,
  editor: TextEditor | undefined,
): Promise<void> {
  for (;;) {
    const place = await askForPlace(wanted.ref, editor);
    if (place === undefined) return;
    if (place === 'cursor') {
      if (editor !== undefined) await intoManifest(session, wanted, editor);
      return;
    }
    if ((await asNewFile(session, wanted, place)) !== BACK) return;
  }
}

function manifestEditor(): TextEditor | undefined {
  const editor = window.activeTextEditor;
  const isManifest = ['file', 'untitled'].includes(editor?.document.uri.scheme ?? '');
  return isManifest && /\.(ya?ml|json)$/.test(nameOf(editor)) ? editor : undefined;
}

function nameOf(editor: TextEditor | undefined): string {
  const document = editor?.document;
  if (document === undefined) return '';
  const { languageId } = document;
  const name = fileName(document.uri.toString());
  return ['yaml', 'json'].includes(languageId) && !name.includes('.') ? `${name}.yaml` : name;
}

async function askForPlace(
  ref: CacheRef,
  editor: TextEditor | undefined,
): Promise<'cursor' | ReaderKind | undefined> {
  const description = 'as a new file';
  const items: { label: string; description: string; place: 'cursor' | ReaderKind }[] = [
    { label: '$(server-process) Deployment', description, place: 'Deployment' },
    { label: '$(run) Job', description, place: 'Job' },
    { label: '$(watch) CronJob', description, place: 'CronJob' },
    { label: '$(list-tree) WorkflowTemplate', description, place: 'WorkflowTemplate' },
  ];
  if (editor !== undefined) {
    const line = editor.selection.active.line + 1;
    items.unshift({
      label: `$(insert) The workload at the cursor`,
      description: `${nameOf(editor)}, line ${line}`,
      place: 'cursor',
    });
  }
  const placeHolder = `What reads ${printCacheAndContext(ref)}`;
  return (await window.showQuickPick(items, { title: TITLE, placeHolder }))?.place;
}

async function asNewFile(
  session: Session,
  { ref, folder, look }: Wanted,
  kind: ReaderKind,
): Promise<typeof BACK | undefined> {
  const { scaffolds } = await session.operations();
  const { context, namespace } = ref;
  const scaffold = {
    title: `${kind} that reads ${printCache(ref)}: ${look.key}`,
    where: { context, namespace },
    folder: 'k8s',
    ownFolder: 'k8s',
    files: [scaffolds.readerManifest({ ...look, kind, cache: ref })],
  };
  return await writeScaffold(session, scaffold, folder);
}

async function intoManifest(session: Session, wanted: Wanted, editor: TextEditor): Promise<void> {
  const { scaffolds } = await session.operations();
  const { document, selection } = editor;
  const { version } = document;
  const request = { cache: wanted.ref, offset: document.offsetAt(selection.active) };
  let edit = scaffolds.readerEdit(document.getText(), request);
  if (edit.kind === 'choose') {
    const placeHolder = `Container of ${edit.workload} that reads ${printCache(wanted.ref)}`;
    const container = await window.showQuickPick(edit.names, { title: TITLE, placeHolder });
    if (container === undefined) return;
    edit = scaffolds.readerEdit(document.getText(), { ...request, container });
  }
  switch (edit.kind) {
    case 'edit':
      await showEdit(session, wanted, { edit, editor, version });
      return;
    case 'there':
      await tell(session, wanted, {
        folder: edit.folder,
        sentence: `${edit.workload} reads ${printCache(wanted.ref)} already, in ${edit.folder}. Nothing was changed.`,
      });
      return;
    case 'choose':
    case 'refused':
      await refuse(
        session,
        wanted,
        edit.kind === 'refused' ? edit.because : 'There is no container.',
      );
  }
}

async function refuse(session: Session, wanted: Wanted, because: string): Promise<void> {
  const anew = 'Make a New File';
  const answer = await window.showErrorMessage(
    withoutLinks(`${because} Nothing was changed.`),
    anew,
  );
  if (answer === anew) await putReader(session, wanted, undefined);
}

interface Shown {
  readonly edit: Extract<ReaderEdit, { kind: 'edit' }>;
  readonly editor: TextEditor;
  readonly version: number;
}

/** Shows what would become of the manifest, and changes it once that is wanted. It is not saved. */
async function showEdit(session: Session, wanted: Wanted, shown: Shown): Promise<void> {
  const { edit, editor, version } = shown;
  const { document } = editor;
  const title = `${edit.workload} reads ${printCache(wanted.ref)}`;
  const value = { kind: 'text', bytes: new TextEncoder().encode(edit.text) } as const;
  const after = session.texts.uriOf(nameOf(editor), 'scaffold', value);
  const comparison = await compare(title, [{ before: document.uri, after }]);
  const put = `$(insert) Put It into ${nameOf(editor)}`;
  const placeHolder = `Mounted at ${edit.folder}, read-only; the file is not saved`;
  const answer = await window.showQuickPick([put], { title, placeHolder, ignoreFocusOut: true });
  await comparison.close();
  if (answer !== put) return;
  if (document.version !== version) {
    say(`${nameOf(editor)} was changed meanwhile. Nothing was put into it: begin again.`);
    return;
  }
  const change = new WorkspaceEdit();
  for (const { offset, length, text } of edit.edits) {
    const range = new Range(document.positionAt(offset), document.positionAt(offset + length));
    change.replace(document.uri, range, text);
  }
  if (!(await workspace.applyEdit(change))) {
    await refuse(session, wanted, `VS Code could not change ${nameOf(editor)}.`);
    return;
  }
  await window.showTextDocument(document);
  await tell(session, wanted, {
    folder: edit.folder,
    sentence: `${edit.workload} reads ${printCache(wanted.ref)} in ${edit.folder}. The file is not saved yet.`,
  });
}

/** Says what was done, and offers the command that looks an entry up. */
async function tell(
  session: Session,
  { look }: Wanted,
  { sentence, folder }: { readonly sentence: string; readonly folder: string },
): Promise<void> {
  const copy = 'Copy Look-up';
  if ((await window.showInformationMessage(withoutLinks(sentence), copy)) !== copy) return;
  const { scaffolds } = await session.operations();
  await env.clipboard.writeText(scaffolds.lookUpCommand(look, folder));
}
