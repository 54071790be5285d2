import { mkdtemp, readFile, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Shell } from './shells.ts';

/** Stands before the real curl, which it runs. */
const PROGRAM = `#!/bin/sh
printf '%s\\0' "$@" '' >> "$CURL_RECORD/told"
exec "$CURL" "$@" --verbose 2>> "$CURL_RECORD/said"
`;

/** What a shell's curl is told in the runs that have its `env`. */
export class RecordedCurl {
  readonly env: Readonly<Record<string, string>>;
  /** Where it writes down what it is told, and says what it does as it does it. */
  readonly #folder: string;

  private constructor(folder: string, shell: Shell) {
    const [programs = ''] = shell.path.split(path.delimiter);
    this.#folder = folder;
    this.env = {
      PATH: `${folder}${path.delimiter}${shell.path}`,
      CURL: path.join(programs, 'curl'),
      CURL_RECORD: folder,
    };
  }

  static async of(shell: Shell, directory: string): Promise<RecordedCurl> {
    const folder = await mkdtemp(path.join(directory, 'curl-'));
    await writeFile(path.join(folder, 'curl'), PROGRAM, { mode: 0o755 });
    await writeFile(path.join(folder, 'said'), '');
    return new RecordedCurl(folder, shell);
  }

  /** The arguments of each request, in order. */
  async told(): Promise<readonly (readonly string[])[]> {
    const text = await readFile(path.join(this.#folder, 'told'), 'utf8');
    return text
      .split('\0\0')
      .slice(0, -1)
      .map((each) => each.split('\0'));
  }

  /** Waits until it says this, from now on. */
  async says(words: RegExp): Promise<void> {
    for await (const { filename } of watch(this.#folder)) {
      if (filename !== 'said') continue;
      if (words.test(await readFile(path.join(this.#folder, 'said'), 'utf8'))) return;
    }
  }
}
