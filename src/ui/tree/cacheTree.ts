import { EventEmitter, type Event, type TreeDataProvider, type TreeItem } from 'vscode';
import type { CacheSummary } from '../../domain/cache.ts';
import { cacheGone } from '../../domain/failure.ts';
import type { NamespaceRef } from '../../domain/ref.ts';
import type { Change } from '../../operations/contextInventory.ts';
import type { Inventory } from '../../operations/inventory.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Choice } from '../choice.ts';
import {
  cacheNode,
  cacheRowId,
  contextId,
  idOf,
  namespaceId,
  type CacheNode,
  type Node,
} from './node.ts';
import { Branches } from './branches.ts';
import { gathered } from './gathered.ts';
import { knownNow } from './known.ts';
import { inOrder } from './memoRow.ts';
import { emptiness, nothingIfMissing, notice } from './notices.ts';
import { render, type Row } from './render.ts';
import { Rows } from './rows.ts';
import { tooltipOf, toTreeItem } from './treeItem.ts';

/** Milliseconds in which changes of the cluster are gathered before rows are drawn again. */
const GATHERING = 50;

/** Caches of a namespace that are given at once; the others follow when these are on the screen. */
const FIRST_ROWS = 100;

/** The tree of contexts, namespaces, caches and keys. Nothing is asked of a cluster before it is seen. */
export class CacheTree implements TreeDataProvider<Node> {
  readonly #operations: () => Promise<Operations>;
  readonly #choice: Choice;
  readonly #changes = new EventEmitter<Node | undefined>();
  readonly #rows = new Rows();
  readonly #signal: AbortSignal;
  #loaded: Operations | undefined;
  #waiting: Change[] = [];
  /** The ids of namespaces of which more than the first rows were asked for. */
  readonly #whole = new Set<string>();
  /** The rows of readers and jobs, which need to know what can be seen. */
  readonly branches: Branches;
  readonly onDidChangeTreeData: Event<Node | undefined> = this.#changes.event;

