import { parse as parseJson, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Format } from './content.ts';
import { asText, placeOf, type Place } from './text.ts';

/** Why a value is not readable as its format, and where. */
export interface Unreadable extends Place {
  readonly kind: 'unreadable';
  readonly problem: string;
}

/** What reading gives: a document, `opaque` for text and binary, which have no entries, or the fault. */
export type Reading =
  { readonly kind: 'document'; readonly root: unknown } | { readonly kind: 'opaque' } | Unreadable;

/** Reads bytes as their format. A byte order mark at the beginning is passed over. */
export function read(format: Format, bytes: Uint8Array): Reading {
  if (format === 'text' || format === 'binary') return { kind: 'opaque' };
  const whole = asText(bytes);
  if (whole === undefined) return notUtf8(bytes);
  const text = whole.replace(/^\uFEFF/, '');
  if (format === 'JSON') return readJson(text);
  if (format === 'YAML') return readYaml(text);
  return { kind: 'document', root: readProperties(text) };
}

function notUtf8(bytes: Uint8Array): Unreadable {
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const problem = utf16 ? 'it is UTF-16, not UTF-8' : 'it is not UTF-8';
  return { kind: 'unreadable', problem, line: 1, column: 1 };
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
  return Number.isSafeInteger(value) || String(value) === source ? value : `number ${source}`;
}

function readJson(text: string): Reading {
  try {
    const root: unknown = JSON.parse(text, exact);
    return { kind: 'document', root };
  } catch {
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
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(documents)) return { kind: 'document', root: null };
  for (const { errors } of documents) {
    const first = errors[0];
    if (first === undefined) continue;
    const { line, col } = lines.linePos(first.pos[0]);
    return { kind: 'unreadable', problem: inSentence(first.message), line, column: col };
  }
  try {
    const roots = documents.map((document) => document.toJS() as unknown);
    return { kind: 'document', root: roots.length === 1 ? roots[0] : roots };
  } catch (error) {
    // Aliases that multiply beyond all measure are found only when they are followed.
    const problem = inSentence(error instanceof Error ? error.message : String(error));
    return { kind: 'unreadable', problem, line: 1, column: 1 };
  }
}

function inSentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}

/** Lines of `key=value`; blank lines and lines that begin with `#` or `!` say nothing. */
function readProperties(text: string): Record<string, string> {
  const pairs = text.split(/\r\n|\n|\r/).flatMap((line): [string, string][] => {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#!]/.test(trimmed)) return [];
    const split = trimmed.indexOf('=');
    if (split < 0) return [[trimmed, '']];
    return [[trimmed.slice(0, split).trimEnd(), trimmed.slice(split + 1).trimStart()]];
  });
  return Object.fromEntries(pairs);
}
