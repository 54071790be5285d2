import {
  commands,
  TabInputTextDiff,
  Uri,
  window,
  type Tab,
  type TextDocumentContentProvider,
} from 'vscode';
import type { Value } from '../../domain/content/content.ts';
import { changedKeys } from '../../domain/plan/planState.ts';
import { printCache } from '../../domain/ref.ts';
import type { KeyPlan, CachePlan } from '../../domain/plan/cachePlan.ts';
import { keySummary } from '../../domain/plan/verdictText.ts';
import { setContextKey } from '../contextKeys.ts';
import { SCHEMES } from '../contributions.ts';
import { readable } from './readable.ts';

/** A plan that is on the screen and waits for an answer. */
interface Shown {
  readonly plan: CachePlan;
  readonly title: string;
}

/**
 * The previews of plans: the cluster's content and the new one as two read-only documents in the diff
 * editor. A plan ends when its last tab is closed.
 */
export class Previews implements TextDocumentContentProvider {
  /** Ids of workloads that are to be restarted once a plan is written: an undo after a failed restart. */
  readonly restartAfter = new WeakMap<CachePlan, ReadonlySet<string>>();
  readonly #shown = new Map<string, Shown>();
  #count = 0;

  readonly provideTextDocumentContent = (uri: Uri): string => {
    const [, id = '', side, key] = uri.path.split('/');
    const planned = this.#shown.get(id)?.plan.keys.find((each) => each.key === key);
    if (planned === undefined) return 'This preview has ended. Nothing was written by it.';
    return sideOf(planned, side);
  };

  /** Opens the diff editor on a plan, or the multi-file one where several keys change. */
  async show(plan: CachePlan): Promise<void> {
    const id = String(++this.#count);
    const keys = changedKeys(plan);
    const [first] = keys;
    if (first === undefined) return;
    const place = `${printCache(plan.ref)} in ${plan.ref.context}`;
    const title =
      keys.length === 1
        ? `${place}: ${keySummary(first)}`
        : `${place}: ${keys.length} keys (${id})`;
    this.#shown.set(id, { plan, title });
    const uris = keys.map(({ key }) => [uriOf(id, 'cluster', key), uriOf(id, 'new', key)] as const);
    if (keys.length === 1) {
      const [[before, after] = []] = uris;
      await commands.executeCommand('vscode.diff', before, after, title, { preview: false });
    } else {
      const rows = uris.map(([before, after]) => [after, before, after]);
      await commands.executeCommand('vscode.changes', title, rows);
    }
    await this.update();
  }

  /** The plan whose preview is the active editor. */
  active(): CachePlan | undefined {
    const tab = window.tabGroups.activeTabGroup.activeTab;
    const id = tab === undefined ? undefined : this.#idOf(tab);
    return id === undefined ? undefined : this.#shown.get(id)?.plan;
  }

  /** True while the plan waits for an answer. */
  isShown(plan: CachePlan): boolean {
    return [...this.#shown.values()].some((shown) => shown.plan === plan);
  }

  /** Closes the tabs of a plan, and the notification that asked about it, and forgets it. */
  async close(plan: CachePlan): Promise<void> {
    const id = [...this.#shown].find(([, shown]) => shown.plan === plan)?.[0];
    if (id === undefined) return;
    const tabs = allTabs().filter((tab) => this.#idOf(tab) === id);
    this.#shown.delete(id);
    await window.tabGroups.close(tabs);
    await commands.executeCommand('notifications.hideToasts');
    await this.update();
  }

  /** Follows what happened to the tabs: which preview is active, and which was closed. */
  readonly update = async (closed: readonly Tab[] = []): Promise<void> => {
    for (const tab of closed) {
      const id = this.#idOf(tab);
      if (id !== undefined) this.#shown.delete(id);
    }
    await setContextKey('cacheConfigMaps.planShown', this.active() !== undefined);
  };

  #idOf(tab: Tab): string | undefined {
    const { input } = tab;
    if (input instanceof TabInputTextDiff) {
      return input.modified.scheme === SCHEMES.preview
        ? input.modified.path.split('/')[1]
        : undefined;
    }
    // The multi-file diff editor has no public type of tab: it is known by its title, which is unique, and to
    // which VS Code may add how many files it has.
    return [...this.#shown].find(([, { title }]) => tab.label.startsWith(title))?.[0];
  }
}

function allTabs(): Tab[] {
  return window.tabGroups.all.flatMap(({ tabs }) => tabs);
}

type Side = 'cluster' | 'new';

/** The key stands last, so that the editor takes the language from its name. */
function uriOf(id: string, side: Side, key: string): Uri {
  return Uri.from({ scheme: SCHEMES.preview, path: `/${id}/${side}/${key}` });
}

function sideOf(planned: KeyPlan, side: string | undefined): string {
  const value: Value | undefined = side === 'new' ? planned.after : planned.before;
  return value === undefined ? '' : readable(value);
}
