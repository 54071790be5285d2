import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { inFolder, namesIn, syncFolder, writeWhole } from './durable.ts';
import { linesOf, NO_LINES, printLine, type Line, type Lines } from './lines.ts';

/** A file of a log as it was looked at. The time of its birth tells it from one that got its number later. */
interface Part {
  readonly file: string;
  readonly id: string;
  readonly size: number;
  readonly changed: number;
}

/** What was read of a log: of which files, how many bytes of each, and the lines that are in them. */
interface Known {
  readonly parts: readonly Part[];
  readonly ends: readonly number[];
  readonly lines: Lines;
}

/** The history of one name: a folder of files with a line for each time that something was kept. */
export class Log {
  readonly #folder: string;
  #known: Known | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Adds a line; it ends when that would survive the machine's dying. */
  async append(line: Line): Promise<void> {
    await this.#append(printLine(line));
  }

  /** All lines, each once, in the order in which they were written. What was read before is not read again. */
  async lines(): Promise<Lines> {
    for (;;) {
      const parts = await this.#parts();
      if (this.#known !== undefined && isSame(this.#known.parts, parts)) return this.#known.lines;
      const known = await readOn(this.#known, parts);
      // Read while another window moved files: what is there now is read again.
      if (!isSame(parts, await this.#parts())) continue;
      this.#known = known;
      return known.lines;
    }
  }

  /**
   * Writes the lines anew as `thin` gives them; lines that come meanwhile are there as well. A log of which
   * nothing is left has no file.
   */
  async rewrite(thin: (lines: readonly Line[]) => readonly Line[]): Promise<void> {
    const old = await this.#files();
    const known = await this.lines();
    const kept = [...known.newer, ...thin(known.understood).map(printLine)];
    if (kept.length > 0) await writeWhole(this.#fresh(), `${kept.join('\n')}\n`);
    for (const file of old) {
      const away = this.#fresh();
      await rename(file, away);
      const now = linesOf(await readFile(away, 'utf8'), known);
      const late = now.understood.slice(known.understood.length).map(printLine);
      late.unshift(...now.newer.slice(known.newer.length));
      for (const text of late) await this.#append(text);
      await rm(away, { force: true });
    }
    await syncFolder(this.#folder);
  }

  async remove(): Promise<void> {
    this.#known = undefined;
    for (const file of await this.#files()) await rm(file, { force: true });
  }

  async #append(line: string): Promise<void> {
    const file = path.join(this.#folder, 'log.jsonl');
    // A line break before it, too: the last line may be half of one, of a program that died.
    const text = `\n${line}\n`;
    // The file may be moved away by another window between its opening and the end of the writing.
    while (!(await appendTo(file, text)));
  }

  #fresh(): string {
    return path.join(this.#folder, `${randomBytes(8).toString('hex')}.jsonl`);
  }

  async #files(): Promise<readonly string[]> {
    const names = await namesIn(this.#folder);
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => path.join(this.#folder, name));
  }

  async #parts(): Promise<readonly Part[]> {
    const parts = (await this.#files()).map(async (file): Promise<Part> => {
      const { ino, birthtimeMs, size, mtimeMs } = (await stat(file).catch(nothing)) ?? NO_FILE;
      return { file, id: `${ino} ${birthtimeMs}`, size, changed: mtimeMs };
    });
    return await Promise.all(parts);
  }
}

const NO_FILE = { ino: 0, birthtimeMs: 0, size: 0, mtimeMs: 0 };

/** Appends in one write. False where the file is not at its place any more. */
async function appendTo(file: string, text: string): Promise<boolean> {
  const handle = await inFolder(path.dirname(file), () => open(file, 'a', 0o600));
  try {
    const before = await handle.stat({ bigint: true });
    const bytes = Buffer.from(text, 'utf8');
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) {
      throw Object.assign(new Error('Only a part could be written.'), { code: 'ENOSPC' });
    }
    const now = stat(file, { bigint: true }).catch(nothing);
    await handle.sync();
    if (before.size === 0n) await syncFolder(path.dirname(file));
    return (await now)?.ino === before.ino;
  } finally {
    await handle.close();
  }
}

/** Reads what was added since; all of it where it is not only more than before. */
async function readOn(before: Known | undefined, parts: readonly Part[]): Promise<Known> {
  const { ends, lines } =
    before !== undefined && isGrown(before.parts, parts) ? before : { ends: [], lines: NO_LINES };
  const added = await Promise.all(parts.map((part, index) => bytesOf(part, ends[index] ?? 0)));
  return {
    parts,
    // A line without an end may be half of one that is being written, and is read again.
    ends: added.map((bytes, index) => (ends[index] ?? 0) + bytes.lastIndexOf('\n') + 1),
    lines: linesOf(added.map((bytes) => bytes.toString('utf8')).join('\n'), lines),
  };
}

/** The bytes of a file from there on. */
async function bytesOf({ file, size }: Part, start: number): Promise<Buffer> {
  if (size <= start) return NO_BYTES;
  const handle = await open(file, 'r').catch(nothing);
  if (handle === undefined) return NO_BYTES;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size - start), {
      position: start,
    });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const NO_BYTES = Buffer.alloc(0);

function isSame(before: readonly Part[], now: readonly Part[]): boolean {
  return (
    isGrown(before, now) &&
    now.every(({ size, changed }, index) => {
      return size === before[index]?.size && changed === before[index].changed;
    })
  );
}

/** True for the same files, none of them shorter. */
function isGrown(before: readonly Part[], now: readonly Part[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ file, id, size }, index) => {
      const was = before[index];
      return was !== undefined && file === was.file && id === was.id && size >= was.size;
    })
  );
}

function nothing(): undefined {
  return undefined;
}
