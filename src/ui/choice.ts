import type { Event } from 'vscode';
import { isShown, type CacheSummary } from '../domain/cache.ts';
import { contextNotChosen } from '../domain/failure.ts';
import type { MemoOrder } from '../domain/memoization.ts';
import type { CacheRef } from '../domain/ref.ts';
import type { Operations } from '../operations/operations.ts';
import type { Contexts } from '../operations/ports.ts';
import type { Remembered } from './remembered.ts';
import { setting } from './settings.ts';

/** What the person chose to look at: contexts, namespaces, and which ConfigMaps. */
export class Choice {
  readonly #operations: () => Promise<Operations>;
  readonly #remembered: Remembered;
  readonly #signal: AbortSignal;

  constructor(operations: () => Promise<Operations>, remembered: Remembered, signal: AbortSignal) {
    this.#operations = operations;
    this.#remembered = remembered;
    this.#signal = signal;
  }

  /** The kubeconfig's contexts, whether they are looked at or not. */
  async all(): Promise<Contexts> {
    const { cluster } = await this.#operations();
    return await cluster.contexts(this.#signal);
  }

  /**
   * The contexts that are looked at: those that were chosen, and before any choice the kubeconfig's
   * current one. No other is ever contacted.
   */
  async contexts(): Promise<readonly string[]> {
    const { current } = await this.all();
    return this.#remembered.get('contexts') ?? (current === undefined ? [] : [current]);
  }

  /** True for a context that is looked at. */
  async isChosen(context: string): Promise<boolean> {
    return (await this.contexts()).includes(context);
  }

  /** Throws a `Failure` where the context of a cache is not one that is looked at. */
  async check(ref: CacheRef): Promise<void> {
    if (!(await this.isChosen(ref.context))) throw contextNotChosen(ref);
  }

  /** Tells when contexts were chosen. */
  get onDidChoose(): Event<void> {
    return this.#remembered.onDidChoose;
  }

  /** The namespaces that were named for a context; nothing when all are looked at. */
  namespaces(context: string): readonly string[] | undefined {
    return this.#remembered.namespacesOf(context);
  }

  get showsAll(): boolean {
    return this.#remembered.get('showAll') ?? false;
  }

  /** How entries of memoization maps are sorted. */
  memoOrder(): MemoOrder {
    return this.#remembered.get('memoOrder') ?? 'key';
  }

  /**
   * Tells which ConfigMaps are shown: caches and those that were named, or all. The settings are read once,
   * not for each.
   */
  filter(): (summary: CacheSummary) => boolean {
    const filter = { namePatterns: setting('namePatterns'), showAll: this.showsAll };
    return (summary) => isShown(summary, filter) || this.#isNamed(summary.ref);
  }

  #isNamed({ context, namespace, name }: CacheRef): boolean {
    return this.#remembered.cachesOf(context, namespace).includes(name);
  }
}
