import { QuickPickItemKind, window, type QuickPick, type QuickPickItem } from 'vscode';
import type { Workload } from '../../../domain/readers/workload.ts';
import type { ReaderNode } from '../../tree/node.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';

/** What is said while it is found out who reads a cache. */
export function lookingFor(ref: CacheRef): string {
  return `Looking for the readers of ${printCacheAndContext(ref)}`;
}

/** A row for a reader; of another namespace there is no node, since nothing can be done to it from here. */
export interface ReaderItem extends QuickPickItem {
  readonly workload: Workload;
  readonly node?: ReaderNode;
}

/** A reader, or a heading. */
type Row = ReaderItem | QuickPickItem;

/** Some rows, and what is to be said beside them. */
export interface ReaderItems {
  readonly items: readonly ReaderItem[];
  readonly words: string;
}

/** How the question for a reader ended. */
export type ReaderChoice =
  | { readonly kind: 'chosen'; readonly item: ReaderItem }
  | { readonly kind: 'left' }
  /** There is nobody to choose. */
  | { readonly kind: 'none'; readonly words: string };

/** Asks for a reader: those of the namespace can be chosen at once, those of others once they are found. */
export async function pickReader(
  title: string,
  here: ReaderItems,
  findFar: (signal: AbortSignal) => Promise<ReaderItems>,
): Promise<ReaderChoice> {
  const quickPick = window.createQuickPick<Row>();
  Object.assign(quickPick, { title, matchOnDescription: true, matchOnDetail: true, busy: true });
  quickPick.keepScrollPosition = true;
  quickPick.placeholder = `${here.words} Other namespaces are being looked through.`.trim();
  quickPick.items = here.items;
  const left = new AbortController();
  try {
    return await Promise.race([
      choiceOn(quickPick),
      findFar(left.signal).then((far) => addTo(quickPick, here, far)),
    ]);
  } finally {
    left.abort();
    quickPick.dispose();
  }
}

function choiceOn(quickPick: QuickPick<Row>): Promise<ReaderChoice> {
  return new Promise((resolve) => {
    quickPick.onDidAccept(() => {
      const [item] = quickPick.activeItems;
      if (item !== undefined && 'workload' in item) resolve({ kind: 'chosen', item });
    });
    quickPick.onDidHide(() => {
      resolve({ kind: 'left' });
    });
    quickPick.show();
  });
}

/** Adds what was found later. It ends the question only where there is nothing at all. */
function addTo(
  quickPick: QuickPick<Row>,
  here: ReaderItems,
  far: ReaderItems,
): Promise<ReaderChoice> {
  const words = `${here.words} ${far.words}`.trim();
  if (here.items.length + far.items.length === 0) return Promise.resolve({ kind: 'none', words });
  const active = quickPick.activeItems;
  const label = 'other namespaces';
  const heading = far.items.length === 0 ? [] : [{ label, kind: QuickPickItemKind.Separator }];
  quickPick.items = [...here.items, ...heading, ...far.items];
  quickPick.activeItems = active;
  quickPick.placeholder = words;
  quickPick.busy = false;
  return new Promise(() => undefined);
}
