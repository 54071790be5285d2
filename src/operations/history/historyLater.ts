import { cacheId, printCache, type CacheRef } from '../../domain/ref.ts';

/** Something that is to be kept of a cache. */
export interface Task {
  readonly ref: CacheRef;
  /** Bytes that are held in memory until it is done. */
  readonly bytes: number;
  readonly work: () => Promise<void>;
}

/** Bytes that wait in memory at most. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Tasks that wait at most. */
const MOST_TASKS = 1000;

/** Work in the background, one after the other. What fails waits, and is tried again before what comes next. */
export class HistoryLater {
  readonly #log: (line: string) => void;
  readonly #waiting = new Set<Task>();
  readonly #failed = new WeakSet<Task>();
  #running: Promise<void> = Promise.resolve();
  #isPlanned = false;

  /** `log` takes a line for the person's log. */
  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Does it once all that was added before is done or was tried. */
  add(task: Task): void {
    this.#waiting.add(task);
    this.#makeRoom();
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#running = this.#running.then(async () => {
      this.#isPlanned = false;
      await this.#doAll([...this.#waiting]);
    });
  }

  /** Ends when everything was done or tried; what failed of this cache is tried once more. */
  async settled(ref?: CacheRef): Promise<void> {
    await this.#running;
    const id = ref && cacheId(ref);
    const failed = [...this.#waiting].filter((task) => cacheId(task.ref) === id);
    if (failed.length === 0) return;
    this.#running = this.#running.then(() => this.#doAll(failed));
    await this.#running;
  }

  /** Ends when everything was done or tried, what failed before once more, or after so many milliseconds. */
  async ended(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    const failed = [...this.#waiting].filter((task) => this.#failed.has(task));
    if (failed.length > 0) this.#running = this.#running.then(() => this.#doAll(failed));
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  async #doAll(tasks: readonly Task[]): Promise<void> {
    /** Caches of which something could not be kept: what comes after it keeps its place. */
    const stuck = new Set<string>();
    for (const task of tasks) {
      const id = cacheId(task.ref);
      if (stuck.has(id) || !this.#waiting.has(task)) continue;
      try {
        await task.work();
        this.#waiting.delete(task);
      } catch (error) {
        stuck.add(id);
        this.#tell(task, error);
      }
    }
  }

  #tell(task: Task, error: unknown): void {
    if (this.#failed.has(task)) return;
    this.#failed.add(task);
    const what = `What was replaced of ${printCache(task.ref)}`;
    this.#log(`${what} could not be kept yet, and will be tried again. ${String(error)}`);
  }

  #makeRoom(): void {
    let bytes = 0;
    for (const task of this.#waiting) bytes += task.bytes;
    for (const oldest of this.#waiting) {
      const fits = bytes <= MOST_BYTES && this.#waiting.size <= MOST_TASKS;
      if (fits || this.#waiting.size === 1) return;
      this.#waiting.delete(oldest);
      bytes -= oldest.bytes;
      const what = `What was replaced of ${printCache(oldest.ref)}`;
      this.#log(`${what} could not be kept, and is lost: too much else waits to be kept.`);
    }
  }
}
