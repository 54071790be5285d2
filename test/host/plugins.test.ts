import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';

interface Config {
  users: { user: object }[];
}

describe('a credential plugin', () => {
  it('is found in the PATH of the login shell, which the editor was not started with', async () => {
    const file = process.env['KUBECONFIG'] ?? '';
    const kubectl = (...args: string[]) =>
      execFileSync(process.env['TEST_KUBECTL'] ?? '', args, {
        env: { ...process.env, KUBECONFIG: file },
        encoding: 'utf8',
      }).trim();
    kubectl('create', 'serviceaccount', 'plugged', '--namespace=argo');
    const role = ['plugged', '--namespace=argo'];
    kubectl('create', 'role', ...role, '--verb=get', '--resource=configmaps');
    kubectl('create', 'rolebinding', ...role, '--role=plugged', '--serviceaccount=argo:plugged');
    const token = kubectl('create', 'token', 'plugged', '--namespace=argo');
    const apiVersion = 'client.authentication.k8s.io/v1';
    const credential = JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token } });
    const bin = path.join(path.dirname(process.env['SHELL'] ?? ''), 'bin');
    await writeFile(path.join(bin, 'sample-credentials'), `#!/bin/sh\necho '${credential}'\n`, {
      mode: 0o755,
    });
    const config = JSON.parse(await readFile(file, 'utf8')) as Config;
    const exec = { apiVersion, command: 'sample-credentials', interactiveMode: 'Never' };
    for (const each of config.users) each.user = { exec };
    const folder = await mkdtemp(path.join(tmpdir(), 'plugins-'));
    await writeFile(path.join(folder, 'config'), JSON.stringify(config));
    const cluster = new KubernetesCluster(() => [path.join(folder, 'config')]);
    try {
      const ref = { context: 'demo', namespace: 'argo', name: 'workflow-cache' };
      const cache = await cluster.readCache(ref, new AbortController().signal);
      assert.deepEqual(cache?.keys, ['mappings.json']);
    } finally {
      cluster.reset();
      await rm(folder, { recursive: true });
    }
  });
});
