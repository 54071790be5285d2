import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from './durable.ts';

const UID = /^[0-9A-Za-z-]{1,64}$/;

/** Which uid a cluster had that is known from outside by its fingerprint: one small file for each. */
export class ClusterUids {
  readonly #folder: string;
  readonly #isKept: () => boolean;

  /** The folder need not be there yet. Nothing is written while `isKept` says no. */
  constructor(folder: string, isKept: () => boolean) {
    this.#folder = folder;
    this.#isKept = isKept;
  }

  /** The uid that was remembered; nothing where none was, or where it cannot be read. */
  async uidOf(fingerprint: string): Promise<string | undefined> {
    const text = await readFile(this.#file(fingerprint), 'utf8').catch(() => '');
    return UID.test(text) ? text : undefined;
  }

  /** Remembers a uid. Where that cannot be written, only the way back is missing that it would have opened. */
  async remember(fingerprint: string, uid: string): Promise<void> {
    if (!this.#isKept() || (await this.uidOf(fingerprint)) === uid) return;
    await writeWhole(this.#file(fingerprint), uid).catch(() => undefined);
  }

  #file(fingerprint: string): string {
    return path.join(this.#folder, fingerprint);
  }
}
