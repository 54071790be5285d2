import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A save that an extension host says was made: the key, and the SHA-256 of what it holds since. */
export interface Saved {
  readonly key: string;
  readonly sha256: string;
}

/** An extension host that saves on and on. */
export interface SavingHost {
  readonly pid: number;
  /** Gives the next save that it tells of; nothing once the host is gone. */
  readonly next: () => Promise<Saved | undefined>;
  /** Ends when the host is gone; gives the saves that it still told of. */
  readonly rest: () => Promise<readonly Saved[]>;
}

/** Takes the words of the extension in `saver`, of one extension host after the other. */
export class SavingHosts {
  readonly #server: Server;
  readonly #arrivals = new EventEmitter();
  readonly #waiting: SavingHost[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#meet(socket).catch((error: unknown) => this.#arrivals.emit('error', error));
    });
  }

  static async listen(): Promise<SavingHosts> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new SavingHosts(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next extension host that begins. */
  async next(): Promise<SavingHost> {
    for (;;) {
      const host = this.#waiting.shift();
      if (host !== undefined) return host;
      await once(this.#arrivals, 'host');
    }
  }

  stop(): void {
    this.#server.close();
  }

  async #meet(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const next = async (): Promise<Saved | undefined> => {
      const { value, done } = (await lines.next()) as { value?: string; done?: boolean };
      // A line without an end is not there for us: it may be half of one.
      if (done === true || value === undefined || !value.endsWith(']')) return undefined;
      const [what, key, sha256] = JSON.parse(value) as readonly string[];
      if (what !== 'saved' || key === undefined || sha256 === undefined) throw new Error(value);
      return { key, sha256 };
    };
    const first = (await lines.next()) as { value?: string };
    const [, pid] = JSON.parse(first.value ?? '[]') as readonly [string, number];
    const rest = async () => {
      const saves: Saved[] = [];
      for (let save = await next(); save !== undefined; save = await next()) saves.push(save);
      return saves;
    };
    this.#waiting.push({ pid, next, rest });
    this.#arrivals.emit('host');
  }
}
