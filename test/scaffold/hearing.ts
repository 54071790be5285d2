import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { EventRefresh } from '../../src/domain/manifests/events/eventRefresh.ts';
import { yamlText } from '../../src/domain/manifests/yamlText.ts';
import { ensureArgoEvents } from '../cluster/argoEvents.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';
import { writeKubeconfig } from '../cluster/kubeconfigFile.ts';
import { freePorts } from '../freePorts.ts';
import { at, type Manifest } from './argoRules.ts';
import { manifestOf, manifestsOf } from './eventRefreshes.ts';

/** An event of which the EventSource told, and what the Sensor made of it. */
export interface Heard {
  readonly event: unknown;
  /** Whether it is one that the Sensor waits for. */
  readonly passed: boolean;
  /** The Workflow, as the API server has it. */
  readonly made?: Manifest;
  readonly error?: string;
}

/** The EventSource and the Sensor of a refresh, run by the code of Argo Events under their own accounts. */
export class Hearing {
  readonly #child: ChildProcess;
  readonly #heard: Heard[] = [];
  #told = '';
  #hasEnded = false;
  #next: () => void = () => undefined;
  /** Where requests come in. */
  readonly url: string;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/refresh`;
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('It has no output.');
    createInterface(stdout).on('line', (line) => {
      this.#heard.push(JSON.parse(line) as Heard);
      this.#next();
    });
    stderr.setEncoding('utf8').on('data', (chunk: string) => {
      // Its log has it between quotes.
      this.#told += chunk.replaceAll('\\"', '"');
      this.#next();
    });
    child.once('close', () => {
      this.#hasEnded = true;
      this.#next();
    });
  }

  /** Applies all that belongs to a refresh, with another Role where one is given, and begins. */
  static async start(
    plane: ControlPlane,
    refresh: EventRefresh,
    role?: Manifest,
  ): Promise<Hearing> {
    const manifests = manifestsOf(refresh).map((each) =>
      role !== undefined && isSame(each, role) ? role : each,
    );
    const args = ['apply', '--server-side', '--validate=strict', '--force-conflicts', '-f', '-'];
    const yaml = (each: Manifest) => `${yamlText(each)}---\n`;
    await plane.kubectl(args, { input: manifests.map(yaml).join('') });
    const { hear } = await ensureArgoEvents();
    const [port = 0] = await freePorts(1);
    const kinds = ['EventSource', 'Sensor'].map((kind) => manifestOf(manifests, kind));
    const [source = '', sensor = ''] = await Promise.all(
      kinds.map((each) => kubeconfigOf(plane, each)),
    );
    const child = spawn(hear, {
      env: { KUBECONFIG: source, SENSOR_KUBECONFIG: sensor, PORT: String(port) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.write(kinds.map(yaml).join(''));
    return new Hearing(child, port);
  }

  /** What was told of the next event. */
  async next(): Promise<Heard> {
    for (;;) {
      const heard = this.#heard.shift();
      if (heard !== undefined) return heard;
      await this.#more();
    }
  }

  /** Waits until it has complained of this. */
  async complained(of: string): Promise<void> {
    while (!this.#told.includes(of)) await this.#more();
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.stdin?.end();
    await ended;
  }

  async #more(): Promise<void> {
    if (this.#hasEnded) throw new Error(`It has ended: ${this.#told}`);
    await new Promise<void>((resolve) => (this.#next = resolve));
  }
}

function isSame(one: Manifest, other: Manifest): boolean {
  const name = (each: Manifest) => at(each, 'metadata', 'name');
  return one['kind'] === other['kind'] && name(one) === name(other);
}

/** A kubeconfig of the account under which the pod of an EventSource or a Sensor runs. */
async function kubeconfigOf(plane: ControlPlane, manifest: Manifest): Promise<string> {
  const account = String(at(manifest, 'spec', 'template', 'serviceAccountName'));
  const namespace = String(at(manifest, 'metadata', 'namespace'));
  const token = await plane.kubectl(['create', 'token', account, '-n', namespace]);
  return await writeKubeconfig(path.join(plane.directory, `${namespace}-${account}.kubeconfig`), {
    context: 'demo',
    server: plane.server,
    authority: plane.authority.cert,
    user: { token: token.trim() },
  });
}
