import {
  ThemeIcon,
  window,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
} from 'vscode';
import type { CacheContent } from '../../domain/cache.ts';
import type { Past, PastVersion } from '../../domain/past.ts';
import { versionWords } from '../../domain/pastText.ts';
import { printCacheAndContext, type CacheRef } from '../../domain/ref.ts';
import { printCount } from '../../domain/size.ts';
import type { Session } from './session.ts';

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

/** Says beside each version what it changed, once that is known. */
function addDetails(
  session: Session,
  pick: QuickPick<Item>,
  versions: readonly PastVersion[],
  signal: AbortSignal,
): void {
  pick.busy = true;
  const described = describe(session, versions, signal).then((details) => {
    if (signal.aborted) return;
    const active = pick.activeItems;
    pick.items = pick.items.map((item) => {
      const detail = item.version && details.get(item.version);
      return detail === undefined ? item : Object.assign(item, { detail });
    });
    pick.activeItems = active;
  });
  const ended = () => {
    if (!signal.aborted) pick.busy = false;
  };
  described.then(ended, ended);
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
    const deleted = version.uid !== cache?.uid;
    const { label, description } = versionWords(version, { now: Date.now(), current, deleted });
    return {
      version,
      label: several ? `${version.key} · ${label}` : label,
      description,
      buttons: [COMPARE_BUTTON, RESTORE_BUTTON],
    };
  });
  const last = cache === undefined ? past.last(past.uids()[0] ?? '') : undefined;
  if (last === undefined) return items;
  const keys = printCount(last.versions.length, 'key', 'keys');
  return [{ label: '$(discard) Restore the Deleted Cache', description: keys }, ...items];
}

/** What each version changed of the one before. */
async function describe(
  session: Session,
  versions: readonly PastVersion[],
  signal: AbortSignal,
): Promise<ReadonlyMap<PastVersion, string>> {
  const { undo } = await session.operations();
  const details = new Map<PastVersion, string>();
  for (const [place, version] of versions.entries()) {
    if (signal.aborted) break;
    const older = versions.slice(place + 1).find(({ key }) => key === version.key);
    details.set(version, await undo.describe(version, older));
  }
  return details;
}
