import type { ContextSummary, Contexts } from '../../operations/ports.ts';
import { accessOf, Plugins, serverOf } from './access.ts';
import { watchFiles } from './fileWatch.ts';
import { loadKubeconfig, type Kubeconfig } from './kubeConfig.ts';
import { Transport } from './transport.ts';
import { onWake } from './wakefulness.ts';

/** What connections need from outside. */
export interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes a line for the person's log. */
  readonly log: (line: string) => void;
}

/** The kubeconfig, read once, and one transport for each context that is used. */
export class Connections {
  readonly #files: () => readonly string[];
  #plugins = new Plugins();
  readonly #now: () => number;
  readonly #log: (line: string) => void;
  readonly #warnings = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #config: Promise<Kubeconfig> | undefined;
  #stopWaking: (() => void) | undefined;
  #watching: AbortController | undefined;
  readonly #transports = new Map<string, Promise<Transport>>();

  /** `files` is asked each time the kubeconfig is read. */
  constructor(files: () => readonly string[], { now, log }: Surroundings) {
    this.#files = files;
    this.#now = now;
    this.#log = log;
  }

  /** The contexts of the kubeconfig, in its order. */
  async contexts(): Promise<Contexts> {
    const config = await this.#load();
    return {
      all: [...config.contexts.keys()].map((name) => summarize(config, name)),
      current: config.currentContext,
      files: config.files,
    };
  }

  /** Tells the listener, until the signal aborts, when the kubeconfig has changed and was read again. */
  subscribe(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  /** The transport of a context. */
  async transport(name: string): Promise<Transport> {
    const known = this.#transports.get(name);
    if (known !== undefined) return await known;
    this.#stopWaking ??= onWake(this.#dropAll, this.#now);
    const fresh = this.#open(name);
    this.#transports.set(name, fresh);
    fresh.catch(() => {
      if (this.#transports.get(name) === fresh) this.#transports.delete(name);
    });
    return await fresh;
  }

  /** Closes every connection and forgets what was read. */
  reset(): void {
    this.#config = undefined;
    this.#plugins = new Plugins();
    this.#stopWaking?.();
    this.#stopWaking = undefined;
    this.#watching?.abort();
    this.#watching = undefined;
    this.#dropAll();
  }

  readonly #dropAll = (): void => {
    for (const name of [...this.#transports.keys()]) this.#drop(name);
  };

  #drop(name: string): void {
    this.#forget(name)?.then((open) => {
      open.close();
    }, nothing);
  }

  #forget(name: string): Promise<Transport> | undefined {
    const transport = this.#transports.get(name);
    this.#transports.delete(name);
    return transport;
  }

  async #open(name: string): Promise<Transport> {
    return new Transport(await accessOf(await this.#load(), name, this.#plugins), (warning) => {
      this.#warn(`The API server of ${name} warns: ${warning}`);
    });
  }

  /** Writes each warning once, as kubectl does. */
  #warn(line: string): void {
    if (this.#warnings.has(line)) return;
    this.#warnings.add(line);
    this.#log(line);
  }

  #watch(files: readonly string[]): void {
    if (this.#watching !== undefined) return;
    this.#watching = new AbortController();
    const read = () => {
      this.#readAgain().catch(nothing);
    };
    watchFiles(files, read, this.#watching.signal);
  }

  /** Reads the files again and lets go of the contexts of which they say something else now. */
  async #readAgain(): Promise<void> {
    const before = await this.#config?.catch(nothing);
    this.#config = undefined;
    const after = await this.#load().catch(nothing);
    for (const name of [...this.#transports.keys()]) {
      // A write must not break because the kubeconfig was written, as we do ourselves to keep a token.
      if (saidOf(before, name) !== saidOf(after, name)) {
        this.#forget(name)?.then((open) => open.retire(), nothing);
      }
    }
    for (const listener of this.#listeners) listener();
  }

  #load(): Promise<Kubeconfig> {
    if (this.#config === undefined) {
      const files = this.#files();
      this.#watch(files);
      const loading = loadKubeconfig(files);
      this.#config = loading;
      loading.catch(() => {
        // The next call reads the files again: the person may have mended them.
        if (this.#config === loading) this.#config = undefined;
      });
    }
    return this.#config;
  }
}

/** All that the kubeconfig says of a context, to be compared. */
function saidOf(config: Kubeconfig | undefined, name: string): string {
  const context = config?.contexts.get(name);
  const cluster = config?.clusters.get(context?.cluster ?? '');
  return JSON.stringify([context, cluster, config?.users.get(context?.user ?? '')]);
}

function nothing(): undefined {
  return undefined;
}

function summarize(config: Kubeconfig, name: string): ContextSummary {
  const { cluster = '', namespace = 'default' } = config.contexts.get(name) ?? {};
  return { name, server: serverOf(config.clusters.get(cluster) ?? {})?.href, namespace };
}
