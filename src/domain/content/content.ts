import { asText } from '../text.ts';

/** How a value is kept in a ConfigMap: `data` holds text, `binaryData` everything else. */
export interface Value {
  readonly kind: 'text' | 'binary';
  readonly bytes: Uint8Array;
}

/** What the bytes of a key are read as. */
export type Format = 'JSON' | 'YAML' | 'properties' | 'text' | 'binary';

/** Text when the bytes are valid UTF-8, else binary: the rule of `kubectl create configmap`. */
export function valueOf(bytes: Uint8Array): Value {
  return { kind: asText(bytes) === undefined ? 'binary' : 'text', bytes };
}

/** True when both are kept the same way and have the same bytes. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.kind === other.kind &&
    one.bytes.length === other.bytes.length &&
    one.bytes.every((byte, index) => byte === other.bytes[index])
  );
}

/**
 * The format that the key's name promises; where the name says nothing, `properties` for lines of
 * `key=value`, else `text` or `binary` by the bytes.
 */
export function formatOf(key: string, bytes: Uint8Array): Format {
  const named = formatOfName(key);
  if (named !== undefined) return named;
  const text = asText(bytes);
  if (text === undefined) return 'binary';
  return looksLikeProperties(text) ? 'properties' : 'text';
}

function formatOfName(key: string): Format | undefined {
  const ending = /\.([^.]+)$/.exec(key)?.[1]?.toLowerCase();
  switch (ending) {
    case 'json':
      return 'JSON';
    case 'yaml':
    case 'yml':
      return 'YAML';
    case 'properties':
    case 'env':
      return 'properties';
    default:
      return undefined;
  }
}

/**
 * The language of an editor for a key whose name has none: by its content, where that can be told. Ids of
 * languages are those of VS Code.
 */
export function languageOf(
  key: string,
  bytes: Uint8Array,
): 'json' | 'yaml' | 'properties' | undefined {
  if (key.includes('.') && !key.startsWith('.')) return undefined;
  const text = asText(bytes)?.trim() ?? '';
  if (/^[{[]/.test(text) && isJson(text)) return 'json';
  if (/^(---(\s|$)|%YAML\s|[\w.-]+:(\s|$))/.test(text)) return 'yaml';
  return formatOf(key, bytes) === 'properties' ? 'properties' : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function looksLikeProperties(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*([#!]|$)/.test(line));
  return lines.length > 0 && lines.every((line) => /^\s*[^\s=<>{}]+\s*=/.test(line));
}

/**
 * True for an HTML page: the answer of a login form, a proxy or a broken server in place of data. It is
 * looked for at the beginning only, as browsers do.
 */
export function looksLikeHtml(bytes: Uint8Array): boolean {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const before = /^(ï»¿)?\s*(<\?xml[^>]*>\s*)?(<!--((?!-->)[^])*-->\s*)*/.exec(start)?.[0] ?? '';
  const rest = start.slice(before.length);
  return /^<(!doctype\s+html|html|head|body|title|style|script|h1)\b/i.test(rest);
}
