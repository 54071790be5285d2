const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes as text with every character kept, a byte order mark too; nothing if not valid UTF-8. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset, where a line ends with LF, CRLF or CR. */
export function placeOf(text: string, offset: number): Place {
  const end = text.slice(offset - 1, offset + 1) === '\r\n' ? offset - 1 : offset;
  const lines = text.slice(0, end).split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

/** The number of bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What ends a line, and what a terminal would act upon. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** What turns the order of other characters around, also of those that come after the text. */
const TURNS = /\p{Bidi_Control}/gu;

/**
 * A text from outside as it is shown on a line of ours: it begins no other line, and leaves what stands beside it
 * as it is.
 */
export function onOneLine(text: string): string {
  return text.replaceAll(CONTROLS, ' ').replaceAll(TURNS, '\ufffd');
}

/**
 * A text from outside as a part of a sentence or row of ours, of `most` characters at most: what comes after it is
 * to be seen, too. VS Code shows 1000 of a notification.
 */
export function briefly(text: string, most = 300): string {
  const line = onOneLine(text).trim();
  return line.length > most ? `${line.slice(0, most).trimEnd()}…` : line;
}

/** The same of a text that begins with what and ends with why: it is cut in between. */
export function brieflyInside(text: string, most: number): string {
  const line = onOneLine(text).trim();
  if (line.length <= most) return line;
  const half = Math.floor(most / 2);
  return `${line.slice(0, half).trimEnd()}…${line.slice(-half).trimStart()}`;
}

/**
 * A text from outside as a notification may show it: VS Code makes links of `[words](address)`, and an address
 * may be a command.
 */
export function withoutLinks(text: string): string {
  return onOneLine(text).replaceAll('](', '] (');
}

/**
 * A text from outside as a row of a list or the status bar may show it: VS Code draws icons in place of `$(name)`,
 * and a `subPath` may be one. Source: `renderLabelWithIcons` of VS Code.
 */
export function withoutIcons(text: string): string {
  return onOneLine(text).replaceAll(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, '\\$&');
}
