import type { NewContent } from './cachePlan.ts';
import { fitOf, MAX_VALUE_BYTES, printBytes } from '../size.ts';

/** What would make a plan smaller that is too large, and by how much. Sizes are bytes. */
export interface Proposal {
  readonly kind: 'minify' | 'gzip';
  /** What would be planned in place of what was too large. */
  readonly contents: readonly NewContent[];
  /** What the values of the ConfigMap would take then, all together. */
  readonly total: number;
  readonly saved: number;
}

/** JSON without the white space between its signs; every sign, the spelling of numbers too, stays as it is. */
export function minifyJson(text: string): string {
  let inString = false;
  let minified = '';
  let kept = 0;
  for (let place = 0; place < text.length; place++) {
    const sign = text[place];
    if (inString && sign === '\\') place++;
    else if (sign === '"') inString = !inString;
    else if (!inString && (sign === ' ' || sign === '\n' || sign === '\r' || sign === '\t')) {
      minified += text.slice(kept, place);
      kept = place + 1;
    }
  }
  return minified + text.slice(kept);
}

/** The name of a key's content once it is gzipped. */
export function gzippedKey(key: string): string {
  return `${key}.gz`;
}

/** True where the ConfigMap could hold what is proposed. */
export function helps({ total }: Proposal): boolean {
  return fitOf(total) !== 'over';
}

/** What a proposal would bring, as a sentence. */
export function proposalSentence({ kind, contents, total, saved }: Proposal): string {
  const sizes = `${printBytes(saved)} less, ${printBytes(total)} of ${printBytes(MAX_VALUE_BYTES)}`;
  const end = fitOf(total) === 'over' ? ', which is still too much' : '';
  if (kind === 'minify') return `As JSON without white space: ${sizes}${end}.`;
  const names = contents.flatMap(({ key, content }) => (content === undefined ? [] : [key]));
  return `Gzipped as ${names.join(', ')}: ${sizes}${end}; its readers must know, and unpack it.`;
}

/** Into how many ConfigMaps values of so many bytes must be split at least, as a sentence. */
export function splitSentence(bytes: number): string {
  return `Split: at least ${Math.ceil(bytes / MAX_VALUE_BYTES)} ConfigMaps.`;
}
