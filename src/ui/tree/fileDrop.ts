import { Uri, window, type DataTransfer, type TreeDragAndDropController } from 'vscode';
import type { Node } from './node.ts';

/** Takes files that are dropped on a cache or a key; nothing is dragged out of the tree. */
export class FileDrop implements TreeDragAndDropController<Node> {
  readonly dropMimeTypes = ['text/uri-list', 'files'];
  readonly dragMimeTypes = [];
  readonly #take: (node: Node, files: readonly Uri[]) => Promise<void>;

  /** `take` is given the row and the files that were dropped on it. */
  constructor(take: (node: Node, files: readonly Uri[]) => Promise<void>) {
    this.#take = take;
  }

  readonly handleDrop = async (node: Node | undefined, data: DataTransfer): Promise<void> => {
    const { files, placeless } = await filesIn(data);
    if (placeless.length > 0) {
      await window.showWarningMessage(
        `The editor is not told where ${placeless.join(', ')} is, as in a browser. Put it into the workspace, and drop it from there.`,
      );
    }
    if (files.length === 0) return;
    if (node?.kind === 'cache' || node?.kind === 'key') await this.#take(node, files);
    else await window.showInformationMessage('Drop files on a cache or on a key of one.');
  };
}

/** What was dropped: files, each once, and the names of those that come without their place. */
interface Dropped {
  readonly files: readonly Uri[];
  readonly placeless: readonly string[];
}

/** The files of a drop: from the Explorer they come as a list of URIs, from outside as files. */
async function filesIn(data: DataTransfer): Promise<Dropped> {
  const list = (await data.get('text/uri-list')?.asString()) ?? '';
  const named = list.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const dropped = [...data].flatMap(([, item]) => item.asFile() ?? []);
  const uris = [...named, ...dropped.flatMap(({ uri }) => uri?.toString() ?? [])];
  const files = [...new Set(uris)]
    .map((text) => Uri.parse(text, true))
    .filter(({ scheme }) => scheme !== 'http' && scheme !== 'https');
  const placeless = dropped.flatMap(({ name, uri }) => (uri === undefined ? [name] : []));
  return { files, placeless: named.length > 0 ? [] : placeless };
}
