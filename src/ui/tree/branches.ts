import type { CacheRef } from '../../domain/ref.ts';
import type { Operations } from '../../operations/operations.ts';
import type { View } from './branch.ts';
import { JobsBranch } from './jobsBranch.ts';
import type { CacheNode, JobsNode, Node, ReadersNode } from './node.ts';
import { ReadersBranch } from './readersBranch.ts';

/** The rows below caches that need to know what can be seen. */
export class Branches {
  readonly readers: ReadersBranch;
  readonly jobs: JobsBranch;

  constructor(operations: () => Promise<Operations>, view: View, signal: AbortSignal) {
    this.readers = new ReadersBranch(operations, view, signal);
    this.jobs = new JobsBranch(operations, view, signal);
  }

  /** Hears from now on what changes in the cluster. */
  listen({ readers, jobs }: Operations, signal: AbortSignal): void {
    readers.subscribe(this.readers.hear, signal);
    jobs.subscribe(this.jobs.hear, signal);
  }

  /** The rows above those who read a cache that is being opened, and above what refreshes it. */
  async groups(node: CacheNode): Promise<readonly Node[]> {
    const { ref, summary } = node;
    return [{ kind: 'readers', ref, summary }, ...(await this.jobs.group(node))];
  }

  /** The rows below one of these. */
  async rows(node: ReadersNode | JobsNode): Promise<Node[]> {
    return node.kind === 'readers' ? await this.readers.rows(node) : await this.jobs.rows(node);
  }

  /** A row was collapsed. */
  collapsed(node: Node): void {
    this.readers.collapsed(node);
    this.jobs.collapsed(node);
  }

  /** A row was expanded. */
  expanded(node: Node): void {
    this.readers.expanded(node);
    this.jobs.expanded(node);
  }

  /** The view was hidden or is seen again. */
  seen(isVisible: boolean): void {
    this.readers.seen(isVisible);
    this.jobs.seen(isVisible);
  }

  /** The cache is not shown any more. */
  forget(ref: CacheRef): void {
    this.readers.forget(ref);
    this.jobs.forget(ref);
  }
}
