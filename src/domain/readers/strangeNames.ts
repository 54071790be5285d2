import { isFields } from './json.ts';

/** Words of a text that are kept at most: a manifest is best effort, and must not fill the memory. */
const MOST_WORDS = 500;

/** What may be the name of an object. Source: `IsDNS1123Subdomain` of apimachinery. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The words of a text that could be names of ConfigMaps, each once. */
export function wordsOf(text: string): readonly string[] {
  const words = text.split(/[^-A-Za-z0-9_.]+/).map((word) => word.replace(/\.+$/, ''));
  return [...new Set(words.filter((word) => NAME.test(word)))].slice(0, MOST_WORDS);
}

/**
 * The names of ConfigMaps at places of a spec that are not among the known ones: under a field whose own name
 * speaks of a ConfigMap, and any text in parts that could not be read.
 */
export function strangeNames(
  spec: unknown,
  strange: readonly unknown[],
  known: ReadonlySet<string>,
): readonly string[] {
  const found = new Set<string>();
  collect(spec, '', (field, value) => {
    if (!/configmap/i.test(field) || !isFields(value)) return;
    const { name } = value;
    if (typeof name === 'string' && !known.has(name)) found.add(name);
  });
  for (const part of strange) {
    collect(part, '', (_field, value) => {
      if (typeof value === 'string' && NAME.test(value)) found.add(value);
    });
  }
  return [...found].slice(0, MOST_WORDS);
}

/**
 * Tells of every value in JSON, with the name of the field that it stands in, in the order of the text. The API
 * server takes a deeper nesting than calls can have.
 */
function collect(root: unknown, name: string, tell: (field: string, value: unknown) => void) {
  const waiting: (readonly [string, unknown])[] = [[name, root]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [field, value] = next;
    tell(field, value);
    if (Array.isArray(value)) {
      for (const each of (value as unknown[]).toReversed()) waiting.push([field, each]);
    } else if (isFields(value)) {
      for (const entry of Object.entries(value).toReversed()) waiting.push(entry);
    }
  }
}
