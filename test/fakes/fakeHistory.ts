import type { HistoryPlace, HistoryRecord } from '../../src/domain/history/history.ts';
import type { HistoryStore } from '../../src/operations/ports.ts';

/** A history in memory. */
export class FakeHistory implements HistoryStore {
  readonly #records = new Map<string, readonly HistoryRecord[]>();
  readonly contents = new Map<string, Uint8Array>();
  /** What every attempt to keep something throws from now on. */
  failure: Error | undefined;

  async keep(
    place: HistoryPlace,
    records: readonly HistoryRecord[],
    contents: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.#records.set(idOf(place), [...(this.#records.get(idOf(place)) ?? []), ...records]);
    for (const [sha256, bytes] of contents) this.contents.set(sha256, bytes);
  }

  records(place: HistoryPlace): Promise<readonly HistoryRecord[]> {
    return Promise.resolve(this.#records.get(idOf(place)) ?? []);
  }

  namespaces(cluster: string): Promise<readonly string[]> {
    const places = [...this.#records.keys()].map((id) => JSON.parse(id) as string[]);
    const here = places.flatMap(([one, namespace = '']) => (one === cluster ? [namespace] : []));
    return Promise.resolve([...new Set(here)].sort());
  }

  names({ cluster, namespace }: Omit<HistoryPlace, 'name'>): Promise<readonly string[]> {
    const places = [...this.#records.keys()].map((id) => JSON.parse(id) as string[]);
    const here = places.filter(([one, other]) => one === cluster && other === namespace);
    return Promise.resolve(here.map(([, , name = '']) => name).sort());
  }

  content(sha256: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.contents.get(sha256));
  }

  forget(place?: HistoryPlace): Promise<void> {
    if (place === undefined) this.#records.clear();
    else this.#records.delete(idOf(place));
    return Promise.resolve();
  }

  size(): Promise<number> {
    return Promise.resolve(
      [...this.contents.values()].reduce((sum, { length }) => sum + length, 0),
    );
  }
}

function idOf({ cluster, namespace, name }: HistoryPlace): string {
  return JSON.stringify([cluster, namespace, name]);
}
