import type { Value } from '../../domain/content/content.ts';
import { printCount } from '../../domain/size.ts';

/** Bytes of a binary value that are shown: enough to see what it is. */
const SHOWN_BYTES = 4096;

/** A value as the text of a read-only document: text as it is, binary as a table of its first bytes. */
export function readable({ kind, bytes }: Value): string {
  if (kind === 'text') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const rows = [`Binary, ${printCount(bytes.length, 'byte', 'bytes')}`, ''];
  for (let offset = 0; offset < Math.min(bytes.length, SHOWN_BYTES); offset += 16) {
    const row = [...bytes.subarray(offset, offset + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.'));
    rows.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text.join('')}`);
  }
  if (bytes.length > SHOWN_BYTES) rows.push('...');
  return `${rows.join('\n')}\n`;
}
