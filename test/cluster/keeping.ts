import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Processes that end with us, however we end. Their logs are `<name>.log` in the directory. */
export class Keeping {
  readonly #keeper: ChildProcess;
  readonly #answers = new EventEmitter();
  readonly #pids = new Map<string, number>();
  readonly #ended = new Map<string, number | null>();

  /** The directory is removed with the last process. */
  constructor(directory: string) {
    const program = path.join(import.meta.dirname, 'keeper.ts');
    this.#keeper = spawn(process.execPath, [program, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    if (this.#keeper.stdout === null) throw new Error('the keeper has no output');
    createInterface({ input: this.#keeper.stdout }).on('line', (line) => {
      this.#hear(JSON.parse(line) as Answer);
    });
  }

  /** The process ids of what runs, and of the keeper. */
  get pids(): readonly number[] {
    return [...this.#pids.values(), ...(this.#keeper.pid === undefined ? [] : [this.#keeper.pid])];
  }

  async start(name: string, program: string, args: readonly string[]): Promise<void> {
    this.#ended.delete(name);
    await this.#ask({ start: name, program, args }, `started ${name}`);
  }

  async stop(name: string): Promise<void> {
    await this.#ask({ stop: name }, `stopped ${name}`);
    this.#pids.delete(name);
  }

  /** Throws when this process has ended by itself. */
  assertRunning(name: string): void {
    if (!this.#ended.has(name)) return;
    throw new Error(`${name} ended with code ${this.#ended.get(name) ?? 'none'}; see its log`);
  }

  /** Ends every process and the keeper, and waits until they are gone. */
  async end(): Promise<void> {
    if (this.#keeper.exitCode !== null) return;
    const closed = once(this.#keeper, 'close');
    this.#keeper.stdin?.end();
    await closed;
  }

  async #ask(command: object, answer: string): Promise<void> {
    const answered = once(this.#answers, answer);
    this.#keeper.stdin?.write(`${JSON.stringify(command)}\n`);
    await answered;
  }

  #hear(answer: Answer): void {
    if ('started' in answer) {
      this.#pids.set(answer.started, answer.pid);
      this.#answers.emit(`started ${answer.started}`);
    } else if ('stopped' in answer) {
      this.#answers.emit(`stopped ${answer.stopped}`);
    } else {
      this.#ended.set(answer.ended, answer.code);
    }
  }
}

type Answer =
  | { readonly started: string; readonly pid: number }
  | { readonly stopped: string }
  | { readonly ended: string; readonly code: number | null };
