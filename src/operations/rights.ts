import { cacheId, namespaceKey, type CacheRef, type NamespaceRef } from '../domain/ref.ts';
import type { Cluster } from './ports.ts';

/** Reviews that are asked for side by side. */
const AT_ONCE = 20;

/**
 * What the person may change, as the cluster's own reviews say. It decides what is offered and stops
 * nobody: what is not known, or could not be asked, counts as allowed.
 */
export class Rights {
  readonly #cluster: Cluster;
  readonly #answers = new Map<string, boolean>();
  readonly #listeners: (() => void)[] = [];

  /** Another kubeconfig may stand for another person: with it, every answer is forgotten. */
  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    cluster.followContexts(() => {
      this.reset();
    }, new AbortController().signal);
  }

  /** False where the cluster has said that this cache may not be changed. */
  mayChange(ref: CacheRef): boolean {
    return (
      this.#answers.get(namespaceKey(ref)) === true || this.#answers.get(cacheId(ref)) !== false
    );
  }

  /**
   * Asks about the caches of a namespace: about all of them, and where that is refused about each by its
   * name, for a rule may allow single ones. True when something new is known that is not allowed.
   */
  async learn(
    where: NamespaceRef,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<boolean> {
    if (await this.#ask(namespaceKey(where), where, signal)) return false;
    const unknown = names.filter((name) => !this.#answers.has(cacheId({ ...where, name })));
    let news = false;
    for (let first = 0; first < unknown.length; first += AT_ONCE) {
      const asked = unknown.slice(first, first + AT_ONCE).map(async (name) => {
        const ref = { ...where, name };
        return await this.#ask(cacheId(ref), ref, signal);
      });
      news = (await Promise.all(asked)).includes(false) || news;
    }
    return news;
  }

  /** Forgets every answer. */
  reset(): void {
    this.#answers.clear();
    for (const listener of this.#listeners) listener();
  }

  /** Tells each time that every answer was forgotten. */
  onReset(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async #ask(
    id: string,
    { context, namespace, name }: NamespaceRef & { readonly name?: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const known = this.#answers.get(id);
    if (known !== undefined) return known;
    const question = { verb: 'patch', namespace, ...(name === undefined ? {} : { name }) } as const;
    const answer = await this.#cluster.may(context, question, signal).catch(() => undefined);
    if (answer !== undefined) this.#answers.set(id, answer);
    return answer ?? true;
  }
}