  constructor(operations: () => Promise<Operations>, choice: Choice, signal: AbortSignal) {
    this.#operations = operations;
    this.#choice = choice;
    this.#signal = signal;
    const view = { draw: gathered(GATHERING, this.#drawRows), forget: this.#rows.forget };
    this.branches = new Branches(operations, view, signal);
    signal.addEventListener('abort', () => {
      this.#changes.dispose();
    });
  }

  /** Draws everything again. */
  readonly redraw = (): void => {
    this.#changes.fire(undefined);
  };

  /** Draws the rows again of which the words have changed with the time, and no others. */
  readonly age = (): void => {
    const old = this.#rows.outdated((node) => this.#render(node).description);
    this.#drawRows(new Set(old.map(idOf)));
  };

  /** Hears of a change in the cluster; changes that come together are drawn together. */
  readonly hear = (change: Change): void => {
    this.#waiting.push(change);
    if (this.#waiting.length > 1) return;
    setTimeout(() => {
      const changes = this.#waiting;
      this.#waiting = [];
      if (!this.#signal.aborted) this.#draw(changes).catch(this.redraw);
    }, GATHERING);
  };

  readonly #drawRows = (ids: ReadonlySet<string>): void => {
    for (const id of ids) {
      const row = this.#rows.handle(id);
      if (row !== undefined && !this.#signal.aborted) this.#changes.fire(row);
    }
  };

  getTreeItem(handle: Node): TreeItem {
    const node = this.#rows.latest(handle);
    const row = this.#render(node);
    this.#rows.drawn(node, row.description);
    return toTreeItem(node, row);
  }

  /** Adds the tooltip, which is asked for when it is about to be seen. */
  resolveTreeItem(item: TreeItem, handle: Node): TreeItem {
    item.tooltip = tooltipOf(this.#render(this.#rows.latest(handle)));
    return item;
  }

  #render(node: Node): Row {
    return render(node, knownNow(this.#loaded, this.branches.jobs.remembered));
  }

  async getChildren(handle?: Node): Promise<Node[]> {
    const node = handle === undefined ? undefined : this.#rows.latest(handle);
    const children = await this.#childrenOf(node).catch((error: unknown) =>
      notice(node === undefined ? '' : idOf(node), error),
    );
    return children.map((child) => this.#rows.put(child));
  }

  async #childrenOf(node: Node | undefined): Promise<Node[]> {
    switch (node?.kind) {
      case undefined:
        return await this.#roots();
      case 'context':
        return await this.#namespaces(node.context);
      case 'namespace':
        return await this.#caches(node.context, node.namespace);
      case 'cache':
        return await this.#keys(node);
      case 'readers':
      case 'jobs':
        return await this.branches.rows(node);
      case 'key':
      case 'reader':
      case 'job':
      case 'notice':
        return [];
    }
  }

  async #inventory(): Promise<Inventory> {
    if (this.#loaded === undefined) {
      this.#loaded = await this.#operations();
      this.branches.listen(this.#loaded, this.#signal);
    }
    return this.#loaded.inventory;
  }

  async #roots(): Promise<Node[]> {
    const contexts = await this.#choice.contexts().catch(nothingIfMissing);
    const [only, another] = contexts;
    if (only === undefined) return [];
    if (another === undefined) return await this.#namespaces(only);
    const inventory = await this.#inventory();
    return contexts.map((context) => ({
      kind: 'context',
      context,
      standing: inventory.standing(context),
    }));
  }

  async #namespaces(context: string): Promise<Node[]> {
    const inventory = await this.#inventory();
    const chosen = this.#choice.namespaces(context);
    const [listed, all] = await Promise.all([
      chosen === undefined ? inventory.namespaces(context) : undefined,
      inventory.allCaches(context),
    ]);
    if (listed?.standing.kind === 'failed' && all === undefined) throw listed.standing.failure;
    const names = chosen ?? new Set([...(listed?.members.keys() ?? []), ...(all?.keys() ?? [])]);
    const nodes = [...names].sort().flatMap((namespace): Node[] => {
      const caches = all && this.#shown(all.get(namespace)?.values() ?? []);
      // Of namespaces that nobody named, those without a cache would only be in the way.
      if (chosen === undefined && caches?.length === 0) return [];
      return [{ kind: 'namespace', context, namespace, caches }];
    });
    return nodes.length > 0 ? nodes : [emptiness(contextId(context))];
  }

  async #caches(context: string, namespace: string): Promise<Node[]> {
    const inventory = await this.#inventory();
    const { standing, members } = await inventory.caches(context, namespace);
    if (standing.kind === 'failed') throw standing.failure;
    const nodes = this.#shown(members.values()).map((summary) => cacheNode(summary));
    const id = namespaceId(context, namespace);
    if (nodes.length === 0) return [emptiness(id)];
    this.#learnRights({ context, namespace }, nodes);
    if (nodes.length <= FIRST_ROWS || this.#whole.has(id)) return nodes;
    this.#whole.add(id);
    setTimeout(() => {
      if (!this.#signal.aborted) this.#changes.fire(this.#rows.handle(id));
    }, GATHERING);
    return nodes.slice(0, FIRST_ROWS);
  }

  /** Finds out what may be changed, and draws the namespace again where something may not. */
  #learnRights(where: NamespaceRef, nodes: readonly CacheNode[]): void {
    const names = nodes.map(({ ref }) => ref.name);
    const draw = (news: boolean | undefined) => {
      if (news === true) this.#drawRows(new Set(nodes.map(({ ref }) => cacheRowId(ref))));
    };
    this.#loaded?.rights.learn(where, names, this.#signal).then(draw, () => undefined);
  }

  async #keys({ ref, summary: drawn }: CacheNode): Promise<Node[]> {
    const inventory = await this.#inventory();
    const { members } = await inventory.caches(ref.context, ref.namespace);
    // Hits of a memoization map are not drawn as they come: this is when they are seen.
    const summary = members.get(ref.name) ?? drawn;
    const wasKnown = inventory.knownDetail(summary) !== undefined;
    const detail = await inventory.detail(summary, this.#signal);
    if (detail === undefined) throw cacheGone(ref);
    // The row of the cache itself can say its size now. Not at once: VS Code 1.103 loses rows when one
    // is drawn again while its children are being fetched.
    if (!wasKnown) this.hear(summary.ref);
    const rows: Node[] =
      detail.keys.length === 0
        ? [{ kind: 'notice', under: cacheRowId(ref), sight: { kind: 'noKeys' } }]
        : inOrder(detail.keys, this.#choice.memoOrder()).map((each) => ({
            kind: 'key',
            ref,
            summary,
            detail: each,
          }));
    return [...rows, ...(await this.branches.groups(cacheNode(summary)))];
  }

  #shown(summaries: Iterable<CacheSummary>): CacheSummary[] {
    return [...summaries]
      .filter(this.#choice.filter())
      .sort((a, b) => (a.ref.name < b.ref.name ? -1 : 1));
  }

  async #draw(changes: readonly Change[]): Promise<void> {
    const rows = new Set<Node | undefined>();
    for (const change of changes) rows.add(await this.#rowToDraw(change));
    if (rows.has(undefined)) this.redraw();
    else for (const row of rows) this.#changes.fire(row);
  }

  /** The row that shows a change: that of the cache if it was shown and still is, else all. */
  async #rowToDraw({ context, namespace, name }: Change): Promise<Node | undefined> {
    if (namespace === undefined || name === undefined) return this.#rows.handle(contextId(context));
    const inventory = await this.#inventory();
    const { members } = await inventory.caches(context, namespace);
    const summary = members.get(name);
    const id = cacheRowId({ context, namespace, name });
    const known = this.#rows.handle(id);
    if (summary !== undefined && this.#choice.filter()(summary)) {
      const handle = this.#rows.put(cacheNode(summary));
      if (known !== undefined) return handle;
    }
    this.#rows.forget(id);
    this.branches.forget({ context, namespace, name });
    return this.#rows.handle(contextId(context));
  }
}
