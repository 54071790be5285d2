import { troubleOfCache } from '../../domain/jobs/cacheJob.ts';
import { sameNamespace, type CacheRef, type NamespaceRef } from '../../domain/ref.ts';
import type { JobsPicture } from '../../operations/jobs/jobs.ts';
import type { Operations } from '../../operations/operations.ts';
import { isAbove, type View } from './branch.ts';
import { RememberedJobs } from './rememberedJobs.ts';
import { cacheRowId, idOf, jobsId, type CacheNode, type JobsNode, type Node } from './node.ts';

/** A cache whose rows were asked for. */
interface Shown {
  node: CacheNode;
  /** Ends when nobody can see the rows. */
  hold: AbortController | undefined;
  /** What the rows of the cache and the group depend on. */
  drawn: string;
  /** The ids of the rows below the group. */
  rows: ReadonlySet<string>;
}

/** The rows of *Refresh jobs*: jobs are followed while those of their cache can be seen, and not before. */
export class JobsBranch {
  readonly #operations: () => Promise<Operations>;
  readonly #view: View;
  readonly #shown = new Map<string, Shown>();
  /** For the rows of caches: what was seen last of their jobs. */
  readonly remembered = new RememberedJobs();

  constructor(operations: () => Promise<Operations>, view: View, signal: AbortSignal) {
    this.#operations = operations;
    this.#view = view;
    signal.addEventListener('abort', () => {
      for (const shown of this.#shown.values()) shown.hold?.abort();
    });
  }

  /** The row above the jobs of a cache that is being opened, where it is known that there are some. */
  async group(node: CacheNode): Promise<readonly Node[]> {
    const { ref, summary } = node;
    const { jobs } = await this.#operations();
    const shown = await this.#hold(node);
    const known = jobs.known(ref);
    if (known === undefined) this.#learn(shown);
    else shown.drawn = factsOf(known, node);
    return known === undefined || known.jobs.length === 0 ? [] : [{ kind: 'jobs', ref, summary }];
  }

  /** The jobs of a cache. */
  async rows({ ref, summary }: JobsNode): Promise<Node[]> {
    const { jobs } = await this.#operations();
    const picture = await jobs.of(ref);
    const rows: Node[] = picture.jobs.map((job) => ({ kind: 'job', ref, summary, job }));
    this.#forgetGone(ref, rows);
    if (picture.unknown.length === 0) return rows;
    const sight = { kind: 'unknownKinds', unknown: picture.unknown } as const;
    return [...rows, { kind: 'notice', under: jobsId(ref), sight }];
  }

  /** The cache is not shown any more. */
  forget(ref: CacheRef): void {
    const id = cacheRowId(ref);
    this.#shown.get(id)?.hold?.abort();
    this.#shown.delete(id);
    this.remembered.forget(ref);
  }

  /** A row was collapsed: what is below it cannot be seen. */
  collapsed(node: Node): void {
    // The row of the cache says how its jobs are, also while the group is collapsed.
    for (const shown of this.#below(node)) leave(shown);
  }

  /** A row was expanded: what is below it and was seen before may have changed since. */
  expanded(node: Node): void {
    for (const { node: cache, hold } of this.#below(node)) {
      if (hold === undefined) this.#view.draw(cacheRowId(cache.ref));
    }
  }

  /** The view was hidden or is seen again. */
  seen(isVisible: boolean): void {
    for (const shown of this.#shown.values()) {
      if (!isVisible) leave(shown);
      else if (shown.hold === undefined) this.#view.draw(cacheRowId(shown.node.ref));
    }
  }

  /** The jobs of a namespace, or their runs, have changed. */
  readonly hear = (where: NamespaceRef): void => {
    for (const shown of this.#shown.values()) {
      if (shown.hold !== undefined && sameNamespace(shown.node.ref, where)) this.#learn(shown);
    }
  };

  /** Finds out how jobs are, and draws what says it. */
  #learn(shown: Shown): void {
    const { ref } = shown.node;
    const draw = (picture: JobsPicture) => {
      const facts = factsOf(picture, shown.node);
      if (facts !== shown.drawn) this.#view.draw(cacheRowId(ref));
      else this.#view.draw(jobsId(ref));
      shown.drawn = facts;
    };
    this.#operations()
      .then(({ jobs }) => jobs.of(ref))
      .then(draw, () => undefined);
  }

  async #hold(node: CacheNode): Promise<Shown> {
    const id = cacheRowId(node.ref);
    const known = this.#shown.get(id);
    if (known !== undefined) known.node = node;
    if (known?.hold !== undefined) return known;
    const hold = new AbortController();
    const shown = { node, hold, drawn: NOTHING, rows: known?.rows ?? new Set<string>() };
    this.#shown.set(id, shown);
    (await this.#operations()).jobs.hold(node.ref, hold.signal);
    return shown;
  }

  /** Lets go of rows that are not there any more. */
  #forgetGone(ref: CacheRef, rows: readonly Node[]): void {
    const shown = this.#shown.get(cacheRowId(ref));
    if (shown === undefined) return;
    const ids = new Set(rows.map(idOf));
    for (const old of shown.rows) if (!ids.has(old)) this.#view.forget(old);
    shown.rows = ids;
  }

  #below(node: Node): readonly Shown[] {
    return [...this.#shown.values()].filter(({ node: { ref } }) => isAbove(node, ref, 'cache'));
  }
}

function leave(shown: Shown): void {
  shown.hold?.abort();
  shown.hold = undefined;
}

/** What the row of a cache says of its jobs. */
function factsOf({ jobs, unknown }: JobsPicture, { summary }: CacheNode): string {
  const trouble = troubleOfCache(jobs, summary, Date.now());
  return JSON.stringify([jobs.length > 0, trouble, unknown.map(({ kind }) => kind)]);
}

/** What it says where there are none. */
const NOTHING = JSON.stringify([false, null, []]);
