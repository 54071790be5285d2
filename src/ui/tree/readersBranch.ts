import { keyTimesOf, stalePods } from '../../domain/readers/stalePods.ts';
import { cacheGone } from '../../domain/failure.ts';
import { sameNamespace, type NamespaceRef } from '../../domain/ref.ts';
import type { Operations } from '../../operations/operations.ts';
import type { ReadersPicture } from '../../operations/readers.ts';
import { readersId, type Node, type ReaderNode, type ReadersNode } from './node.ts';

/** A group of readers whose rows were asked for. */
interface Shown {
  readonly node: ReadersNode;
  /** Ends when nobody can see the rows. */
  hold: AbortController | undefined;
}

/** The rows below *Readers*: workloads are followed while these can be seen, and not before. */
export class ReadersBranch {
  readonly #operations: () => Promise<Operations>;
  readonly #draw: (id: string) => void;
  readonly #signal: AbortSignal;
  readonly #shown = new Map<string, Shown>();

  /** `draw` draws the row of that id again, and those below it. */
  constructor(
    operations: () => Promise<Operations>,
    draw: (id: string) => void,
    signal: AbortSignal,
  ) {
    this.#operations = operations;
    this.#draw = draw;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const shown of this.#shown.values()) shown.hold?.abort();
    });
  }

  /** The readers of a cache, those that need something first. */
  async rows(node: ReadersNode): Promise<Node[]> {
    const { readers, inventory } = await this.#operations();
    await this.#hold(node);
    // The row of the group can say how many there are, once that is known.
    if (readers.known(node.ref) === undefined) {
      const draw = () => {
        this.#draw(readersId(node.ref));
      };
      readers.of(node.ref).then(draw, draw);
    }
    const [picture, detail] = await Promise.all([
      readers.of(node.ref),
      inventory.detail(node.summary, this.#signal),
    ]);
    if (detail === undefined) throw cacheGone(node.ref);
    const times = keyTimesOf(detail);
    const isBlind = picture.unknown.some(({ kind }) => kind === 'Pod' || kind === 'ReplicaSet');
    const rows = picture.readers.map((reader): ReaderNode => {
      const { workload } = reader;
      const pods = workload.pod ? [workload] : picture.workloads.podsOf(workload);
      const stale = stalePods(reader, pods, times);
      const change = { isImmutable: detail.immutable };
      return {
        kind: 'reader',
        ref: node.ref,
        reader,
        change,
        pods: isBlind ? undefined : pods,
        stale,
      };
    });
    return [...rows, ...noticesOf(node, picture)];
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
      if (hold === undefined) this.#draw(readersId(readers.ref));
    }
  }

  /** The view was hidden or is seen again. */
  seen(isVisible: boolean): void {
    for (const shown of this.#shown.values()) {
      if (isVisible && shown.hold === undefined) this.#draw(readersId(shown.node.ref));
      if (isVisible) continue;
      shown.hold?.abort();
      shown.hold = undefined;
    }
  }

  /** The workloads of a namespace have changed. */
  readonly hear = (where: NamespaceRef): void => {
    for (const { node, hold } of this.#shown.values()) {
      if (hold !== undefined && sameNamespace(node.ref, where)) this.#draw(readersId(node.ref));
    }
  };

  async #hold(node: ReadersNode): Promise<void> {
    const id = readersId(node.ref);
    const known = this.#shown.get(id);
    if (known?.hold !== undefined) return;
    const hold = new AbortController();
    this.#shown.set(id, { node, hold });
    (await this.#operations()).readers.hold(node.ref, hold.signal);
  }

  #below(node: Node): readonly Shown[] {
    return [...this.#shown.values()].filter(({ node: { ref } }) => isBelow(ref, node));
  }
}

function isBelow(ref: ReadersNode['ref'], node: Node): boolean {
  switch (node.kind) {
    case 'context':
      return node.context === ref.context;
    case 'namespace':
      return sameNamespace(node, ref);
    case 'cache':
    case 'readers':
      return sameNamespace(node.ref, ref) && node.ref.name === ref.name;
    case 'key':
    case 'reader':
    case 'notice':
      return false;
  }
}

function noticesOf({ ref }: ReadersNode, { readers, unknown }: ReadersPicture): readonly Node[] {
  const under = readersId(ref);
  if (unknown.length > 0)
    return [{ kind: 'notice', under, sight: { kind: 'unknownKinds', unknown } }];
  return readers.length > 0 ? [] : [{ kind: 'notice', under, sight: { kind: 'noReaders' } }];
}
