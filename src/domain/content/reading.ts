import { parse as parseJson, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { isMap, isScalar, parseAllDocuments, visit, type Document, type YAMLMap } from 'yaml';
import type { Format } from './content.ts';
import { asText, placeOf, type Place } from '../text.ts';

/** Why a value is not readable as its format, and where. */
export interface Unreadable extends Place {
  readonly kind: 'unreadable';
  readonly problem: string;
}

/** What was read. Prose is a value outside of any object and list, or lines without `=` and `:`, as messages are. */
export interface ReadDocument {
  readonly kind: 'document';
  readonly root: unknown;
  readonly isProse: boolean;
}

/** What reading gives: a document, `opaque` for text and binary, which have no entries, or the fault. */
export type Reading = ReadDocument | { readonly kind: 'opaque' } | Unreadable;

/** Reads bytes as their format. A byte order mark at the beginning is passed over. */
export function read(format: Format, bytes: Uint8Array): Reading {
  if (format === 'text' || format === 'binary') return { kind: 'opaque' };
  const whole = asText(bytes);
  if (whole === undefined) return notUtf8(bytes);
  const text = whole.replace(/^\uFEFF/, '');
  try {
    if (format === 'JSON') return readJson(text);
    if (format === 'YAML') return readYaml(text);
    return readLines(text);
  } catch (error) {
    // Parsers call themselves for each level, and there is an end to that.
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'unreadable', problem: 'it is nested too deeply', line: 1, column: 1 };
  }
}

function documentOf(root: unknown): ReadDocument {
  return { kind: 'document', root, isProse: typeof root !== 'object' };
}

function notUtf8(bytes: Uint8Array): Unreadable {
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const problem = utf16 ? 'it is UTF-16, not UTF-8' : 'it is not UTF-8';
  const before = beginning(bytes, beginningLength(bytes)) ?? '';
  return { kind: 'unreadable', problem, ...placeOf(before, before.length) };
}

/** The most bytes from the beginning that are UTF-8, found by halving. */
function beginningLength(bytes: Uint8Array): number {
  let [most, limit] = [0, bytes.length];
  while (most < limit) {
    const middle = Math.ceil((most + limit) / 2);
    if (beginning(bytes, middle) === undefined) limit = middle - 1;
    else most = middle;
  }
  return most;
}

/** So many bytes as text, without a character that is cut off at the end; nothing if not UTF-8. */
function beginning(bytes: Uint8Array, length: number): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), {
      stream: true,
    });
  } catch {
    return undefined;
  }
}

/** Numbers keep the digits they were written with where JavaScript would round them. */
function exact(
  this: unknown,
  _key: string,
  value: unknown,
  context?: { source?: string },
): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return isExact(value, source) ? value : `number ${source}`;
}

/** True when no other number, written with other digits, would have become the same value. */
function isExact(value: number, source: string): boolean {
  // A double keeps any fifteen digits apart.
  const digits = source.replace(/e.*$/i, '').replace(/[-+.]/g, '').replace(/^0+/, '');
  return (Number.isFinite(value) && digits.length <= 15) || String(value) === source;
}

/**
 * True when no number can be rounded, and so few brackets open that nothing is nested too deeply. The
 * callback, which finds both, takes three times as long as reading.
 */
