import { spawn, type ChildProcess } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { ControlPlane } from './controlPlane.ts';

/** A pod that a test runs itself. */
export interface TestPod {
  readonly namespace: string;
  readonly name: string;
}

/** How its container ended. */
export interface Ended {
  readonly code: number | null;
  readonly message: string;
}

/** Runs what a pod says; what it writes is its log. */
export type RunPod = (pod: TestPod, write: (line: string) => void) => Promise<Ended>;

/** The log of a container, and who reads it as it grows. */
interface Log {
  readonly lines: string[];
  readonly readers: Set<ServerResponse>;
  hasEnded: boolean;
}

const NODE = 'runner';

/** How many pods run at a time; others wait, as on a node that is full. */
const ROOM = 6;

/**
 * Plays the kubelet of one node: takes the pods with a label that no scheduler has placed, runs each by a function of
 * the test, writes its state back, and serves its log to the API server. The other nodes must take no pods.
 */
export class TestKubelet {
  readonly #plane: ControlPlane;
  readonly #run: RunPod;
  readonly #server: Server;
  readonly #watch: ChildProcess;
  readonly #logs = new Map<string, Log>();
  readonly #failures: unknown[] = [];
  readonly #waiting: TestPod[] = [];
  #running = 0;
  /** The pods that were taken, in their order. */
  readonly pods: TestPod[] = [];

  private constructor(plane: ControlPlane, label: string, of: { run: RunPod; server: Server }) {
    this.#plane = plane;
    this.#run = of.run;
    this.#server = of.server;
    this.#server.on('request', ({ url = '' }, response: ServerResponse) => {
      this.#serve(new URL(url, 'https://node'), response);
    });
    const shown = '-o=jsonpath={.metadata.namespace}/{.metadata.name}{"\\n"}';
    this.#watch = spawn(
      plane.binaries.path('kubectl'),
      ['get', 'pods', '-A', '-l', label, '--watch', shown],
      {
        env: { KUBECONFIG: plane.kubeconfig, HOME: plane.directory },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    if (this.#watch.stdout === null) throw new Error('kubectl has no output.');
    createInterface(this.#watch.stdout).on('line', (line) => {
      const [namespace = '', name = ''] = line.split('/');
      if (this.#logs.has(line) || name === '') return;
      this.#logs.set(line, { lines: [], readers: new Set(), hasEnded: false });
      this.pods.push({ namespace, name });
      this.#waiting.push({ namespace, name });
      this.#takeNext();
    });
  }

  /** Makes a node, and takes the pods with that label from now on. */
  static async start(plane: ControlPlane, label: string, run: RunPod): Promise<TestKubelet> {
    const { cert, key } = await plane.authority.issue({ name: NODE, addresses: ['127.0.0.1'] });
    const server = createServer({ cert, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port: Port } = server.address() as AddressInfo;
    const status = {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port } },
    };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE }, status };
    await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(node) });
    return new TestKubelet(plane, label, { run, server });
  }

  /** Ends it; throws what went wrong with a pod. */
  async stop(): Promise<void> {
    this.#watch.kill();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #takeNext(): void {
    if (this.#running >= ROOM) return;
    const pod = this.#waiting.shift();
    if (pod === undefined) return;
    this.#running++;
    this.#take(pod)
      .catch((error: unknown) => this.#failures.push(error))
      .finally(() => {
        this.#running--;
        this.#takeNext();
      });
  }

  async #take(pod: TestPod): Promise<void> {
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.name }, target };
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/binding`;
    await this.#plane.kubectl(['create', '--raw', path, '-f', '-'], {
      input: JSON.stringify(binding),
    });
    const startedAt = new Date().toISOString();
    await this.#report(pod, 'Running', { running: { startedAt } });
    const ended = await this.#run(pod, (line) => {
      this.#write(pod, line);
    });
    this.#end(pod);
    const exitCode = ended.code ?? 137;
    const finishedAt = new Date().toISOString();
    const times = { startedAt, finishedAt };
    await this.#report(pod, exitCode === 0 ? 'Succeeded' : 'Failed', {
      terminated: { exitCode, message: ended.message, ...times },
    });
  }

  async #report({ namespace, name }: TestPod, phase: string, state: object): Promise<void> {
    const args = ['get', 'pod', name, '-n', namespace, '-o=jsonpath={.spec.containers[0].name}'];
    const container = await this.#plane.kubectl(args);
    const one = { name: container, state, ready: false, restartCount: 0, image: '', imageID: '' };
    const status = { phase, startTime: new Date().toISOString(), containerStatuses: [one] };
    const patch = ['patch', 'pod', name, '-n', namespace, '--subresource=status', '--type=merge'];
    await this.#plane.kubectl([...patch, '-p', JSON.stringify({ status })]);
  }

  #write({ namespace, name }: TestPod, text: string): void {
    const log = this.#logs.get(`${namespace}/${name}`);
    const line = `${new Date().toISOString()} ${text}\n`;
    log?.lines.push(line);
    for (const reader of log?.readers ?? []) reader.write(line);
  }

  #end({ namespace, name }: TestPod): void {
    const log = this.#logs.get(`${namespace}/${name}`);
    if (log === undefined) return;
    log.hasEnded = true;
    for (const reader of log.readers) reader.end();
  }

  /** `/containerLogs/{namespace}/{pod}/{container}`, as the API server asks a kubelet. */
  #serve({ pathname, searchParams }: URL, response: ServerResponse): void {
    const [, , namespace = '', name = ''] = pathname.split('/');
    const log = this.#logs.get(`${namespace}/${name}`);
    if (log === undefined) {
      response.writeHead(404).end();
      return;
    }
    const since = searchParams.get('sinceTime')?.replace(/Z$/, '') ?? '';
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    for (const line of log.lines) if (line >= since) response.write(line);
    if (log.hasEnded) response.end();
    else log.readers.add(response);
  }
}
