import type { Entries, Entry } from './entries.ts';

/** The names of the entries that came, went and changed. */
export interface EntryDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Compares two documents entry by entry. Named entries are matched by name; elements of arrays by
 * value, so that one element put in front is one added and not all changed.
 */
export function diffEntries(before: Entries, after: Entries): EntryDiff {
  if (before.kind === 'listed' && after.kind === 'listed') {
    return {
      added: missing(after.entries, before.entries),
      removed: missing(before.entries, after.entries),
      changed: [],
    };
  }
  const old = valuesByName(before);
  const fresh = valuesByName(after);
  return {
    added: [...fresh.keys()].filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !fresh.has(name)),
    changed: [...fresh].flatMap(([name, value]) =>
      old.has(name) && old.get(name) !== value ? [name] : [],
    ),
  };
}

function valuesByName({ entries }: Entries): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of entries) values.set(name, value);
  return values;
}

/** The names of the entries whose values are not among the others, each other value used up once. */
function missing(entries: readonly Entry[], others: readonly Entry[]): string[] {
  const left = new Map<string, number>();
  for (const { value } of others) left.set(value, (left.get(value) ?? 0) + 1);
  return entries.flatMap(({ name, value }) => {
    const count = left.get(value) ?? 0;
    if (count === 0) return [name];
    left.set(value, count - 1);
    return [];
  });
}
