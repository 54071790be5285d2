import { isFields, type Fields } from './json.ts';
import { isPattern } from './use.ts';

/** Words of a text that are kept at most: a manifest is best effort, and must not fill the memory. */
const MOST_WORDS = 500;

/** What may be the name of an object. Source: `IsDNS1123Subdomain` of apimachinery. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** A placeholder of Argo. One that is not closed, or that holds another, is none here: time stays short for any text. */
const PLACEHOLDER = /\{\{[^{}]*\}\}/g;
const WORD = new RegExp(`(?:${PLACEHOLDER.source}|[-A-Za-z0-9_.])+`, 'g');

/** The words of a text that could be names of ConfigMaps, or patterns of such, each once. */
export function wordsOf(text: string): readonly string[] {
  const words = (text.match(WORD) ?? []).map((word) => word.replace(/(?<!\.)\.+$/, ''));
  return [...new Set(words.filter(mayBeName))].slice(0, MOST_WORDS);
}

/** A pattern needs a letter or digit of its own: `{{a}}-{{b}}` could be nearly any name. */
function mayBeName(word: string): boolean {
  if (!isPattern(word)) return NAME.test(word);
  return (
    /[a-z0-9]/.test(word.replace(PLACEHOLDER, '')) && NAME.test(word.replace(PLACEHOLDER, 'x'))
  );
}

/**
 * The names of ConfigMaps that stand at no place of a spec whose meaning is known: under a field whose own name
 * speaks of a ConfigMap, and any text in parts that could not be read.
 */
export function strangeNames(spec: unknown, strange: readonly unknown[]): readonly string[] {
  const [found, known] = [new Set<string>(), new Set<string>()];
  walk(spec, (value, field, holder) => {
    if (!/configmap/i.test(field) || !isFields(value)) return;
    const { name } = value;
    if (typeof name !== 'string') return;
    const isKnown = KNOWN_FIELDS.has(field) && (HOLDERS.has(holder) || SINGLE.has(holder));
    (isKnown ? known : found).add(name);
  });
  const names = [...found].filter((name) => !known.has(name));
  for (const part of strange) names.push(...textsIn(part).filter((text) => NAME.test(text)));
  return [...new Set(names)].slice(0, MOST_WORDS);
}

/** The texts in JSON, in their order. */
function textsIn(part: unknown): readonly string[] {
  const texts: string[] = typeof part === 'string' ? [part] : [];
  walk(part, (value) => {
    for (const each of Object.values(value)) if (typeof each === 'string') texts.push(each);
  });
  return texts;
}

/**
 * Tells of every object and array in JSON, in the order of the text, with the name of the field that it stands
 * in and of the field around that one. The API server takes a deeper nesting than calls can have.
 */
function walk(root: unknown, tell: (value: object, field: string, holder: string) => void): void {
  const waiting: (readonly [value: unknown, field: string, holder: string])[] = [[root, '', '']];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, field, holder] = next;
    if (typeof value !== 'object' || value === null) continue;
    tell(value, field, holder);
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) {
        waiting.push([value[index], field, holder]);
      }
    } else {
      const names = Object.keys(value);
      for (let index = names.length - 1; index >= 0; index--) {
        const name = names[index] ?? '';
        waiting.push([(value as Fields)[name], name, field]);
      }
    }
  }
}

/** Fields that hold a reference to a ConfigMap in a place whose meaning is known, mounted or not. */
const KNOWN_FIELDS = new Set(['configMap', 'configMapRef', 'configMapKeyRef']);
const HOLDERS = new Set(['volumes', 'sources', 'env', 'envFrom', 'parameters', 'semaphores']);
const SINGLE = new Set(['valueFrom', 'semaphore', 'cache', 'artifactRepositoryRef']);
