// Long waits, run by hand: `npm run test:soak`. The figures stand in CONTRIBUTING.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { Picture } from '../gateway/picture.ts';

const MINUTES = 10;

/** Passes bytes on between clients and the API server, counts them, and can stop without a word. */
class Line {
  readonly sockets: Socket[] = [];
  bytes = 0;
  readonly #server: Server;

  constructor(target: URL) {
    this.#server = createServer((socket) => {
      const upstream = connect(Number(target.port), target.hostname);
      this.sockets.push(socket, upstream);
      for (const [from, to] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        from.on('data', (chunk: Buffer) => {
          this.bytes += chunk.length;
          to.write(chunk);
        });
        from.on('close', () => to.destroy());
        from.on('error', () => to.destroy());
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

  /** Nothing more passes on what is open now, and nobody is told. */
  silence(): void {
    for (const socket of this.sockets) socket.removeAllListeners('data').pause();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

describe('a view that is open for long', () => {
  let plane: ControlPlane;
  let line: Line;
  let picture: Picture;
  let cluster: KubernetesCluster;

  before(async () => {
    plane = await startControlPlane();
  });
  beforeEach(async () => {
    line = new Line(new URL(plane.server));
    const file = await line.open(plane);
    cluster = new KubernetesCluster(() => [file]);
    picture = new Picture(cluster, { context: 'demo', namespace: 'default' });
    await picture.is(truth);
  });
  afterEach(() => {
    picture.stop();
    cluster.reset();
    line.close();
  });
  after(() => plane.stop());

  const truth = async (): Promise<ReadonlyMap<string, string>> => {
    const list = JSON.parse(await plane.kubectl(['get', 'configmaps', '-o', 'json'])) as {
      items: { metadata: { name: string; resourceVersion: string } }[];
    };
    return new Map(
      list.items.map(({ metadata }) => [metadata.name, metadata.resourceVersion] as const),
    );
  };

  it('costs next to nothing while nothing happens, and lists once', async () => {
    await pause(5_000);
    const { bytes } = line;
    await pause(MINUTES * 60_000);
    const perMinute = (line.bytes - bytes) / MINUTES;
    process.stdout.write(
      `      ${perMinute.toFixed(0)} bytes a minute, ${line.sockets.length / 2} connections in all, ${line.connections} open\n`,
    );
    assert.ok(perMinute < 1000);
    assert.equal(picture.lists, 1);
    assert.deepEqual(picture.failures, []);
  });

  it('finds out by itself that nothing comes any more', async () => {
    line.silence();
    const began = Date.now();
    await plane.kubectl(['create', 'configmap', 'unseen']);
    await picture.is(truth);
    process.stdout.write(`      after ${Math.round((Date.now() - began) / 1000)} s\n`);
    // Twice: the watch, and then the kept connection for requests, which is as dead.
    assert.deepEqual([...new Set(picture.failures)], ['Unreachable']);
  });
});
