import { commands, window, type Uri } from 'vscode';

/** A row of a comparison: what was there, where anything was, and what there will be. */
export interface Compared {
  readonly before: Uri | undefined;
  readonly after: Uri;
}

/** Texts side by side, in one editor for all of them. */
export interface Comparison {
  readonly close: () => Promise<void>;
}

let count = 0;

/** Shows files as they are beside what they will be. */
export async function compare(title: string, rows: readonly Compared[]): Promise<Comparison> {
  const label = `${title} (${++count})`;
  await commands.executeCommand(
    'vscode.changes',
    label,
    rows.map(({ before, after }) => [after, before, after]),
  );
  // The editor has no public type of tab: it is known by its title, to which VS Code may add how many files it has.
  const close = async () => {
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    await window.tabGroups.close(tabs.filter((tab) => tab.label.startsWith(label)));
  };
  return { close };
}
