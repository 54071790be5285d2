import type { Format } from '../content/content.ts';

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
  | {
      readonly kind: 'removed';
      readonly entriesBefore: number | undefined;
      readonly bytesBefore: number;
    }
  /** Bytes that are no text were decoded as text, and what they were is not in the new content. */
  | { readonly kind: 'bytesReplaced' }
  | { readonly kind: 'tooLarge'; readonly total: number; readonly over: number }
  | {
      readonly kind: 'unreadable';
      readonly format: Format;
      readonly problem: string;
      readonly line: number;
      readonly column: number;
    }
  /** Fetched text that holds neither names nor lists, where that is new: it may be a message in place of data. */
  | { readonly kind: 'withoutNames' }
  | { readonly kind: 'errorPage'; readonly source: string | undefined }
  | { readonly kind: 'immutable' }
  | { readonly kind: 'memoization' }
  | { readonly kind: 'keyNotAllowed'; readonly problem: string };

/**
 * What a verdict allows: `apply` at once, `ask` a second time and name what is lost, or `refuse`.
 */
export type Consequence = 'apply' | 'ask' | 'refuse';

/**
 * What follows from one verdict. What a fetched content must not be, a person may mean: people save
 * halfway.
 */
export function consequenceOf(verdict: Verdict, fetched: boolean): Consequence {
  switch (verdict.kind) {
    case 'unchanged':
    case 'fits':
    case 'nearLimit':
      return 'apply';
    case 'empty':
    case 'muchSmaller':
    case 'kindChanged':
    case 'removed':
    case 'bytesReplaced':
    case 'withoutNames':
      return 'ask';
    case 'unreadable':
    case 'errorPage':
      return fetched ? 'refuse' : 'ask';
    case 'tooLarge':
    case 'immutable':
    case 'memoization':
    case 'keyNotAllowed':
      return 'refuse';
  }
}
