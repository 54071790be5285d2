import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { COMMANDS } from '../contributions.ts';
import { uriOf } from '../documents/keyAddress.ts';
import { idOf, type Node } from './node.ts';
import type { Row } from './render.ts';

const TINTS = { warning: 'list.warningForeground', error: 'list.errorForeground' } as const;

/** A row as VS Code draws it, without its tooltip. */
export function toTreeItem(node: Node, row: Row): TreeItem {
  const { None, Collapsed } = TreeItemCollapsibleState;
  const item = new TreeItem(row.label, row.expandable ? Collapsed : None);
  item.id = idOf(node);
  item.description = row.description;
  item.iconPath = new ThemeIcon(
    row.icon,
    row.tint === undefined ? undefined : new ThemeColor(TINTS[row.tint]),
  );
  item.contextValue = row.contextValue;
  if (node.kind === 'key') {
    const { ref, summary, detail } = node;
    const uri = uriOf({ ref, uid: summary.uid, key: detail.key });
    // VS Code's own command: a click previews, a double click keeps, Control opens to the side.
    item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
  }
  if (row.nextStep !== undefined) {
    const step = row.nextStep === 'retry' ? 'reload' : row.nextStep;
    if (step in COMMANDS) {
      const command = COMMANDS[step as keyof typeof COMMANDS];
      item.command = { command, title: row.label, arguments: [node] };
    }
  }
  return item;
}

/** The tooltip of a row, as plain text: of Markdown VS Code makes links also where its signs are escaped. */
export function tooltipOf(row: Row): string {
  return row.tooltip().join('\n');
}
