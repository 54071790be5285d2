import { FileSystemError, FileType, Uri, workspace } from 'vscode';
import { sourceFailure, sourceTooLarge } from '../domain/failure.ts';
import { fileName } from '../domain/source.ts';
import type { SourceReader } from '../operations/ports.ts';

/** A source that is a file, on this machine or wherever the editor's file systems reach. */
interface LocalSource {
  readonly kind: 'file';
  readonly uri: string;
}

/** Reads files through the editor, as they are on disk: what is not saved is not read. */
export const fileSource: SourceReader<LocalSource> = {
  read: async ({ uri }, { maxBytes, progress }, signal) => {
    const file = Uri.parse(uri, true);
    const name = `The file ${fileName(uri)}`;
    const stat = await reading(name, () => workspace.fs.stat(file));
    if ((stat.type & FileType.Directory) !== 0) throw sourceFailure(name, 'is a folder');
    if (stat.size > maxBytes) throw sourceTooLarge(name, maxBytes);
    signal.throwIfAborted();
    const bytes = await reading(name, () => workspace.fs.readFile(file));
    signal.throwIfAborted();
    progress?.(bytes.length, stat.size);
    return { bytes };
  },
};

async function reading<T>(name: string, read: () => Thenable<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw sourceFailure(name, problemOf(error), String(error));
  }
}

function problemOf(error: unknown): string {
  const code = error instanceof FileSystemError ? error.code : '';
  if (code === FileSystemError.FileNotFound().code) return 'is not there';
  if (code === FileSystemError.NoPermissions().code) return 'may not be read';
  return 'cannot be read';
}
