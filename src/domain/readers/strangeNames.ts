import { isFields, textOr } from './json.ts';

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
 * The names of ConfigMaps that stand at no place of a spec whose meaning is known: under a field whose own name
 * speaks of a ConfigMap, and any text in parts that could not be read.
 */
export function strangeNames(spec: unknown, strange: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  const known = new Set(namesAt(spec));
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

/** Fields that hold a reference to a ConfigMap in a place whose meaning is known, mounted or not. */
const KNOWN_FIELDS = new Set(['configMap', 'configMapRef', 'configMapKeyRef']);
const HOLDERS = new Set(['volumes', 'sources', 'env', 'envFrom', 'parameters', 'semaphores']);
const SINGLE = new Set(['valueFrom', 'semaphore', 'cache', 'artifactRepositoryRef']);

/**
 * The names of ConfigMaps at places that are known, whether somebody reads them there or not. The API server
 * takes a deeper nesting than calls can have.
 */
function namesAt(spec: unknown): readonly string[] {
  const names: string[] = [];
  const waiting: (readonly [string, unknown])[] = [['', spec]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [holder, value] = next;
    if (Array.isArray(value)) {
      for (const each of value as unknown[]) waiting.push([holder, each]);
    } else if (isFields(value)) {
      for (const [field, inner] of Object.entries(value)) {
        const isKnown = KNOWN_FIELDS.has(field) && (HOLDERS.has(holder) || SINGLE.has(holder));
        if (isKnown && isFields(inner)) names.push(textOr(inner['name']));
        else waiting.push([field, inner]);
      }
    }
  }
  return names;
}
