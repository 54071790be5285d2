import { Uri, type TextDocumentContentProvider } from 'vscode';
import type { Value } from '../../domain/content/content.ts';
import { SCHEMES } from '../contributions.ts';
import { readable } from './readable.ts';

/** Contents that can still be shown; those that were shown longest ago are let go. */
const MOST = 200;

/** Contents that are shown and cannot be edited: earlier versions of a key, and what files and objects will be. */
export class PastTexts implements TextDocumentContentProvider {
  readonly #values = new Map<string, Value | undefined>();
  #count = 0;

  /** A document with this content: `label` says in its path what it is. Its number is where nobody reads it. */
  uriOf(key: string, label: string, value: Value | undefined): Uri {
    const id = String(++this.#count);
    this.#values.set(id, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > MOST && oldest !== undefined) this.#values.delete(oldest);
    return Uri.from({ scheme: SCHEMES.past, path: `/${label}/${key}`, query: id });
  }

  /** A document with this text. */
  uriOfText(name: string, label: string, text: string): Uri {
    return this.uriOf(name, label, { kind: 'text', bytes: new TextEncoder().encode(text) });
  }

  readonly provideTextDocumentContent = ({ query: id }: Uri): string => {
    if (!this.#values.has(id))
      return 'This content is not shown any more. Show it again from where it came.';
    const value = this.#values.get(id);
    return value === undefined ? '' : readable(value);
  };
}
