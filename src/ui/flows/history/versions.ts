import {
  ThemeIcon,
  window,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
} from 'vscode';
import type { CacheContent } from '../../../domain/cache.ts';
import type { Past, PastVersion } from '../../../domain/history/past.ts';
import { versionWords } from '../../../domain/history/pastText.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { printCount } from '../../../domain/size.ts';
import { withoutIcons } from '../../../domain/text.ts';
import { missingSentence } from '../../../domain/plan/verdictText.ts';
import type { Session } from '../session.ts';

/** What is shown of a history, and against what. */
export interface Shown {
  readonly ref: CacheRef;
  readonly past: Past;
  readonly cache: CacheContent | undefined;
  /** SHA-256 of what each key holds now. */
  readonly now: ReadonlyMap<string, string>;
}

interface Item extends QuickPickItem {
  readonly version?: PastVersion;
}

/** What can be done with a version. */
export type Deed =
  'compareWithCluster' | 'compareWithOlder' | 'compareWithAnother' | 'open' | 'restore';

/** What was chosen of a list of versions: one, perhaps with a deed at once, or the whole deleted cache. */
export type Picked = { readonly version: PastVersion; readonly deed?: Deed } | 'return' | undefined;

const COMPARE_BUTTON: QuickInputButton = {
  iconPath: new ThemeIcon('diff'),
  tooltip: 'Compare with the Cluster',
};
const RESTORE_BUTTON: QuickInputButton = { iconPath: new ThemeIcon('discard'), tooltip: 'Restore' };

/** Lets the person choose one of these versions. */
export async function pickVersion(
  session: Session,
  shown: Shown,
  versions: readonly PastVersion[],
): Promise<Picked> {
  const pick = window.createQuickPick<Item>();
  const several = new Set(versions.map(({ key }) => key)).size > 1;
  pick.title = `History of ${printCacheAndContext(shown.ref)}`;
  pick.placeholder = 'A content to compare or restore';
  pick.matchOnDescription = pick.matchOnDetail = true;
  pick.items = itemsOf(shown, versions, several);
  const end = new AbortController();
  addDetails(session, pick, versions, end.signal);
  const picked = await new Promise<Picked>((resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      resolve(item && (item.version === undefined ? 'return' : { version: item.version }));
    });
    pick.onDidTriggerItemButton(({ item: { version }, button }) => {
      const deed = button === COMPARE_BUTTON ? 'compareWithCluster' : 'restore';
      resolve(version && { version, deed });
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
    pick.show();
  });
  end.abort();
  pick.dispose();
  return picked;
}

/** Milliseconds between two times that the list is shown anew. */
const PAUSE = 100;

/** Says beside each version what it changed, as soon as that is known. */
function addDetails(
  session: Session,
  pick: QuickPick<Item>,
  versions: readonly PastVersion[],
  signal: AbortSignal,
): void {
  const details = new Map<PastVersion, string>();
  const show = () => {
    if (signal.aborted) return;
    const active = pick.activeItems;
    pick.items = pick.items.map((item) => {
      const detail = item.version && details.get(item.version);
      return detail === undefined ? item : Object.assign(item, { detail });
    });
    // Under a filter it may be hidden, and then none would be active: VS Code takes the first by itself.
    if (pick.value === '' && active.length > 0) pick.activeItems = active;
  };
  const describe = async () => {
    const { undo } = await session.operations();
    let shown = -Infinity;
    for await (const [version, detail] of undo.details(versions)) {
      if (signal.aborted) return;
      details.set(version, detail);
      if (Date.now() - shown < PAUSE) continue;
      show();
      shown = Date.now();
    }
  };
  const ended = () => {
    show();
    if (!signal.aborted) pick.busy = false;
  };
  pick.busy = true;
  pick.keepScrollPosition = true;
  describe().then(ended, ended);
}

function itemsOf(
  { past, cache, now }: Shown,
  versions: readonly PastVersion[],
  several: boolean,
): readonly Item[] {
  const isNow = new Set<string>();
  const items = versions.map((version): Item => {
    const current =
      !isNow.has(version.key) &&
      version.uid === cache?.uid &&
      now.get(version.key) === version.sha256;
    if (current) isNow.add(version.key);
    // Of one that we were about to create it is not known whether it was there.
    const deleted = version.uid !== '' && version.uid !== cache?.uid;
    const { label, description } = versionWords(version, { now: Date.now(), current, deleted });
    return {
      version,
      label: several ? `${version.key} · ${label}` : label,
      description: withoutIcons(description),
      // Its place is kept from the start: a row must not move away from under the pointer.
      detail: '…',
      buttons: [COMPARE_BUTTON, RESTORE_BUTTON],
    };
  });
  const last = cache === undefined ? past.last(past.uids()[0] ?? '') : undefined;
  if (last === undefined) return items;
  const keys = printCount(last.versions.length, 'key', 'keys');
  const description = [keys, missingSentence(last)].filter((part) => part !== '').join(' · ');
  return [{ label: '$(discard) Restore the Deleted Cache', description }, ...items];
}
