import { formatOf, type Value } from '../../content/content.ts';
import { entriesOf, unwrapped } from '../../content/entries.ts';
import { read } from '../../content/reading.ts';
import { isFields } from '../../readers/json.ts';
import type { LookUp } from './lookUp.ts';

/** How entries of a key are looked up, by its name and by what it holds now, and one of them. */
export function lookUpIn(
  key: string,
  value: Value | undefined,
): LookUp & { readonly entry: string } {
  const bytes = value?.bytes ?? new Uint8Array();
  const format = formatOf(key, bytes);
  if (format !== 'JSON' && format !== 'properties') {
    return { key, format, wrappers: [], by: 'nothing', entry: SOME_ENTRY };
  }
  const reading = read(format, bytes);
  if (reading.kind !== 'document') {
    return { key, format, wrappers: [], by: 'name', entry: SOME_ENTRY };
  }
  if (format === 'properties') return { key, format, wrappers: [], ...inObject(reading.root) };
  const { wrappers, value: inner } = unwrapped(reading.root);
  return { key, format, wrappers, ...(Array.isArray(inner) ? inList(inner) : inObject(inner)) };
}

type Found = Pick<LookUp, 'by'> & { readonly entry: string };

function inObject(root: unknown): Found {
  if (typeof root !== 'object') return { by: 'nothing', entry: SOME_ENTRY };
  return { by: 'name', entry: entriesOf({ ...root }).entries[0]?.name ?? SOME_ENTRY };
}

/** A list of texts and numbers is asked whether it has one; one of objects, for the object that is called so. */
function inList(list: readonly unknown[]): Found {
  if (list.every(isNameable)) return { by: 'element', entry: String(list[0] ?? SOME_ENTRY) };
  const [first] = list;
  const members = isFields(first) ? Object.keys(first) : [];
  const member = [...USUAL, ...members].find((each) => tellsApart(list, each));
  if (member === undefined || !isFields(first)) return { by: 'nothing', entry: SOME_ENTRY };
  return { by: { member }, entry: String(first[member]) };
}

/** What objects in lists are mostly told apart by. */
const USUAL = ['name', 'id', 'key'] as const;

const SOME_ENTRY = 'some-entry';

function tellsApart(list: readonly unknown[], member: string): boolean {
  const names = list.map((each) => (isFields(each) ? each[member] : undefined));
  return names.every(isNameable) && new Set(names.map(String)).size === names.length;
}

function isNameable(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
