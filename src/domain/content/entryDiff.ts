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
  return diffByName(before.entries, after.entries);
}

function diffByName(before: readonly Entry[], after: readonly Entry[]): EntryDiff {
  const left = new Map<string, string>();
  for (const { name, value } of before) left.set(name, value);
  const [added, changed]: [string[], string[]] = [[], []];
  for (const { name, value } of after) {
    const old = left.get(name);
    if (old === undefined) added.push(name);
    else if (old !== value) changed.push(name);
    left.delete(name);
  }
  return { added, removed: [...left.keys()], changed };
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
