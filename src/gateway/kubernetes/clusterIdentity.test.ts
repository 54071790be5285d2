import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClusterUids } from '../history/clusterUids.ts';
import { KubernetesCluster } from './cluster.ts';

const UID = '0e7f3c52-7d3c-4f6e-9a43-1f2f3a4b5c6d';

describe('The identity of a cluster whose kube-system may no longer be read', () => {
  let folder: string;
  let file: string;
  let server: Server;
  let isAllowed = true;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'identity-'));
    server = createServer((_, response) => {
      const body = isAllowed
        ? { kind: 'PartialObjectMetadata', metadata: { name: 'kube-system', uid: UID } }
        : { kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 };
      response.writeHead(isAllowed ? 200 : 403, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    file = path.join(folder, 'kubeconfig');
    const config = {
      clusters: [{ name: 'c', cluster: { server: url } }],
      contexts: [{ name: 'demo', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
    };
    await writeFile(file, JSON.stringify(config));
  });

  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  /** What a window that opens now says. */
  async function identity(uids?: ClusterUids): Promise<readonly string[]> {
    const cluster = new KubernetesCluster(() => [file], uids && { uids });
    const found = await cluster.identity('demo', new AbortController().signal);
    cluster.reset();
    return found;
  }

  it('has the uid that was known before, to be read and not to be written to', async () => {
    const uids = () => new ClusterUids(path.join(folder, 'clusters'), () => true);
    isAllowed = true;
    const [uid, fingerprint] = await identity(uids());
    assert.equal(uid, UID);
    isAllowed = false;
    assert.deepEqual(await identity(uids()), [fingerprint, UID]);
    assert.deepEqual(await identity(), [fingerprint], 'nothing was remembered');
    await writeFile(path.join(folder, 'clusters', fingerprint ?? ''), '{"damaged":');
    assert.deepEqual(await identity(uids()), [fingerprint], 'what was remembered is damaged');
    isAllowed = true;
    await identity(uids());
    isAllowed = false;
    assert.deepEqual(await identity(uids()), [fingerprint, UID], 'remembered again');
    assert.equal((await readdir(path.join(folder, 'clusters'))).length, 1);
  });

  it('is not remembered where nothing is to be kept, and is known where it cannot be', async () => {
    isAllowed = true;
    const none = path.join(folder, 'none');
    assert.equal((await identity(new ClusterUids(none, () => false)))[0], UID);
    await assert.rejects(readdir(none));
    assert.equal((await identity(new ClusterUids(file, () => true)))[0], UID);
  });
});
