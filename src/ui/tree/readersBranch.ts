import { cacheGone } from '../../domain/failure.ts';
import { sameNamespace, type CacheRef, type NamespaceRef } from '../../domain/ref.ts';
import type { Operations } from '../../operations/operations.ts';
import type { ReadersPicture } from '../../operations/readers/readers.ts';
import { isAbove, type View } from './branch.ts';
import { idOf, readersId, type Node, type ReadersNode } from './node.ts';
import { readerNodes } from './readerNodes.ts';

/** A group of readers whose rows were asked for. */
interface Shown {
  readonly node: ReadersNode;
  /** Ends when nobody can see the rows. */
  hold: AbortController | undefined;
  /** The ids of the rows below it. */
  rows: ReadonlySet<string>;
}

/** The rows below *Readers*: workloads are followed while these can be seen, and not before. */
export class ReadersBranch {
  readonly #operations: () => Promise<Operations>;
  readonly #view: View;
  readonly #signal: AbortSignal;
  readonly #shown = new Map<string, Shown>();

  constructor(operations: () => Promise<Operations>, view: View, signal: AbortSignal) {
    this.#operations = operations;
    this.#view = view;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const shown of this.#shown.values()) shown.hold?.abort();
    });
  }

  /** The readers of a cache, those that need something first. */
  async rows(node: ReadersNode): Promise<Node[]> {
    const { readers, inventory, changeTimes } = await this.#operations();
    await this.#hold(node);
    // The row of the group can say how many there are, once that is known.
    if (readers.known(node.ref) === undefined) {
      const draw = () => {
        this.#view.draw(readersId(node.ref));
      };
      readers.of(node.ref).then(draw, draw);
    }
    const [picture, detail] = await Promise.all([
      readers.of(node.ref),
      inventory.detail(node.summary, this.#signal),
    ]);
    if (detail === undefined) throw cacheGone(node.ref);
    const times = await changeTimes.of(node.ref, detail, this.#signal);
    const rows = [...readerNodes(node.ref, picture, times), ...noticesOf(node, picture)];
    this.#forgetGone(readersId(node.ref), rows);
    return rows;
  }

  /** Lets go of rows that are not there any more: workflows come and go under names of their own. */
  #forgetGone(id: string, rows: readonly Node[]): void {
    const shown = this.#shown.get(id);
    if (shown === undefined) return;
    const ids = new Set(rows.map(idOf));
    for (const old of shown.rows) if (!ids.has(old)) this.#view.forget(old);
    shown.rows = ids;
  }

  /** The cache is not shown any more. */
  forget(ref: CacheRef): void {
    const id = readersId(ref);
    this.#shown.get(id)?.hold?.abort();
    this.#shown.delete(id);
  }

  /** A row was collapsed: what is below it cannot be seen. */
  collapsed(node: Node): void {
    for (const shown of this.#below(node)) {
      shown.hold?.abort();
      shown.hold = undefined;
    }
  }

  /** A row was expanded: what is below it and was seen before may have changed since. */
  expanded(node: Node): void {
    for (const { node: readers, hold } of this.#below(node)) {
      if (hold === undefined) this.#view.draw(readersId(readers.ref));
    }
  }

  /** The view was hidden or is seen again. */
  seen(isVisible: boolean): void {
    for (const shown of this.#shown.values()) {
      if (isVisible && shown.hold === undefined) this.#view.draw(readersId(shown.node.ref));
      if (isVisible) continue;
      shown.hold?.abort();
      shown.hold = undefined;
    }
  }

  /** The workloads of a namespace have changed. */
  readonly hear = (where: NamespaceRef): void => {
    for (const { node, hold } of this.#shown.values()) {
      if (hold !== undefined && sameNamespace(node.ref, where))
        this.#view.draw(readersId(node.ref));
    }
  };

  async #hold(node: ReadersNode): Promise<void> {
    const id = readersId(node.ref);
    const known = this.#shown.get(id);
    if (known?.hold !== undefined) return;
    const hold = new AbortController();
    this.#shown.set(id, { node, hold, rows: known?.rows ?? new Set() });
    (await this.#operations()).readers.hold(node.ref, hold.signal);
  }

  #below(node: Node): readonly Shown[] {
    return [...this.#shown.values()].filter(({ node: { ref } }) => isAbove(node, ref, 'readers'));
  }
}

function noticesOf(
  { ref }: ReadersNode,
  { readers, ended, unknown }: ReadersPicture,
): readonly Node[] {
  const under = readersId(ref);
  if (unknown.length > 0)
    return [{ kind: 'notice', under, sight: { kind: 'unknownKinds', unknown } }];
  if (ended > 0) return [{ kind: 'notice', under, sight: { kind: 'ended', ended } }];
  return readers.length > 0 ? [] : [{ kind: 'notice', under, sight: { kind: 'noReaders' } }];
}
