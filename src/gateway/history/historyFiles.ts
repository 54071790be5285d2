import { createHash } from 'node:crypto';
import path from 'node:path';
import { historyFailure, isFailure } from '../../domain/failure.ts';
import {
  inOrder,
  type HistoryLimits,
  type HistoryPlace,
  type HistoryRecord,
} from '../../domain/history/history.ts';
import { withinLimits } from '../../domain/history/historyLimits.ts';
import type { HistoryStore } from '../../operations/ports.ts';
import { Contents } from './contents.ts';
import { codeOf, namesIn } from './durable.ts';
import { Log } from './log.ts';
import { trim } from './trim.ts';

/** The share of the limit of bytes that is added between two trimmings. */
const TRIM_SHARE = 0.1;

/** The history as files below one folder, which several windows may use at once. */
export class HistoryFiles implements HistoryStore {
  readonly #caches: string;
  readonly #contents: Contents;
  readonly #limits: () => HistoryLimits;
  readonly #logs = new Map<string, Log>();
  #trimming: Promise<void> | undefined;
  /** Bytes that were added since the last trimming. */
  #added = 0;
  /** The limits when they were asked last. */
  #lastLimits: HistoryLimits | undefined;

  /** The folder need not be there yet. `limits` is asked each time. */
  constructor(folder: string, limits: () => HistoryLimits) {
    this.#caches = path.join(folder, 'caches');
    this.#contents = new Contents(path.join(folder, 'contents'));
    this.#limits = limits;
  }

  async keep(
    place: HistoryPlace,
    records: readonly HistoryRecord[],
    contents: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    if (this.#limits().versionsPerKey === 0 || records.length === 0) {
      this.#trimWhenDue(true);
      return;
    }
    await telling('could not be written', async () => {
      const keep = async (sha256: string, bytes: Uint8Array) => {
        await this.#contents.keep(sha256, bytes);
      };
      await Promise.all([...contents].map(([sha256, bytes]) => keep(sha256, bytes)));
      await this.#log(place).append({ place, records });
      // Another window may have removed a content before it could know that it is wanted again.
      const keepAgain = async (sha256: string, bytes: Uint8Array) => {
        if (!(await this.#contents.isThere(sha256))) await keep(sha256, bytes);
      };
      await Promise.all([...contents].map(([sha256, bytes]) => keepAgain(sha256, bytes)));
    });
    for (const bytes of contents.values()) this.#added += bytes.length;
    this.#trimWhenDue(true);
  }

  async records(place: HistoryPlace): Promise<readonly HistoryRecord[]> {
    const lines = await telling('could not be read', () => this.#log(place).lines());
    const records = lines.understood.flatMap((line) => line.records);
    this.#trimWhenDue(false);
    return withinLimits(inOrder(records), this.#limits().versionsPerKey);
  }

  async namespaces(cluster: string): Promise<readonly string[]> {
    return await telling('could not be read', async () => {
      const namespaces = new Set<string>();
      for (const parent of await namesIn(this.#caches)) {
        // The first place that is understood speaks for all of its folder.
        for await (const place of placesIn(path.join(this.#caches, parent))) {
          if (place.cluster === cluster) namespaces.add(place.namespace);
          break;
        }
      }
      return [...namespaces].sort();
    });
  }

  async names({ cluster, namespace }: Omit<HistoryPlace, 'name'>): Promise<readonly string[]> {
    const folder = path.join(this.#caches, hashOf(cluster, namespace));
    return await telling('could not be read', async () => {
      const names: string[] = [];
      for await (const { name } of placesIn(folder)) names.push(name);
      return names.sort();
    });
  }

  async content(sha256: string): Promise<Uint8Array | undefined> {
    return await telling('could not be read', () => this.#contents.read(sha256));
  }

  async forget(place?: HistoryPlace): Promise<void> {
    await telling('could not be removed', async () => {
      await this.#trimming;
      const logs = place === undefined ? await this.#all() : [this.#log(place)];
      for (const log of logs) await log.remove();
      await this.#trim({ grace: 0 });
    });
  }

  async size(): Promise<number> {
    const all = await this.#contents.all(Date.now());
    return all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Ends when nothing is being trimmed any more. */
  async settled(): Promise<void> {
    await this.#trimming;
  }

  /** It is time at the first write, whenever the limits became lower, and once there is much more than there was. */
  #trimWhenDue(isWrite: boolean): void {
    const [last, limits] = [this.#lastLimits, this.#limits()];
    // A look does not wait for the work, unless nothing shall be there.
    if (last === undefined && !isWrite && limits.versionsPerKey > 0) return;
    this.#lastLimits = limits;
    const isLower =
      last === undefined ||
      limits.versionsPerKey < last.versionsPerKey ||
      limits.bytes < last.bytes;
    if (!isLower && this.#added <= limits.bytes * TRIM_SHARE) return;
    this.#added = 0;
    const of = isLower && last !== undefined ? { slack: 1 } : {};
    const before = this.#trimming ?? Promise.resolve();
    // What could not be trimmed now is trimmed another time.
    this.#trimming = before.then(() => this.#trim(of)).catch(() => undefined);
  }

  async #trim(of: { grace?: number; slack?: number }): Promise<void> {
    const limits = this.#limits();
    const ofNone = limits.versionsPerKey === 0 ? { grace: 0 } : {};
    await trim(() => this.#all(), this.#contents, { limits, ...ofNone, ...of });
  }

  async #all(): Promise<readonly Log[]> {
    const logs: Log[] = [];
    for (const parent of await namesIn(this.#caches)) {
      for (const name of await namesIn(path.join(this.#caches, parent))) {
        logs.push(this.#logAt(path.join(this.#caches, parent, name)));
      }
    }
    return logs;
  }

  #log({ cluster, namespace, name }: HistoryPlace): Log {
    return this.#logAt(path.join(this.#caches, hashOf(cluster, namespace), hashOf(name)));
  }

  #logAt(folder: string): Log {
    const log = this.#logs.get(folder) ?? new Log(folder);
    this.#logs.set(folder, log);
    return log;
  }
}

/** The places whose logs are in the folder of a namespace, as far as they can be understood. */
async function* placesIn(folder: string): AsyncGenerator<HistoryPlace> {
  for (const name of await namesIn(folder)) {
    const [first] = (await new Log(path.join(folder, name)).lines()).understood;
    if (first !== undefined) yield first.place;
  }
}

/** A name for a folder that any file system takes, whatever the parts. */
function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

async function telling<T>(problem: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isFailure(error)) throw error;
    throw historyFailure(`${problem}: ${wordsFor(codeOf(error))}`, String(error));
  }
}

function wordsFor(code: string | undefined): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'its folder may not be written';
    default:
      return 'the file system refused it';
  }
}
