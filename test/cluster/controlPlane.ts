import { cp, mkdtemp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../freePorts.ts';
import { run } from '../run.ts';
import { ensureBinaries, type Binaries } from './binaries.ts';
import { Authority, serviceAccountKeys, type Subject } from './certificates.ts';
import { isReady } from './isReady.ts';
import { Keeping } from './keeping.ts';
import { writeKubeconfig } from './kubeconfigFile.ts';

/** What kubectl is given beside its arguments. */
export interface KubectlOptions {
  readonly input?: string | Buffer;
  /** Another user's kubeconfig; the administrator's otherwise. */
  readonly kubeconfig?: string;
}

/** A real Kubernetes control plane on the loopback, with an etcd of its own. */
export class ControlPlane {
  /** The URL of its API server. */
  readonly server: string;
  /** Keys, logs and kubeconfigs; removed when it stops. */
  readonly directory: string;
  /** The administrator's kubeconfig, with the one context `demo`. */
  readonly kubeconfig: string;
  readonly authority: Authority;
  readonly binaries: Binaries;
  readonly #keeping: Keeping;
  readonly #etcd: readonly string[];
  readonly #apiServer: readonly string[];

  private constructor(made: Made, binaries: Binaries, keeping: Keeping) {
    this.server = made.server;
    this.directory = made.directory;
    this.kubeconfig = made.kubeconfig;
    this.authority = made.authority;
    this.binaries = binaries;
    this.#keeping = keeping;
    this.#etcd = made.etcd;
    this.#apiServer = made.apiServer;
  }

  /**
   * Starts one. With `workloads` also controllers, scheduler and kwok run, on one node that is made up:
   * pods become ready, namespaces have service accounts and can be deleted. Throws when a program is
   * missing or ends at once.
   */
  static async start({ workloads }: { workloads: boolean }): Promise<ControlPlane> {
    const binaries = await ensureBinaries();
    await binaries.require(workloads ? [...SERVERS, ...WORKLOADS] : SERVERS);
    const directory = await mkdtemp(path.join(tmpdir(), 'control-plane-'));
    const keeping = new Keeping(directory);
    try {
      const made = await prepare(directory);
      const plane = new ControlPlane(made, binaries, keeping);
      await keeping.start('etcd', binaries.path('etcd'), made.etcd);
      await plane.startApiServer();
      if (workloads) await plane.#startWorkloads(await freePorts(2));
      return plane;
    } catch (error) {
      await keeping.end();
      throw error;
    }
  }

  /** The ids of all its processes by name, that of their keeper as `keeper`. */
  get pids(): ReadonlyMap<string, number> {
    return this.#keeping.pids;
  }

  /** Runs kubectl of the same build and gives what it prints. Throws `ProgramFailed`. */
  readonly kubectl = async (
    args: readonly string[],
    { input, kubeconfig = this.kubeconfig }: KubectlOptions = {},
  ): Promise<string> => {
    const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: this.directory };
    const options = input === undefined ? { env } : { env, input };
    return (await run(this.binaries.path('kubectl'), args, options)).stdout;
  };

  /** Starts the API server, again after `stopApiServer`, on the same port; waits until it is ready. */
  async startApiServer(): Promise<void> {
    await this.#keeping.start(
      'kube-apiserver',
      this.binaries.path('kube-apiserver'),
      this.#apiServer,
    );
    for (;;) {
      await this.#keeping.assertRunning('etcd');
      await this.#keeping.assertRunning('kube-apiserver');
      if (await isReady(this.server, this.authority.cert)) return;
      await pause(50);
    }
  }

  /** Ends the API server as a crash would. */
  async stopApiServer(): Promise<void> {
    await this.#keeping.stop('kube-apiserver');
  }

  /** Keeps the state of the cluster as it is now; gives what restores it, as an administrator would. */
  async backUp(): Promise<() => Promise<void>> {
    const [data, kept] = ['etcd', 'etcd-backup'].map((name) => path.join(this.directory, name));
    if (data === undefined || kept === undefined) throw new Error('Nothing to back up.');
    await this.#atRest(() => cp(data, kept, { recursive: true }));
    return () =>
      this.#atRest(async () => {
        await rm(data, { recursive: true });
        await rename(kept, data);
      });
  }

  /** Ends everything and removes its directory. */
  async stop(): Promise<void> {
    await this.#keeping.end();
  }

  /** Does something while neither etcd nor the API server runs. */
  async #atRest(work: () => Promise<void>): Promise<void> {
    await this.stopApiServer();
    await this.#keeping.stop('etcd');
    await work();
    await this.#keeping.start('etcd', this.binaries.path('etcd'), this.#etcd);
    await this.startApiServer();
  }

  async #startWorkloads([controllers = 0, scheduler = 0]: readonly number[]): Promise<void> {
    const start = (name: (typeof WORKLOADS)[number], args: string[]) =>
      this.#keeping.start(name, this.binaries.path(name), [
        `--kubeconfig=${this.kubeconfig}`,
        ...args,
      ]);
    await start('kube-controller-manager', [
      '--service-account-private-key-file=sa.key',
      '--root-ca-file=ca.crt',
      '--use-service-account-credentials',
      `--secure-port=${controllers}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--controllers=*,-nodeipam',
    ]);
    const loopback = ['--bind-address=127.0.0.1', '--leader-elect=false'];
    await start('kube-scheduler', [`--secure-port=${scheduler}`, ...loopback]);
    const { stages } = this.binaries;
    // Other nodes are those of tests that run the pods themselves.
    const ours = '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake';
    const nodes = ['--manage-all-nodes=false', ours, '--cidr=10.1.0.0/16', '--node-ip=127.0.0.1'];
    await start('kwok', [...nodes, ...stages.map((stage) => `--config=${stage}`)]);
    await this.kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(NODE) });
    for (const name of WORKLOADS) await this.#keeping.assertRunning(name);
  }
}

const SERVERS = ['etcd', 'kube-apiserver', 'kubectl'] as const;
const WORKLOADS = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;

const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node', annotations: { 'kwok.x-k8s.io/node': 'fake' } },
  status: { allocatable: { cpu: '32', memory: '256Gi', pods: '1000' } },
};

/** Starts a control plane; `workloads` adds controllers, scheduler and kwok. */
export async function startControlPlane(
  options: { workloads: boolean } = { workloads: false },
): Promise<ControlPlane> {
  return await ControlPlane.start(options);
}

interface Made {
  readonly server: string;
  readonly directory: string;
  readonly kubeconfig: string;
  readonly authority: Authority;
  readonly etcd: readonly string[];
  readonly apiServer: readonly string[];
}

/** Writes keys and certificates and chooses ports. */
async function prepare(directory: string): Promise<Made> {
  const authority = await Authority.create();
  const [client = 0, peer = 0, secure = 0] = await freePorts(3);
  const server = `https://127.0.0.1:${secure}`;
  const keys = serviceAccountKeys();
  const apiServer: Subject = { name: 'kube-apiserver', addresses: ['127.0.0.1', '10.0.0.1'] };
  const { cert, key } = await authority.issue(apiServer);
  const files = {
    'ca.crt': authority.cert,
    'apiserver.crt': cert,
    'apiserver.key': key,
    'sa.key': keys.privateKey,
    'sa.pub': keys.publicKey,
  };
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(directory, name), text, { mode: 0o600 });
  }
  const admin = await authority.issue({ name: 'admin', groups: ['system:masters'] });
  const kubeconfig = await writeKubeconfig(path.join(directory, 'admin.kubeconfig'), {
    context: 'demo',
    server,
    authority: authority.cert,
    user: { 'client-certificate-data': base64(admin.cert), 'client-key-data': base64(admin.key) },
  });
  const ports = { client, peer, secure };
  return { server, directory, kubeconfig, authority, ...argumentsFor(ports) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function argumentsFor({ client, peer, secure }: { client: number; peer: number; secure: number }) {
  const etcd = [
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
  ];
  const apiServer = [
    `--etcd-servers=http://127.0.0.1:${client}`,
    `--secure-port=${secure}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--tls-cert-file=apiserver.crt',
    '--tls-private-key-file=apiserver.key',
    '--client-ca-file=ca.crt',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=sa.pub',
    '--service-account-signing-key-file=sa.key',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--endpoint-reconciler-type=none',
  ];
  return { etcd, apiServer };
}