function isSimple(text: string): boolean {
  return !/\d(?:[eE]|[\d.]{15})/.test(text) && (text.match(/[[{]/g)?.length ?? 0) < 2000;
}

function readJson(text: string): Reading {
  try {
    const root: unknown = isSimple(text) ? JSON.parse(text) : JSON.parse(text, exact);
    return documentOf(root);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // JSON.parse says where only in prose, and not always; the second parser is asked for the place.
    const errors: ParseError[] = [];
    parseJson(text, errors, { disallowComments: true });
    const first = errors[0];
    const place = placeOf(text, first?.offset ?? text.length);
    const problem =
      first === undefined ? 'it is cut off' : spelledOut(printParseErrorCode(first.error));
    return { kind: 'unreadable', problem, ...place };
  }
}

/** `CloseBraceExpected` becomes `close brace expected`. */
function spelledOut(code: string): string {
  return code.replace(/(?<=.)([A-Z])/g, ' $1').toLowerCase();
}

function readYaml(text: string): Reading {
  const documents = parseAllDocuments(text, {
    merge: true,
    prettyErrors: false,
    // The parser compares each name with all others, which takes seconds; checkNodes does it at once.
    uniqueKeys: false,
    // Odd keys are no fault, and nobody reads warnings on a console.
    logLevel: 'error',
  });
  if (!Array.isArray(documents)) return documentOf(null);
  for (const document of documents) {
    const fault = syntaxFault(document) ?? checkNodes(document);
    if (fault === undefined) continue;
    const { problem, offset } = fault;
    return { kind: 'unreadable', problem, ...placeOf(text, offset) };
  }
  try {
    // Empty documents, as a line `---` at the end makes one, say nothing.
    const roots = documents
      .map((document) => document.toJS() as unknown)
      .filter((root) => root !== null);
    return documentOf(roots.length > 1 ? roots : (roots[0] ?? null));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // Aliases that multiply beyond all measure are found only when they are followed.
    const problem = inSentence(error instanceof Error ? error.message : String(error));
    return { kind: 'unreadable', problem, line: 1, column: 1 };
  }
}

interface Fault {
  readonly problem: string;
  readonly offset: number;
}

function syntaxFault({ errors: [first] }: Document.Parsed): Fault | undefined {
  return first && { problem: inSentence(first.message), offset: first.pos[0] };
}

/**
 * Gives numbers that JavaScript would round the digits they were written with, and finds a name that is
 * given twice, and an alias that stands for nothing or for something that it is itself in.
 */
function checkNodes(document: Document.Parsed): Fault | undefined {
  const anchors = new Map<string, unknown>();
  let fault: Fault | undefined;
  visit(document, {
    Value(key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) fault = nameTwice(node);
      if (fault !== undefined) return visit.BREAK;
      if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) {
        if (isExact(node.value, node.source)) return undefined;
        node.value = key === 'key' ? node.source : `number ${node.source}`;
      }
      return undefined;
    },
    Alias(_key, { source, range }, path) {
      const target = anchors.get(source);
      if (target !== undefined && !path.some((outer) => outer === target)) return undefined;
      const why = target === undefined ? 'has no anchor before it' : 'is within its own anchor';
      fault = { problem: `the alias *${source} ${why}`, offset: range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return fault;
}

function nameTwice({ items }: YAMLMap): Fault | undefined {
  const names = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const name = typeof key.value === 'number' ? (key.source ?? key.value) : key.value;
    if (names.has(name)) {
      return { problem: `the name ${String(name)} is given twice`, offset: key.range?.[0] ?? 0 };
    }
    names.add(name);
  }
  return undefined;
}

function inSentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}

function readLines(text: string): ReadDocument {
  const root = readProperties(text);
  const isNamed = /^\s*(?![#!\s]).*[=:]/m.test(text);
  return { kind: 'document', root, isProse: Object.keys(root).length > 0 && !isNamed };
}

/** Lines of `key=value`, or `key: value` as Java allows; blank lines and lines that begin with `#` or `!` say nothing. */
function readProperties(text: string): Record<string, string> {
  const pairs = text.split(/\r\n|\n|\r/).flatMap((line): [string, string][] => {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#!]/.test(trimmed)) return [];
    const split = trimmed.indexOf(trimmed.includes('=') ? '=' : ':');
    if (split < 0) return [[trimmed, '']];
    return [[trimmed.slice(0, split).trimEnd(), trimmed.slice(split + 1).trimStart()]];
  });
  return Object.fromEntries(pairs);
}
