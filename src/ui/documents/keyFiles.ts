import {
  EventEmitter,
  FileChangeType,
  FilePermission,
  FileSystemError,
  FileType,
  Disposable,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type Uri,
} from 'vscode';
import { isFailure, type Failure } from '../../domain/failure.ts';
import type { OpenKeys } from '../../operations/keys/openKeys.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Choice } from '../choice.ts';
import { addressOf, keyOf, type CacheAddress } from './keyAddress.ts';

/** What happens when a file is saved: it writes the cluster, or throws why not. */
export type SaveKey = (uri: Uri, bytes: Uint8Array) => Promise<void>;

/** Keys of caches as files: what is saved is planned and applied, what changes is followed. */
export class KeyFiles implements FileSystemProvider {
  readonly #operations: () => Promise<Operations>;
  readonly #choice: Choice;
  readonly #save: SaveKey;
  readonly #say: (failure: Failure, uri: Uri) => void;
  /** What was said last of files that cannot be read. */
  readonly #said = new Map<string, string>();
  /** The files that were read in this window. */
  readonly #read = new Set<string>();
  /** Each begins a watch anew. */
  readonly #watches = new Set<() => void>();
  readonly #changes = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changes.event;

  constructor(of: {
    readonly operations: () => Promise<Operations>;
    readonly choice: Choice;
    readonly save: SaveKey;
    /** Says why a file cannot be read: in its place VS Code writes of an unexpected error only. */
    readonly say: (failure: Failure, uri: Uri) => void;
  }) {
    this.#operations = of.operations;
    this.#choice = of.choice;
    this.#save = of.save;
    this.#say = of.say;
    of.choice.onDidChoose(() => {
      for (const begin of this.#watches) begin();
    });
  }

  readonly watch = (uri: Uri): Disposable => {
    const address = keyOf(uri);
    if (address === undefined) return new Disposable(() => undefined);
    const tell = (change: 'changed' | 'removed') => {
      const type = change === 'changed' ? FileChangeType.Changed : FileChangeType.Deleted;
      this.#changes.fire([{ type, uri }]);
    };
    let end = new AbortController();
    const begin = () => {
      end.abort();
      const { signal } = (end = new AbortController());
      this.#keys(address).then(
        (keys) => {
          if (!signal.aborted) keys.follow(address, tell, signal);
        },
        () => undefined,
      );
    };
    this.#watches.add(begin);
    begin();
    return new Disposable(() => {
      this.#watches.delete(begin);
      end.abort();
    });
  };

  readonly stat = async (uri: Uri): Promise<FileStat> => {
    const address = keyOf(uri);
    if (address === undefined) return FOLDER;
    const stat = await this.#asFile(uri, async () =>
      (await this.#keys(address)).stat(address, NEVER),
    );
    return {
      type: FileType.File,
      size: stat.bytes,
      ctime: stat.created,
      mtime: stat.changed,
      ...(stat.readOnly === undefined ? {} : { permissions: FilePermission.Readonly }),
    };
  };

  readonly readFile = async (uri: Uri): Promise<Uint8Array> => {
    const address = keyOf(uri);
    if (address === undefined) throw FileSystemError.FileIsADirectory(uri);
    const bytes = await this.#asFile(uri, async () =>
      (await this.#keys(address)).read(address, NEVER),
    );
    this.#read.add(uri.toString());
    return bytes;
  };

  readonly readDirectory = async (uri: Uri): Promise<[string, FileType][]> => {
    const address = addressOf(uri);
    if (address === undefined || address.key !== undefined) return [];
    const keys = await this.#asFile(uri, async () =>
      (await this.#keys(address)).keys(address, NEVER),
    );
    return keys.map((key) => [key, FileType.File]);
  };

  readonly writeFile = async (uri: Uri, bytes: Uint8Array): Promise<void> => {
    try {
      await this.#save(uri, bytes);
    } catch (error) {
      throw isFailure(error) ? FileSystemError.Unavailable(error.message) : error;
    }
  };

  readonly createDirectory = (): never => {
    throw FileSystemError.NoPermissions('Caches are created by Create Cache.');
  };

  readonly delete = (): never => {
    throw FileSystemError.NoPermissions('Keys are deleted by Delete Key.');
  };

  readonly rename = (): never => {
    throw FileSystemError.NoPermissions('Keys are renamed by Rename Key.');
  };

  /** Does something for a file; says why it failed in the words of the failure. */
  async #asFile<T>(uri: Uri, work: () => Promise<T>): Promise<T> {
    const id = uri.toString();
    try {
      const done = await work();
      this.#said.delete(id);
      return done;
    } catch (error) {
      if (!isFailure(error)) throw error;
      // Of a file that was open VS Code shows by itself that it is gone; of another it would say nothing else.
      const isGone = error.reason === 'NotFound' || error.reason === 'AlreadyExists';
      if (isGone && this.#read.has(id)) throw FileSystemError.FileNotFound(uri);
      if (this.#said.get(id) !== error.message) this.#say(error, uri);
      this.#said.set(id, error.message);
      throw FileSystemError.Unavailable(error.message);
    }
  }

  /** The open keys, where the context is one of those that may be contacted. */
  async #keys({ ref }: CacheAddress): Promise<OpenKeys> {
    await this.#choice.check(ref);
    return (await this.#operations()).openKeys;
  }
}

const NEVER = new AbortController().signal;

/** A folder above keys: VS Code asks for it, and shows nothing of it. */
const FOLDER: FileStat = { type: FileType.Directory, size: 0, ctime: 0, mtime: 0 };
