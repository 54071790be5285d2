import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { historyFailure } from '../../domain/failure.ts';
import { codeOf, writeWhole } from './durable.ts';

/** A content on disk: its SHA-256, its bytes, and when it was kept last, in milliseconds since the epoch. */
export interface KeptContent {
  readonly sha256: string;
  readonly bytes: number;
  readonly touched: number;
}

const SHA256 = /^[0-9a-f]{64}$/;
/** The ending of a content that is about to be removed. */
const LEAVING = '.leaving';

/** Contents as files that are named by their SHA-256. */
export class Contents {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Keeps a content; it ends when that would survive the machine's dying. What is there already is looked at:
   * in the place of something else, as of what was damaged, the content is written.
   */
  async keep(sha256: string, bytes: Uint8Array): Promise<void> {
    const file = this.#file(sha256);
    if (await holds(file, bytes)) {
      // Whoever is about to remove it sees that it is wanted again.
      const touched = await utimes(file, new Date(), new Date()).then(
        () => true,
        () => false,
      );
      if (touched) return;
    }
    await writeWhole(file, bytes);
  }

  /** The bytes of that SHA-256; nothing where they are not there. What is damaged is removed, and thrown. */
  async read(sha256: string): Promise<Uint8Array | undefined> {
    const file = this.#file(sha256);
    const bytes = (await readIfThere(file)) ?? (await readIfThere(`${file}${LEAVING}`));
    if (bytes === undefined) return undefined;
    if (createHash('sha256').update(bytes).digest('hex') === sha256) return new Uint8Array(bytes);
    // In its place the same content can be kept again.
    await rm(file, { force: true });
    throw historyFailure('has a content that was damaged on disk', file);
  }

  async isThere(sha256: string): Promise<boolean> {
    return await stat(this.#file(sha256)).then(
      () => true,
      () => false,
    );
  }

  /** All contents; what programs that died left behind is removed. */
  async all(now: number): Promise<readonly KeptContent[]> {
    const folders = await readdir(this.#folder).catch(() => []);
    const found: KeptContent[] = [];
    for (const folder of folders.filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      const parent = path.join(this.#folder, folder);
      for (const name of await readdir(parent).catch(() => [])) {
        const file = path.join(parent, name);
        const sha256 = name.endsWith(LEAVING) ? name.slice(0, -LEAVING.length) : name;
        const known = await stat(file).catch(() => undefined);
        if (known === undefined) continue;
        if (SHA256.test(sha256)) {
          found.push({ sha256, bytes: known.size, touched: known.mtimeMs });
        } else if (name.endsWith('.tmp') && now - known.mtimeMs > AN_HOUR) {
          await rm(file, { force: true });
        }
      }
    }
    return found;
  }

  /** Removes contents that nobody refers to; `isUsed` is asked again when they are out of reach already. */
  async remove(
    sha256s: readonly string[],
    isUsed: () => Promise<(sha256: string) => boolean>,
  ): Promise<void> {
    for (const sha256 of sha256s) {
      const file = this.#file(sha256);
      await rename(file, `${file}${LEAVING}`).catch(() => undefined);
    }
    const used = await isUsed();
    for (const sha256 of sha256s) {
      const file = this.#file(sha256);
      if (used(sha256)) await rename(`${file}${LEAVING}`, file).catch(() => undefined);
      else await rm(`${file}${LEAVING}`, { force: true });
    }
  }

  #file(sha256: string): string {
    return path.join(this.#folder, sha256.slice(0, 2), sha256);
  }
}

/** Milliseconds after which a file that was being written belongs to a program that died. */
const AN_HOUR = 3_600_000;

async function holds(file: string, bytes: Uint8Array): Promise<boolean> {
  const known = await stat(file).catch(() => undefined);
  if (known?.size !== bytes.length) return false;
  return (await readFile(file).catch(() => undefined))?.equals(bytes) === true;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
