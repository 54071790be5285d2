import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { refreshJobObjects } from '../../src/domain/manifests/refreshJobObjects.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';
import type { TestPod } from '../cluster/testKubelet.ts';
import type { Shell } from './shells.ts';

/** How a run of the script ended. */
export interface Outcome {
  readonly code: number | null;
  /** What was left as the termination message. */
  readonly message: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The ConfigMap as the API server has it. */
export interface Map {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string }[];
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** Applies the objects of jobs and runs their scripts, as a kubelet would, with the token of their service account. */
export class RefreshRuns {
  readonly #plane: ControlPlane;
  readonly shell: Shell;

  constructor(plane: ControlPlane, shell: Shell) {
    this.#plane = plane;
    this.shell = shell;
  }

  async apply(job: RefreshJob): Promise<void> {
    await this.#plane.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
      input: JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: Object.values(refreshJobObjects(job)),
      }),
    });
  }

  /** Runs the script of a job once, or that of `of`; `env` is put over what the pod has. */
  async run(
    job: RefreshJob,
    {
      env = {},
      header,
      of = podOf(job),
      until,
    }: { env?: Record<string, string>; header?: string; of?: Runnable; until?: AbortSignal } = {},
  ): Promise<Outcome> {
    const pod = await mkdtemp(path.join(this.#plane.directory, 'pod-'));
    try {
      const { container, account } = of;
      await this.#mount(pod, job, { account, header });
      const environment = {
        ...environmentOf(container.env),
        ...this.#places(pod),
        PATH: this.shell.path,
        ...env,
      };
      // The kubelet expands commands, too.
      const [, ...args] = container.command.map((text) => expanded(text, environment));
      const before = this.shell.command;
      const ended = await ran([...before, ...args], environment, until);
      const message = await readFile(environment.TERMINATION_LOG, 'utf8').catch(() => '');
      return { ...ended, message };
    } finally {
      await rm(pod, { recursive: true, force: true });
    }
  }

  /** What a pod runs that a controller made: as the API server has it, and not as the scaffold meant it. */
  async runnableOf({ namespace, name }: TestPod): Promise<Runnable> {
    const text = await this.#plane.kubectl(['get', 'pod', name, '-n', namespace, '-o', 'json']);
    const { spec } = JSON.parse(text) as {
      spec: { containers: [Runnable['container']]; serviceAccountName: string };
    };
    return { container: spec.containers[0], account: spec.serviceAccountName };
  }

  /** The map of a job; nothing where there is none. */
  async map({ cache }: RefreshJob): Promise<Map | undefined> {
    const args = ['get', 'configmap', cache.name, '-n', cache.namespace, '--ignore-not-found'];
    const text = await this.#plane.kubectl([...args, '--show-managed-fields', '-o', 'json']);
    return text === '' ? undefined : (JSON.parse(text) as Map);
  }

  async #mount(
    pod: string,
    job: RefreshJob,
    { account, header }: { account: string; header: string | undefined },
  ): Promise<void> {
    for (const name of ['cache', 'tmp', 'secret', 'account']) await mkdir(path.join(pod, name));
    const { data = {}, binaryData = {} } = (await this.map(job)) ?? {};
    for (const [key, text] of Object.entries(data)) {
      await writeFile(path.join(pod, 'cache', key), text);
    }
    for (const [key, base64] of Object.entries(binaryData)) {
      await writeFile(path.join(pod, 'cache', key), Buffer.from(base64, 'base64'));
    }
    if (header !== undefined) await writeFile(path.join(pod, 'secret', 'header'), header);
    const { namespace } = job.cache;
    const token = await this.#plane.kubectl(['create', 'token', account, '-n', namespace]);
    await writeFile(path.join(pod, 'account', 'token'), token.trim());
    await writeFile(path.join(pod, 'account', 'ca.crt'), this.#plane.authority.cert);
  }

  #places(pod: string) {
    const { hostname, port } = new URL(this.#plane.server);
    return {
      CURRENT: path.join(pod, 'cache'),
      TMPDIR: path.join(pod, 'tmp'),
      HOME: path.join(pod, 'tmp'),
      SOURCE_HEADER: path.join(pod, 'secret', 'header'),
      ACCOUNT: path.join(pod, 'account'),
      TERMINATION_LOG: path.join(pod, 'termination-log'),
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      RETRIES: '0',
      FETCH_SECONDS: '5',
    };
  }
}

/** What a pod runs, and as whom. */
export interface Runnable {
  readonly account: string;
  readonly container: {
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string }[];
  };
}

/** The pod of a job. */
export function podOf(job: RefreshJob): Runnable {
  const { spec } = refreshJobObjects(job).cronJob.spec.jobTemplate.spec.template;
  const [container] = spec.containers;
  if (container === undefined) throw new Error('The pod has no container.');
  return { container, account: spec.serviceAccountName };
}

/** The variables of a container; each may name those before it. */
export function environmentOf(
  env: readonly { readonly name: string; readonly value?: string }[],
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { name, value = '' } of env) environment[name] = expanded(value, environment);
  return environment;
}

/** What the kubelet makes of a text. Source: `expansion.Expand` of Kubernetes. */
export function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, sign: string, name: string | undefined) =>
    sign === '$' ? '$' : (variables[name ?? ''] ?? whole),
  );
}

function ran(
  [program = '', ...args]: readonly string[],
  env: Record<string, string>,
  until?: AbortSignal,
): Promise<Omit<Outcome, 'message'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    until?.addEventListener('abort', () => child.kill('SIGTERM'));
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
