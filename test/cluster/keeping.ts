import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const KILLED = 'The keeper of the processes was killed.';

/** How much of the end of a log is shown. */
const TAIL = 2000;

/** Processes that end with us, however we end. Their logs are `<name>.log` in the directory. */
export class Keeping {
  readonly #directory: string;
  readonly #keeper: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers = new EventEmitter();
  readonly #pids = new Map<string, number>();
  readonly #ended = new Map<string, number | null>();

  /** The directory is removed with the last process. */
  constructor(directory: string) {
    this.#directory = directory;
    const program = path.join(import.meta.dirname, 'keeper.ts');
    this.#keeper = spawn(process.execPath, [program, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const { stdin, stdout } = this.#keeper;
    createInterface({ input: stdout }).on('line', (line) => {
      this.#hear(JSON.parse(line) as Answer);
    });
    // A command to a keeper that was killed fails by its missing answer.
    stdin.on('error', () => undefined);
    this.#answers.on('error', () => undefined);
    this.#keeper.once('close', () => this.#answers.emit('error', new Error(KILLED)));
  }

  /** The process ids by name, that of the keeper as `keeper`. */
  get pids(): ReadonlyMap<string, number> {
    const { pid } = this.#keeper;
    return new Map([...this.#pids, ...(pid === undefined ? [] : [['keeper', pid] as const])]);
  }

  /** Starts a process under a name that no running one has. Throws when the keeper was killed. */
  async start(name: string, program: string, args: readonly string[]): Promise<void> {
    if (this.#pids.has(name)) throw new Error(`${name} runs already`);
    this.#ended.delete(name);
    await this.#ask({ start: name, program, args }, `started ${name}`);
  }

  /** Kills a process and waits until it is gone. */
  async stop(name: string): Promise<void> {
    await this.#ask({ stop: name }, `stopped ${name}`);
    this.#pids.delete(name);
  }

  /** Throws, with the end of its log, when this process has ended by itself. */
  async assertRunning(name: string): Promise<void> {
    if (this.#isKeeperGone()) throw new Error(KILLED);
    if (!this.#ended.has(name)) return;
    const log = await readFile(path.join(this.#directory, `${name}.log`), 'utf8');
    const code = this.#ended.get(name) ?? 'none';
    throw new Error(`${name} ended with code ${code}; the end of its log:\n${log.slice(-TAIL)}`);
  }

  /** Ends every process and the keeper, waits until they are gone, and removes the directory. */
  async end(): Promise<void> {
    if (!this.#isKeeperGone()) {
      const closed = once(this.#keeper, 'close');
      this.#keeper.stdin.end();
      await closed;
    }
    // A keeper that was killed did not do it.
    await rm(this.#directory, { recursive: true, force: true });
  }

  #isKeeperGone(): boolean {
    return this.#keeper.exitCode !== null || this.#keeper.signalCode !== null;
  }

  async #ask(command: object, answer: string): Promise<void> {
    if (this.#isKeeperGone()) throw new Error(KILLED);
    const answered = once(this.#answers, answer);
    this.#keeper.stdin.write(`${JSON.stringify(command)}\n`);
    await answered;
  }

  #hear(answer: Answer): void {
    if ('started' in answer) {
      this.#pids.set(answer.started, answer.pid);
      this.#answers.emit(`started ${answer.started}`);
    } else if ('stopped' in answer) {
      this.#answers.emit(`stopped ${answer.stopped}`);
    } else {
      this.#pids.delete(answer.ended);
      this.#ended.set(answer.ended, answer.code);
    }
  }
}

type Answer =
  | { readonly started: string; readonly pid: number }
  | { readonly stopped: string }
  | { readonly ended: string; readonly code: number | null };
