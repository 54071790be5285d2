import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';

const never = new AbortController().signal;

/** Joins two connections until one of them ends. */
function join(one: Duplex, other: Duplex): void {
  one.pipe(other).pipe(one);
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
}

/** Answers `CONNECT`, and notes where it leads. */
function tunnel(server: Server, seen: string[]): Server {
  return server.on('connect', (request: { url?: string }, socket: Duplex) => {
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    seen.push(request.url ?? '');
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(socket, upstream);
    });
  });
}

/** A SOCKS 5 server for IPv4 addresses, without a password. Source: RFC 1928. */
function socks(seen: string[]): Server {
  return createServer((socket: Socket) => {
    socket.once('data', () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once('data', (request: Buffer) => {
        const host = [...request.subarray(4, 8)].join('.');
        const port = request.readUInt16BE(8);
        seen.push(`${host}:${port}`);
        const upstream = connect(port, host, () => {
          socket.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          join(socket, upstream);
        });
      });
    });
  });
}

describe('a cluster behind a proxy', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
    await plane.kubectl(['create', 'configmap', 'behind', '--from-literal=a=1']);
  });
  after(() => plane.stop());

  const kinds = {
    http: (seen: string[]) => Promise.resolve(tunnel(createPlain(), seen)),
    https: async (seen: string[]) =>
      tunnel(
        createSecure(await plane.authority.issue({ name: 'proxy', addresses: ['127.0.0.1'] })),
        seen,
      ),
    socks5: (seen: string[]) => Promise.resolve(socks(seen)),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    it(`is reached through ${kind}, by kubectl and by us, over few connections`, async () => {
      const seen: string[] = [];
      const proxy = await make(seen);
      await once(proxy.listen(0, '127.0.0.1'), 'listening');
      const sockets = new Set<Socket>();
      proxy.on('connection', (socket: Socket) => sockets.add(socket));
      const { port } = proxy.address() as AddressInfo;
      const text = await readFile(plane.kubeconfig, 'utf8');
      const file = path.join(plane.directory, `${kind}.kubeconfig`);
      const server = `"server": "${plane.server}"`;
      await writeFile(
        file,
        text.replace(server, `${server}, "proxy-url": "${kind}://127.0.0.1:${port}"`),
      );
      await plane.kubectl(['get', 'configmap', 'behind'], { kubeconfig: file });
      assert.ok(seen.length > 0, 'kubectl went through it');
      seen.length = 0;
      const cluster = new KubernetesCluster(() => [file]);
      for (let time = 0; time < 10; time++) {
        const ref = { context: 'demo', namespace: 'default', name: 'behind' };
        const cache = await cluster.readCache(ref, never);
        assert.deepEqual(cache?.keys, ['a']);
      }
      assert.deepEqual(seen, [new URL(plane.server).host]);
      cluster.reset();
      proxy.close();
      for (const socket of sockets) socket.destroy();
    });
  }
});
