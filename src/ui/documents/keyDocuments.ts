import { EventEmitter, Uri, window, type TextDocumentContentProvider } from 'vscode';
import { cacheGone } from '../../domain/failure.ts';
import { sameCache, type CacheRef } from '../../domain/ref.ts';
import type { Change } from '../../operations/contextInventory.ts';
import type { Operations } from '../../operations/operations.ts';
import { SCHEMES } from '../contributions.ts';
import { readable } from './readable.ts';

/** Keys of caches as read-only documents that follow the cluster. */
export class KeyDocuments implements TextDocumentContentProvider {
  readonly #operations: () => Promise<Operations>;
  readonly #signal: AbortSignal;
  readonly #changes = new EventEmitter<Uri>();
  readonly #open = new Set<string>();
  readonly onDidChange = this.#changes.event;

  constructor(operations: () => Promise<Operations>, signal: AbortSignal) {
    this.#operations = operations;
    this.#signal = signal;
  }

  readonly provideTextDocumentContent = async (uri: Uri): Promise<string> => {
    const { ref, key } = addressOf(uri);
    const { cluster } = await this.#operations();
    const cache = await cluster.readCache(ref, this.#signal);
    if (cache === undefined) throw cacheGone(ref);
    this.#open.add(uri.toString());
    const value = cache.values.get(key);
    return value === undefined ? `The key ${key} does not exist any more.\n` : readable(value);
  };

  /** Opens a key beside nothing else: a click previews it, as a click on a file does. */
  async show(ref: CacheRef, key: string): Promise<void> {
    await window.showTextDocument(uriOf(ref, key), { preview: true });
  }

  /** Lets the open documents of a cache follow a change of it. */
  readonly changed = ({ context, namespace, name }: Change): void => {
    if (namespace === undefined || name === undefined) return;
    for (const text of this.#open) {
      const uri = Uri.parse(text, true);
      if (sameCache(addressOf(uri).ref, { context, namespace, name })) this.#changes.fire(uri);
    }
  };
}

/** Context names may hold any character, slashes too: they travel in the query. */
function uriOf({ context, namespace, name }: CacheRef, key: string): Uri {
  const query = JSON.stringify({ context });
  return Uri.from({ scheme: SCHEMES.key, path: `/${namespace}/${name}/${key}`, query });
}

function addressOf(uri: Uri): { ref: CacheRef; key: string } {
  const [, namespace = '', name = '', key = ''] = uri.path.split('/');
  const { context } = JSON.parse(uri.query) as { context: string };
  return { ref: { context, namespace, name }, key };
}
