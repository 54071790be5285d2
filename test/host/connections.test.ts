import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';

interface Config {
  clusters: { cluster: Record<string, unknown> & { server: string } }[];
}

describe('connections to an API server that is elsewhere', () => {
  it('are kept in the extension host, where VS Code opens one for each request of others', async () => {
    const config = JSON.parse(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8')) as Config;
    const [entry] = config.clusters;
    assert.ok(entry !== undefined);
    const { port, hostname } = new URL(entry.cluster.server);
    const sockets: Socket[] = [];
    const forwarder = createServer((socket) => {
      const upstream = connect(Number(port), hostname);
      sockets.push(socket);
      socket.pipe(upstream).pipe(socket);
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    // VS Code leaves what goes to 127.0.0.1 alone, and that alone.
    await once(forwarder.listen(0, '127.0.0.2'), 'listening');
    const server = `https://127.0.0.2:${(forwarder.address() as AddressInfo).port}`;
    entry.cluster = { server, 'insecure-skip-tls-verify': true };
    const folder = await mkdtemp(path.join(tmpdir(), 'connections-'));
    const file = path.join(folder, 'config');
    await writeFile(file, JSON.stringify(config));
    const cluster = new KubernetesCluster(() => [file]);
    try {
      const ref = { context: 'demo', namespace: 'argo', name: 'workflow-cache' };
      for (let time = 0; time < 20; time++) {
        const cache = await cluster.readCache(ref, new AbortController().signal);
        assert.deepEqual(cache?.keys, ['mappings.json']);
      }
      assert.equal(sockets.length, 1);
    } finally {
      cluster.reset();
      forwarder.close();
      for (const socket of sockets) socket.destroy();
      await rm(folder, { recursive: true });
    }
  });
});
