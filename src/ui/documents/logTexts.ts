import {
  EventEmitter,
  Uri,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
} from 'vscode';
import { SCHEMES } from '../contributions.ts';

/** Milliseconds in which pieces are gathered before a document is drawn again. */
const GATHERING = 100;

/** Characters of one log that are shown: of longer ones the end. */
const MOST = 2_000_000;

const CUT = '… what came before is not shown.\n';

/** Texts that grow while they are looked at: logs as they are written. */
export class LogTexts implements TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changes = new EventEmitter<Uri>();
  #count = 0;
  readonly onDidChange = this.#changes.event;
  readonly #listening: readonly { readonly dispose: () => unknown }[];

  constructor() {
    this.#listening = [
      this.#changes,
      workspace.registerTextDocumentContentProvider(SCHEMES.log, this),
      workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.path)),
    ];
  }

  dispose(): void {
    for (const each of this.#listening) each.dispose();
  }

  /** An empty document; `label` is the name of its tab. */
  begin(label: string): Uri {
    const uri = Uri.from({ scheme: SCHEMES.log, path: `/${++this.#count}/${label}` });
    this.#texts.set(uri.path, '');
    return uri;
  }

  /** Adds to a document, if it is still looked at. */
  append(uri: Uri, piece: string): void {
    const before = this.#texts.get(uri.path);
    if (before === undefined) return;
    const text = before + piece;
    const isLong = text.length > MOST;
    this.#texts.set(uri.path, isLong ? CUT + text.slice(text.length - MOST / 2) : text);
    setTimeout(() => {
      if (this.#texts.has(uri.path)) this.#changes.fire(uri);
    }, GATHERING);
  }

  readonly provideTextDocumentContent = ({ path }: Uri): string =>
    this.#texts.get(path) ?? 'This log is not followed any more. Show it again from the job.';
}
