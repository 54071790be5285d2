import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { refreshJobObjects } from '../../src/domain/manifests/refreshJobObjects.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';
import type { TestPod } from '../cluster/testKubelet.ts';
import { at, type Manifest } from './argoRules.ts';
import { manifestOf } from './eventRefreshes.ts';
import { mountedFolders, placed, type Volume } from './podFolders.ts';
import type { Shell } from './shells.ts';

/** Where a pod finds its token. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

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
  readonly #tokens = new globalThis.Map<string, Promise<string>>();
  readonly shell: Shell;

  constructor(plane: ControlPlane, shell: Shell) {
    this.#plane = plane;
    this.shell = shell;
  }

  async apply(...jobs: readonly RefreshJob[]): Promise<void> {
    await this.#plane.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
      input: JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: jobs.flatMap((job): readonly object[] => Object.values(refreshJobObjects(job))),
      }),
    });
  }

  /** Runs the script of a job once, or that of `of`; `env` is put over what the pod has. */
  async run(
    job: RefreshJob,
    {
      env = {},
      of: { container, volumes, account } = podOf(job),
      until,
    }: { env?: Record<string, string>; of?: Runnable; until?: AbortSignal } = {},
  ): Promise<Outcome> {
    const { namespace } = job.cache;
    const pod = await mkdtemp(path.join(this.#plane.directory, 'pod-'));
    try {
      const mounting = { namespace, volumes, mounts: container.volumeMounts };
      const folders = await mountedFolders(this.#plane, pod, mounting);
      const environment = {
        ...placed(environmentOf(container.env), folders),
        ...(await this.#surroundings(pod, await this.#token(namespace, account))),
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

  /**
   * What a pod runs that a controller made: as the API server has it, and not as the scaffold meant it. Throws where it
   * was given no token.
   */
  async runnableOf({ namespace, name }: TestPod): Promise<Runnable> {
    const text = await this.#plane.kubectl(['get', 'pod', name, '-n', namespace, '-o', 'json']);
    const { spec } = JSON.parse(text) as {
      spec: {
        containers: [Runnable['container']];
        volumes: Runnable['volumes'];
        serviceAccountName: string;
      };
    };
    const { containers, volumes, serviceAccountName: account } = spec;
    const [container] = containers;
    if (!container.volumeMounts.some(({ mountPath }) => mountPath === ACCOUNT)) {
      throw new Error(`Pod ${name} has no token.`);
    }
    return { container, volumes, account };
  }

  /** The map of a job; nothing where there is none. */
  async map({ cache }: RefreshJob): Promise<Map | undefined> {
    const args = ['get', 'configmap', cache.name, '-n', cache.namespace, '--ignore-not-found'];
    const text = await this.#plane.kubectl([...args, '--show-managed-fields', '-o', 'json']);
    return text === '' ? undefined : (JSON.parse(text) as Map);
  }

  /** What a kubelet puts around a container, and shorter times. */
  async #surroundings(pod: string, token: string) {
    const folder = path.join(pod, 'serviceaccount');
    await mkdir(folder);
    await writeFile(path.join(folder, 'token'), token);
    await writeFile(path.join(folder, 'ca.crt'), this.#plane.authority.cert);
    const { hostname, port } = new URL(this.#plane.server);
    return {
      ACCOUNT: folder,
      TERMINATION_LOG: path.join(pod, 'termination-log'),
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      RETRIES: '0',
      FETCH_SECONDS: '5',
    };
  }

  /** A token of an account, which lasts for an hour. */
  #token(namespace: string, account: string): Promise<string> {
    const args = ['create', 'token', account, '-n', namespace];
    const place = args.join(' ');
    const token = this.#tokens.get(place) ?? this.#plane.kubectl(args).then((text) => text.trim());
    this.#tokens.set(place, token);
    return token;
  }
}

/** What a pod runs, and as whom. */
export interface Runnable {
  readonly account: string;
  readonly container: {
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  };
  readonly volumes: readonly Volume[];
}

/** The pod of a job. */
export function podOf(job: RefreshJob): Runnable {
  const { spec } = refreshJobObjects(job).cronJob.spec.jobTemplate.spec.template;
  const [container] = spec.containers;
  if (container === undefined) throw new Error('The pod has no container.');
  return { container, volumes: spec.volumes, account: spec.serviceAccountName };
}

/** The pod of a step of a refresh's workflow, as Argo makes it. */
export function stepOf(manifests: readonly Manifest[]): Runnable {
  const spec = at(manifestOf(manifests, 'WorkflowTemplate'), 'spec');
  return {
    container: at(spec, 'templates', '1', 'container') as Runnable['container'],
    volumes: at(spec, 'volumes') as Runnable['volumes'],
    account: String(at(spec, 'serviceAccountName')),
  };
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
