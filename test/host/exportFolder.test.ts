import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  Disposable,
  EventEmitter,
  FileSystemError,
  FileType,
  Uri,
  workspace,
  type FileChangeEvent,
  type FileSystemProvider,
} from 'vscode';
import { namesThere, writeInto } from '../../src/ui/flows/keys/exportFolder.ts';

const values = new Map(
  ['a.json', 'A.json', 'b'].map((name) => {
    return [name, { kind: 'text', bytes: new TextEncoder().encode(name) }] as const;
  }),
);

/** A file system as on Windows and macOS: it keeps the case of names, and does not tell them apart by it. */
class Folding implements FileSystemProvider {
  readonly files = new Map<string, { readonly name: string; readonly bytes: Uint8Array }>();
  readonly onDidChangeFile = new EventEmitter<FileChangeEvent[]>().event;
  readonly watch = () => new Disposable(() => undefined);
  readonly stat = (uri: Uri) => {
    if (uri.path === '/') return { type: FileType.Directory, size: 0, ctime: 0, mtime: 0 };
    const size = this.readFile(uri).length;
    return { type: FileType.File, size, ctime: 0, mtime: 0 };
  };
  readonly readFile = (uri: Uri) => {
    const file = this.files.get(uri.path.toLowerCase());
    if (file === undefined) throw FileSystemError.FileNotFound(uri);
    return file.bytes;
  };
  readonly writeFile = ({ path: name }: Uri, bytes: Uint8Array) => {
    const known = this.files.get(name.toLowerCase());
    this.files.set(name.toLowerCase(), { name: known?.name ?? name, bytes });
  };
  readonly readDirectory = () =>
    [...this.files.values()].map(
      ({ name }) => [name.slice(1), FileType.File] as [string, FileType],
    );
  readonly createDirectory = () => undefined;
  readonly delete = () => undefined;
  readonly rename = () => undefined;
}

describe('keys that are exported into a folder', () => {
  it('are files of their names where names that differ in case are two', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'export-'));
    assert.deepEqual(await writeInto(Uri.file(folder), values), []);
    for (const name of values.keys()) {
      assert.equal(await readFile(path.join(folder, name), 'utf8'), name);
    }
    assert.deepEqual(await namesThere(Uri.file(folder), ['a.json', 'c']), ['a.json']);
    await rm(folder, { recursive: true });
  });

  it('do not overwrite each other where such names are one, and it is known who was left out', async () => {
    const system = new Folding();
    const registered = workspace.registerFileSystemProvider('folding', system);
    const folder = Uri.parse('folding:/');
    assert.deepEqual(await namesThere(folder, ['b', 'B']), []);
    assert.deepEqual(await writeInto(folder, values), ['A.json']);
    assert.deepEqual(
      [...system.files.values()].map(({ bytes }) => new TextDecoder().decode(bytes)),
      ['a.json', 'b'],
    );
    assert.deepEqual(await namesThere(folder, ['B', 'c']), ['B']);
    registered.dispose();
  });
});
