import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { ControlPlane } from './controlPlane.ts';

/** Passes bytes on between clients and the API server, counts them, and can stop without a word. */
export class Line {
  readonly sockets: Socket[] = [];
  bytes = 0;
  #silent = false;
  readonly #server: Server;

  constructor(target: URL) {
    this.#server = createServer((socket) => {
      const upstream = connect(Number(target.port), target.hostname);
      this.sockets.push(socket, upstream);
      for (const [from, to] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        from.setNoDelay(true).on('data', (chunk: Buffer) => {
          this.bytes += chunk.length;
          to.write(chunk);
        });
        from.on('close', () => to.destroy());
        from.on('error', () => to.destroy());
        if (this.#silent) from.pause();
      }
    });
  }

  /** Gives a kubeconfig that leads through the line. */
  async open(plane: ControlPlane): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const { port } = this.#server.address() as AddressInfo;
    const text = await readFile(plane.kubeconfig, 'utf8');
    const file = path.join(plane.directory, `line-${port}.kubeconfig`);
    await writeFile(file, text.replace(plane.server, `https://127.0.0.1:${port}`));
    return file;
  }

  /** The connections that are open: two sockets for each. */
  get connections(): number {
    return this.sockets.filter((socket) => !socket.destroyed).length / 2;
  }

  /** Nothing passes any more, and nobody is told; what is opened meanwhile stands and is silent. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Everything passes again, what was held up included. */
  mend(): void {
    this.#silent = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Forgets what is open, as a router does: nothing passes on it any more, and nobody is told. */
  forget(): void {
    for (const socket of this.sockets) socket.removeAllListeners('data').pause();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
