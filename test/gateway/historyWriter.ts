/**
 * A window that does nothing but keep: `node historyWriter.ts <folder> <writer> <first> <count> <versions>
 * <bytes>`. Prints the number of each record once it is kept.
 */
import { createHash } from 'node:crypto';
import { HistoryFiles } from '../../src/gateway/history/historyFiles.ts';
import { chance } from '../fakes/chance.ts';

/** Which history they all write to. */
export const PLACE = { cluster: 'uid', namespace: 'argo', name: 'workflow-cache' };

/** The content that a record of this number has: others have others. */
export function contentOf(writer: string, number: number): Uint8Array {
  const size = 200 + chance(number)(20_000);
  const text = `${writer} ${number} `;
  return new Uint8Array(Buffer.from(text.repeat(Math.ceil(size / text.length))));
}

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Keeps one content as the version of a key. */
export async function keepOne(store: HistoryFiles, writer: string, number: number): Promise<void> {
  const bytes = contentOf(writer, number);
  const sha256 = sha256Of(bytes);
  const common = { at: new Date().toISOString(), uid: writer, key: `key-${number % 3}` };
  const stored = { sha256, bytes: bytes.length, stored: 'text', facts: {} } as const;
  const records = [{ kind: 'version', ...common, ...stored } as const];
  await store.keep(PLACE, records, new Map([[sha256, bytes]]));
}

if (process.argv[1] === import.meta.filename) {
  const [folder = '', writer = '', from = '', count = '', versions = '', bytes = ''] =
    process.argv.slice(2);
  const limits = { versionsPerKey: Number(versions), bytes: Number(bytes) };
  const store = new HistoryFiles(folder, () => limits);
  for (let number = Number(from); number < Number(from) + Number(count); number++) {
    await keepOne(store, writer, number);
    process.stdout.write(`${number}\n`);
  }
  await store.settled();
}
