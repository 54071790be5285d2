import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProgramFailed } from '../run.ts';
import { ensureBinaries } from './binaries.ts';
import './buildFirst.ts';
import { startControlPlane, type ControlPlane } from './controlPlane.ts';

const NAMES = [
  'get',
  'configmaps',
  '--output=name',
  '--field-selector=metadata.name!=kube-root-ca.crt',
];

/** What a test starts for itself: stopped after it, also when it fails. */
const started: ControlPlane[] = [];

async function startAnother(): Promise<ControlPlane> {
  const plane = await startControlPlane();
  started.push(plane);
  return plane;
}

afterEach(async () => {
  for (const plane of started.splice(0)) await plane.stop();
});

const exists = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a control plane', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
  });
  after(() => plane.stop());

  it('is of the version that is pinned, and so is its kubectl', async () => {
    const pins = await readFile(path.join(import.meta.dirname, 'go/kubernetes/go.mod'), 'utf8');
    const pinned = /k8s\.io\/kubernetes (v\S+)/.exec(pins)?.[1];
    const version = JSON.parse(await plane.kubectl(['version', '--output=json'])) as Record<
      'clientVersion' | 'serverVersion',
      { gitVersion: string }
    >;
    const { clientVersion, serverVersion } = version;
    // A person's own programs may be of another.
    const own = process.env['KUBEBUILDER_ASSETS'] !== undefined;
    assert.equal(serverVersion.gitVersion, own ? clientVersion.gitVersion : pinned);
    assert.equal(clientVersion.gitVersion, serverVersion.gitVersion);
  });

  it('stands beside another that knows nothing of it, and stops without a trace', async () => {
    const other = await startAnother();
    assert.notEqual(other.server, plane.server);
    await plane.kubectl(['create', 'configmap', 'here']);
    await other.kubectl(['create', 'configmap', 'there']);
    assert.equal(await plane.kubectl(NAMES), 'configmap/here\n');
    assert.equal(await other.kubectl(NAMES), 'configmap/there\n');
    const { pids, directory } = other;
    assert.equal(pids.size, 3);
    await other.stop();
    assert.deepEqual([...pids.values()].filter(exists), []);
    assert.ok(!existsSync(directory));
    assert.equal(await plane.kubectl(NAMES), 'configmap/here\n', 'the first one goes on');
  });

  it('comes back at the same address, with what it held, after its API server was gone', async () => {
    await plane.kubectl(['create', 'configmap', 'kept']);
    const read = () => plane.kubectl(['get', 'configmap', 'kept', '--output=name']);
    await plane.stopApiServer();
    await assert.rejects(read, (error) => {
      assert.ok(error instanceof ProgramFailed);
      assert.match(error.stderr, new RegExp(`${new URL(plane.server).host}.*refused`));
      return true;
    });
    await plane.startApiServer();
    assert.equal(await read(), 'configmap/kept\n');
  });
});

describe('a control plane that breaks', () => {
  it('says which process ended, with the end of its log', async () => {
    const plane = await startAnother();
    await plane.stopApiServer();
    const intruder = createServer((socket) => socket.destroy());
    await once(intruder.listen(Number(new URL(plane.server).port), '127.0.0.1'), 'listening');
    try {
      await assert.rejects(plane.startApiServer(), ({ message }: Error) => {
        const [said = '', ...end] = message.split('\n');
        assert.match(said, /^kube-apiserver ended with code 1; .*log:$/);
        const log = readFileSync(path.join(plane.directory, 'kube-apiserver.log'), 'utf8');
        assert.ok(end.length > 1 && log.endsWith(end.join('\n')), message);
        assert.match(message, /address already in use/);
        return true;
      });
    } finally {
      intruder.close();
    }
  });
});

describe('a folder with only the programs that KUBEBUILDER_ASSETS promises', () => {
  let folder: string;
  let before: string | undefined;
  beforeEach(async () => {
    const binaries = await ensureBinaries();
    folder = await mkdtemp(path.join(tmpdir(), 'assets-'));
    for (const program of ['etcd', 'kube-apiserver', 'kubectl'] as const) {
      await symlink(binaries.path(program), path.join(folder, program));
    }
    before = process.env['KUBEBUILDER_ASSETS'];
    process.env['KUBEBUILDER_ASSETS'] = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['KUBEBUILDER_ASSETS'];
    else process.env['KUBEBUILDER_ASSETS'] = before;
    await rm(folder, { recursive: true });
  });

  it('is enough for a control plane without workloads', async () => {
    const plane = await startAnother();
    assert.equal(await plane.kubectl(['get', '--raw', '/readyz']), 'ok');
  });

  it('is not enough for workloads, which is said before anything is started', async () => {
    const planes = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('control-plane-'));
    const there = await planes();
    await assert.rejects(startControlPlane({ workloads: true }), ({ message }: Error) => {
      assert.match(message, /needs kube-controller-manager, .* KUBEBUILDER_ASSETS/);
      assert.ok(message.includes(folder));
      return true;
    });
    assert.deepEqual(await planes(), there);
  });
});

describe('a control plane with workloads', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane({ workloads: true });
  });
  after(() => plane.stop());

  it('rolls out a Deployment, restarts it, and deletes its namespace', async () => {
    const inside = ['--namespace', 'made'];
    await plane.kubectl(['create', 'namespace', 'made']);
    await plane.kubectl(['create', 'deployment', 'app', '--image=app', '--replicas=2', ...inside]);
    const rolledOut = () => plane.kubectl(['rollout', 'status', 'deployment/app', ...inside]);
    assert.match(await rolledOut(), /successfully rolled out/);
    await plane.kubectl(['rollout', 'restart', 'deployment/app', ...inside]);
    assert.match(await rolledOut(), /successfully rolled out/);
    await plane.kubectl(['delete', 'namespace', 'made']);
    await assert.rejects(plane.kubectl(['get', 'namespace', 'made']), /not found/);
  });

  it('gives each namespace a service account', async () => {
    await plane.kubectl(['create', 'namespace', 'manned']);
    await plane.kubectl([
      ...['wait', '--for=create', 'serviceaccount/default'],
      ...['--namespace=manned', '--timeout=60s'],
    ]);
    const token = await plane.kubectl(['create', 'token', 'default', '--namespace=manned']);
    assert.equal(token.split('.').length, 3);
  });
});
