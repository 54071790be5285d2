import { commands, window, type Disposable, type TreeView } from 'vscode';
import { isFailure } from '../domain/failure.ts';
import type { Operations } from '../operations/operations.ts';
import type { Choice } from './choice.ts';
import { setContextKey } from './contextKeys.ts';
import { COMMANDS, VIEW, type ContextKeys } from './contributions.ts';
import type { CacheTree } from './tree/cacheTree.ts';
import { FileDrop, type TakeFiles } from './tree/fileDrop.ts';
import type { Node } from './tree/node.ts';
import { notLive } from './tree/render.ts';

/** Milliseconds after which rows are drawn again, so that ages in words stay true. */
const AGEING = 60_000;

/** The view around the tree: its title, its message, and which welcome content it shows. */
export class CachesView implements Disposable {
  readonly #view: TreeView<Node>;
  readonly #choice: Choice;
  readonly #ageing: NodeJS.Timeout;
  readonly #listening: readonly Disposable[];

  constructor(tree: CacheTree, choice: Choice) {
    this.#choice = choice;
    const take: TakeFiles = async (node, files) => {
      await commands.executeCommand(COMMANDS.refreshFromFile, node, files);
    };
    this.#view = window.createTreeView(VIEW, {
      treeDataProvider: tree,
      showCollapseAll: true,
      dragAndDropController: new FileDrop(take),
    });
    this.#listening = [
      this.#view.onDidExpandElement(({ element }) => {
        tree.branches.expanded(element);
      }),
      this.#view.onDidCollapseElement(({ element }) => {
        tree.branches.collapsed(element);
      }),
      this.#view.onDidChangeVisibility(({ visible }) => {
        tree.branches.seen(visible);
      }),
    ];
    this.#ageing = setInterval(() => {
      if (this.#view.visible) tree.age();
    }, AGEING);
  }

  dispose(): void {
    clearInterval(this.#ageing);
    for (const each of this.#listening) each.dispose();
    this.#view.dispose();
  }

  /**
   * Says above the rows which context is shown and whether it is live, or chooses the welcome content.
   * Not in the description, which is not drawn while the view is alone in its container.
   */
  async update(operations: Operations): Promise<void> {
    let welcome: ContextKeys['cacheConfigMaps.welcome'] = 'none';
    let message: string | undefined;
    try {
      const contexts = await this.#choice.contexts();
      if (contexts.length === 0) welcome = 'nothingChosen';
      message = messageOf(operations, contexts);
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (error.reason === 'NotFound') welcome = 'noKubeconfig';
      else ({ message } = error);
    }
    // While there is a message, even an empty one, VS Code shows no welcome content.
    Object.assign(this.#view, { message });
    await setContextKey('cacheConfigMaps.welcome', welcome);
  }
}

/** Which context is shown, where it is one alone, and what is not live. */
function messageOf({ inventory }: Operations, contexts: readonly string[]): string | undefined {
  for (const context of contexts) {
    const standing = inventory.standing(context);
    if (standing.kind === 'stale') {
      return `${context} is ${notLive(standing) ?? ''}. ${standing.failure.message}`;
    }
    // What may not be listed can be named: its row says so, and it is no trouble from then on.
    if (standing.kind === 'failed' && standing.failure.reason !== 'Forbidden') {
      return standing.failure.message;
    }
  }
  const [only, another] = contexts;
  if (only === undefined || another !== undefined) return undefined;
  return `Context ${only}${inventory.standing(only).kind === 'loading' ? ', loading' : ''}`;
}
