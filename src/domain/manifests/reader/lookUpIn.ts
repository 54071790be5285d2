import { formatOf, type Value } from '../../content/content.ts';
import { entriesOf, wrappersOf } from '../../content/entries.ts';
import { read } from '../../content/reading.ts';
import type { LookUp } from './lookUp.ts';

/** How entries of a key are looked up, by its name and by what it holds now, and one of them. */
export function lookUpIn(
  key: string,
  value: Value | undefined,
): LookUp & { readonly entry: string } {
  const bytes = value?.bytes ?? new Uint8Array();
  const format = formatOf(key, bytes);
  const reading = read(format, bytes);
  if (reading.kind !== 'document') return { key, format, wrappers: [], entry: SOME_ENTRY };
  const [first] = entriesOf(reading.root).entries;
  const wrappers = format === 'JSON' ? wrappersOf(reading.root) : [];
  return { key, format, wrappers, entry: first?.name ?? SOME_ENTRY };
}

const SOME_ENTRY = 'some-entry';
