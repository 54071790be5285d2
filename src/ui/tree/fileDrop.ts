import { Uri, window, type DataTransfer, type TreeDragAndDropController } from 'vscode';
import { withoutLinks } from '../../domain/text.ts';
import type { Node } from './node.ts';

/** What is done with files that were dropped: on a row, or beside those that take files. */
export type TakeFiles = (node: Node | undefined, files: readonly Uri[]) => Promise<void>;

/** Takes files that are dropped on the view; nothing is dragged out of the tree. */
export class FileDrop implements TreeDragAndDropController<Node> {
  readonly dropMimeTypes = ['text/uri-list', 'files'];
  readonly dragMimeTypes = [];
  readonly #take: TakeFiles;

  /** `take` asks for the cache where it is given no row, and for a file where it is given none. */
  constructor(take: TakeFiles) {
    this.#take = take;
  }

  readonly handleDrop = async (node: Node | undefined, data: DataTransfer): Promise<void> => {
    const { files, placeless } = await filesIn(data);
    const row = node?.kind === 'cache' || node?.kind === 'key' ? node : undefined;
    if (files.length > 0) await this.#take(row, files);
    if (placeless.length > 0 && (await askForPlace(placeless))) await this.#take(row, []);
  };
}

/** Says of files that come without their place what can be done; true where the person wants to choose one. */
async function askForPlace(names: readonly string[]): Promise<boolean> {
  const choose = 'Choose a File...';
  const answer = await window.showWarningMessage(
    withoutLinks(
      `The editor is not told where ${names.join(', ')} is, as in a browser. Put it into the workspace, and choose it or drop it from there.`,
    ),
    choose,
  );
  return answer === choose;
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
