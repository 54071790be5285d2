import type { Format } from './content.ts';

/** What the checks say about the new content of one key. Sizes are bytes, lines and columns count from 1. */
export type Verdict =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'fits' }
  | { readonly kind: 'nearLimit'; readonly total: number }
  | {
      readonly kind: 'empty';
      readonly entriesBefore: number | undefined;
      readonly bytesBefore: number;
    }
  | {
      readonly kind: 'muchSmaller';
      readonly of: 'entries' | 'bytes';
      readonly before: number;
      readonly after: number;
    }
  | {
      readonly kind: 'kindChanged';
      readonly from: 'text' | 'binary';
      readonly to: 'text' | 'binary';
    }
  | { readonly kind: 'tooLarge'; readonly total: number; readonly over: number }
  | {
      readonly kind: 'unreadable';
      readonly format: Format;
      readonly problem: string;
      readonly line: number;
      readonly column: number;
    }
  | { readonly kind: 'errorPage'; readonly source: string }
  | { readonly kind: 'immutable' }
  | { readonly kind: 'memoization' }
  | { readonly kind: 'keyNotAllowed'; readonly problem: string };

/**
 * What a verdict allows: `apply` at once, `ask` a second time and name what is lost, or `refuse`.
 */
export type Consequence = 'apply' | 'ask' | 'refuse';

/** What follows from one verdict. */
export function consequenceOf(verdict: Verdict): Consequence {
  switch (verdict.kind) {
    case 'unchanged':
    case 'fits':
    case 'nearLimit':
      return 'apply';
    case 'empty':
    case 'muchSmaller':
    case 'kindChanged':
      return 'ask';
    case 'tooLarge':
    case 'unreadable':
    case 'errorPage':
    case 'immutable':
    case 'memoization':
    case 'keyNotAllowed':
      return 'refuse';
  }
}
