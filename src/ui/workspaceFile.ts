import type { Uri } from 'vscode';
import { FileSystemError, Range, workspace, WorkspaceEdit, type TextDocument } from 'vscode';
import { Failure } from '../domain/failure.ts';
import { asText } from '../domain/text.ts';

/** The text of a file as its editor has it, saved or not; nothing where there is no such file. */
export async function textOf(file: Uri): Promise<string | undefined> {
  return unsaved(file)?.getText() ?? (await contentOf(file));
}

/** The text of a file as it is on disk; nothing where there is no such file. */
export async function contentOf(file: Uri): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await workspace.fs.readFile(file);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw fileFailure(file, 'cannot be read', String(error));
  }
  const text = asText(bytes);
  if (text === undefined) throw fileFailure(file, 'is not text in UTF-8');
  return text;
}

/** Writes a file, through its editor where that holds what is not saved. */
export async function writeText(file: Uri, text: string): Promise<void> {
  const document = unsaved(file);
  if (document === undefined) {
    try {
      await workspace.fs.writeFile(file, new TextEncoder().encode(text));
    } catch (error) {
      throw fileFailure(file, 'cannot be written', String(error));
    }
    return;
  }
  const edit = new WorkspaceEdit();
  edit.replace(file, new Range(0, 0, document.lineCount, 0), text);
  if (!(await workspace.applyEdit(edit)) || !(await document.save())) {
    throw fileFailure(file, 'cannot be written');
  }
}

function unsaved(file: Uri): TextDocument | undefined {
  return workspace.textDocuments.find(
    ({ uri, isDirty }) => isDirty && uri.toString() === file.toString(),
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof FileSystemError && error.code === FileSystemError.FileNotFound().code;
}

function fileFailure(file: Uri, problem: string, detail?: string): Failure {
  return new Failure(`The file ${workspace.asRelativePath(file)} ${problem}.`, {
    reason: 'Source',
    nextStep: 'retry',
    detail,
  });
}
