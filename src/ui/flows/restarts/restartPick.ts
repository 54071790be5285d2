import { QuickPickItemKind, ThemeIcon, window, type QuickPick, type QuickPickItem } from 'vscode';
import type { CacheChange, Reader } from '../../../domain/readers/reader.ts';
import type { RestartLine } from '../../../domain/readers/restartLine.ts';
import { lineWords } from '../../../domain/readers/restartText.ts';
import { printWorkload, workloadId } from '../../../domain/readers/workload.ts';
import { withoutIcons } from '../../../domain/text.ts';
import type { RestartOrder } from '../../../operations/restarts/restarts.ts';

/** What the person chose to restart, and how. */
export interface RestartChoice {
  readonly readers: readonly Reader[];
  readonly order: RestartOrder;
}

interface Item extends QuickPickItem {
  readonly line?: RestartLine;
}

const ORDERS: Readonly<Record<RestartOrder, { words: string; icon: string; other: string }>> = {
  allAtOnce: {
    words: 'All at once, at most 8 requests under way',
    icon: 'list-ordered',
    other: 'Restart one after the other',
  },
  oneByOne: {
    words: 'One after the other, until one fails',
    icon: 'run-all',
    other: 'Restart all at once',
  },
};

/** What is offered for a restart. */
export interface RestartOffer {
  readonly title: string;
  readonly lines: readonly RestartLine[];
  readonly change: CacheChange;
  /** Ids of workloads that are ticked; without them, those that need it. */
  readonly ticked?: ReadonlySet<string> | undefined;
}

/** Asks which readers are to be restarted, and in which order. What must fail cannot be ticked. */
export async function pickReaders(offer: RestartOffer): Promise<RestartChoice | undefined> {
  const quickPick = window.createQuickPick<Item>();
  const items = itemsOf(offer);
  Object.assign(quickPick, { title: offer.title, canSelectMany: true, ignoreFocusOut: true });
  quickPick.matchOnDescription = true;
  quickPick.items = items;
  quickPick.selectedItems = items.filter(({ picked }) => picked === true);
  try {
    return await choiceOn(quickPick);
  } finally {
    quickPick.dispose();
  }
}

function choiceOn(quickPick: QuickPick<Item>): Promise<RestartChoice | undefined> {
  let order: RestartOrder = 'allAtOnce';
  const show = () => {
    const { words, icon, other } = ORDERS[order];
    quickPick.placeholder = words;
    quickPick.buttons = [{ iconPath: new ThemeIcon(icon), tooltip: other }];
  };
  const allowed = () => quickPick.selectedItems.filter(({ line }) => line?.refusal === undefined);
  show();
  return new Promise((resolve) => {
    quickPick.onDidChangeSelection((selected) => {
      if (allowed().length < selected.length) quickPick.selectedItems = allowed();
    });
    quickPick.onDidTriggerButton(() => {
      order = order === 'allAtOnce' ? 'oneByOne' : 'allAtOnce';
      show();
    });
    quickPick.onDidAccept(() => {
      resolve({ readers: allowed().flatMap(({ line }) => line?.reader ?? []), order });
    });
    quickPick.onDidHide(() => {
      resolve(undefined);
    });
    quickPick.show();
  });
}

function itemsOf({ lines, change, ticked }: RestartOffer): readonly Item[] {
  const can = lines.filter(({ refusal }) => refusal === undefined);
  const groups = [
    { label: 'need a restart', lines: can.filter(needs) },
    { label: 'need none', lines: can.filter((line) => !needs(line)) },
    { label: 'cannot be restarted', lines: lines.filter(({ refusal }) => refusal !== undefined) },
  ];
  return groups.flatMap((group): Item[] => {
    if (group.lines.length === 0) return [];
    const rows = group.lines.map((line): Item => {
      const { ref } = line.reader.workload;
      const isTicked = ticked?.has(workloadId(ref)) ?? line.isWanted;
      return {
        label: `${line.refusal === undefined ? '' : '$(circle-slash) '}${printWorkload(ref)}`,
        description: withoutIcons(lineWords(line, change)),
        picked: isTicked && line.refusal === undefined,
        line,
      };
    });
    return [{ label: group.label, kind: QuickPickItemKind.Separator }, ...rows];
  });
}

function needs({ effect }: RestartLine): boolean {
  return effect === 'restart' || effect === 'recreate';
}
