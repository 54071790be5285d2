import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isRecord, type HistoryPlace, type HistoryRecord } from '../../domain/history.ts';
import { codeOf, makeFolder, syncFolder, writeWhole } from './durable.ts';

/** The format of the lines that are written here. */
const FORMAT = 1;

/** What was kept together: a line of a log, there as a whole or not at all. */
export interface Line {
  readonly place: HistoryPlace;
  readonly records: readonly HistoryRecord[];
}

/** The lines of a log. Those of a newer format are not understood, and are kept as they are. */
export interface Lines {
  readonly understood: readonly Line[];
  readonly newer: readonly string[];
}

/** The history of one name: a folder of files with a line for each time that something was kept. */
export class Log {
  readonly #folder: string;
  #read: { readonly stamp: string; readonly lines: Lines } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Adds a line; it ends when that would survive the machine's dying. */
  async append(line: Line): Promise<void> {
    const file = path.join(this.#folder, 'log.jsonl');
    await makeFolder(this.#folder);
    // A line break before it, too: the last line may be half of one, of a program that died.
    const text = `\n${JSON.stringify({ v: FORMAT, ...line })}\n`;
    // The file may be moved away by another window between its opening and the end of the writing.
    while (!(await appendTo(file, text)));
  }

  /** All lines, each once, in the order in which they were written. */
  async lines(): Promise<Lines> {
    for (;;) {
      const files = await this.#files();
      const stamp = await stampOf(files);
      if (this.#read?.stamp === stamp) return this.#read.lines;
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
      // Read while another window moved files: what is there now is read again.
      if (stamp !== (await stampOf(await this.#files()))) continue;
      const lines = linesOf(texts);
      this.#read = { stamp, lines };
      return lines;
    }
  }

  /** Writes the lines anew as `thin` gives them; lines that come meanwhile are there as well. */
  async rewrite(thin: (lines: readonly Line[]) => readonly Line[]): Promise<void> {
    const old = await this.#files();
    const { understood, newer } = await this.lines();
    const kept = [
      ...newer,
      ...thin(understood).map((line) => JSON.stringify({ v: FORMAT, ...line })),
    ];
    await writeWhole(this.#fresh(), `${kept.join('\n')}\n`);
    const known = new Set(understood.map((line) => JSON.stringify(line)));
    for (const file of old) {
      const away = this.#fresh();
      await rename(file, away);
      const late = linesOf([await readFile(away, 'utf8')]).understood.filter(
        (line) => !known.has(JSON.stringify(line)),
      );
      for (const line of late) await this.append(line);
      await rm(away, { force: true });
    }
    await syncFolder(this.#folder);
  }

  async remove(): Promise<void> {
    for (const file of await this.#files()) await rm(file, { force: true });
  }

  #fresh(): string {
    return path.join(this.#folder, `${randomBytes(8).toString('hex')}.jsonl`);
  }

  async #files(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => path.join(this.#folder, name));
  }
}

/** Appends in one write. False where the file is not at its place any more. */
async function appendTo(file: string, text: string): Promise<boolean> {
  const handle = await open(file, 'a', 0o600);
  try {
    const before = await handle.stat();
    const bytes = Buffer.from(text, 'utf8');
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) {
      throw Object.assign(new Error('Only a part could be written.'), { code: 'ENOSPC' });
    }
    await handle.sync();
    if (before.size === 0) await syncFolder(path.dirname(file));
    const now = await stat(file, { bigint: true }).catch(() => undefined);
    return now?.ino === (await handle.stat({ bigint: true })).ino;
  } finally {
    await handle.close();
  }
}

/** What changes when any of the files does. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return JSON.stringify(stats.map((each) => [each?.ino, each?.size, each?.mtimeMs]));
}

function linesOf(texts: readonly string[]): Lines {
  const understood: Line[] = [];
  const newer: string[] = [];
  const seen = new Set<string>();
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (line === '' || seen.has(line)) continue;
      seen.add(line);
      const parsed = parse(line);
      if (parsed === 'newer') newer.push(line);
      else if (parsed !== undefined) understood.push(parsed);
    }
  }
  return { understood, newer };
}

function parse(line: string): Line | 'newer' | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null || !('v' in read)) return undefined;
  if (typeof read.v === 'number' && read.v > FORMAT) return 'newer';
  const { place, records } = read as Partial<Line>;
  if (place === undefined || !Array.isArray(records)) return undefined;
  return { place, records: records.filter(isRecord) };
}
