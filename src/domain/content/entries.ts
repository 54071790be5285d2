import { isFields } from '../readers/json.ts';

/** One entry of a look-up: what it is called and its value, written so that equal means the same. */
export interface Entry {
  readonly name: string;
  readonly value: string;
}

/**
 * The entries of a document. `named` ones are the members of an object or the lines of `key=value`;
 * `listed` ones are the elements of an array, where the place of an element says nothing.
 */
export interface Entries {
  readonly kind: 'named' | 'listed';
  readonly entries: readonly Entry[];
}

/**
 * The entries of a document: the members of its outermost object or array. An object that only wraps
 * one other object or array, as in `{"items": [...]}`, is passed through.
 */
export function entriesOf(root: unknown): Entries {
  return outermost(unwrapped(root).value);
}

/**
 * The entries of two documents that are to be compared: a wrapping object is passed through only where
 * both have it by the same name, so that both are read to the same depth.
 */
export function entriesOfBoth(one: unknown, other: unknown): readonly [Entries, Entries] {
  const [inOne, inOther] = [wrappedIn(one), wrappedIn(other)];
  if (inOne === undefined || inOther === undefined || inOne.name !== inOther.name) {
    return [outermost(one), outermost(other)];
  }
  return entriesOfBoth(inOne.value, inOther.value);
}

function outermost(root: unknown): Entries {
  if (Array.isArray(root)) {
    const entries = root.map((value, index) => ({ name: `[${index}]`, value: canonical(value) }));
    return { kind: 'listed', entries };
  }
  if (root === null || root === undefined) return { kind: 'named', entries: [] };
  const members = isFields(root) ? root : { value: root };
  const entries = Object.keys(members).map((name) => ({ name, value: canonical(members[name]) }));
  return { kind: 'named', entries };
}

/** The one object or array that an object wraps, if that is all it does. */
function wrappedIn(root: unknown): { name: string; value: object } | undefined {
  if (!isFields(root)) return undefined;
  const [name, another] = Object.keys(root);
  if (name === undefined || another !== undefined) return undefined;
  const value = root[name];
  return typeof value === 'object' && value !== null ? { name, value } : undefined;
}

/** Like JSON, with the members of every object in the order of their names. */
function canonical(value: unknown): string {
  // Most look-up data is flat, and there are many entries: a text needs no more than a mark.
  if (typeof value === 'string') return `"${value}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return JSON.stringify(value, (_key, inner: unknown) =>
    isFields(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What is left of a document when the objects that only wrap it are passed through, and their names from the outside in. */
export function unwrapped(root: unknown): {
  readonly wrappers: readonly string[];
  readonly value: unknown;
} {
  const inner = wrappedIn(root);
  if (inner === undefined) return { wrappers: [], value: root };
  const { wrappers, value } = unwrapped(inner.value);
  return { wrappers: [inner.name, ...wrappers], value };
}
