import { idOf, type Node } from './node.ts';

/** Rows as VS Code knows them: it recognises a row by the very object it was given first. */
export class Rows {
  readonly #rows = new Map<string, { readonly handle: Node; latest: Node }>();
  /** By id: what a row says on the screen. */
  readonly #drawn = new Map<string, string>();

  /** The object by which VS Code knows this row; what it stands for is now `node`. */
  put(node: Node): Node {
    const id = idOf(node);
    const row = this.#rows.get(id);
    if (row === undefined) {
      this.#rows.set(id, { handle: node, latest: node });
      return node;
    }
    row.latest = node;
    return row.handle;
  }

  latest(handle: Node): Node {
    return this.#rows.get(idOf(handle))?.latest ?? handle;
  }

  handle(id: string): Node | undefined {
    return this.#rows.get(id)?.handle;
  }

  readonly forget = (id: string): void => {
    this.#rows.delete(id);
    this.#drawn.delete(id);
  };

  /** Notes what a row says on the screen. */
  drawn(node: Node, words: string): void {
    this.#drawn.set(idOf(node), words);
  }

  /** The rows that would say something else now. */
  outdated(wordsOf: (node: Node) => string): readonly Node[] {
    return [...this.#rows.values()].flatMap(({ handle, latest }) => {
      const drawn = this.#drawn.get(idOf(latest));
      return drawn === undefined || drawn === wordsOf(latest) ? [] : [handle];
    });
  }
}
