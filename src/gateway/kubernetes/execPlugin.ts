import { spawn } from 'node:child_process';
import type { Failure } from '../../domain/failure.ts';
import { credentialFailure } from './apiFailure.ts';
import type { ClusterFields, ExecFields } from './kubeconfigFields.ts';

/** What a plugin gave: a token, a certificate with its key (both PEM), or all three. */
export interface PluginCredential {
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Milliseconds since the epoch; nothing where it does not expire. */
  readonly expires?: number;
}

const GROUP = 'client.authentication.k8s.io';
const VERSIONS = [`${GROUP}/v1`, `${GROUP}/v1beta1`];

/** Milliseconds that a plugin may take; some open a browser and wait for the person. */
const TIME_LIMIT = 60_000;

/** Bytes of what a plugin may print. */
const MOST_OUTPUT = 1 << 20;

/** Runs a credential plugin of a kubeconfig. Source: client-go `plugin/pkg/client/auth/exec`. */
export class ExecPlugin {
  readonly #exec: ExecFields;
  readonly #cluster: ClusterFields;
  #given: PluginCredential | undefined;
  #running: Promise<PluginCredential> | undefined;

  constructor(exec: ExecFields, cluster: ClusterFields) {
    this.#exec = exec;
    this.#cluster = cluster;
  }

  /**
   * What the plugin gave last, or gives now if that has expired or was refused. Many who ask at once
   * share one run. Throws a `Failure`.
   */
  async credential(now: number): Promise<PluginCredential> {
    const given = this.#given;
    if (given !== undefined && (given.expires === undefined || given.expires > now)) return given;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return await this.#running;
  }

  /** Forgets a credential that a server refused, unless there is a newer one by now. */
  refuse(credential: PluginCredential): void {
    if (this.#given === credential) this.#given = undefined;
  }

  async #run(): Promise<PluginCredential> {
    const { command, apiVersion = '' } = this.#exec;
    if (command === undefined) throw pluginFailure('', 'names no command');
    refuseWhatCannotRun(command, this.#exec);
    const output = await printed(command, this.#exec, this.#information());
    this.#given = credentialIn(output, command, apiVersion);
    return this.#given;
  }

  /** What the plugin finds in `KUBERNETES_EXEC_INFO`. */
  #information(): string {
    const { apiVersion, provideClusterInfo } = this.#exec;
    const spec = {
      interactive: false,
      ...(provideClusterInfo === true ? { cluster: clusterInformation(this.#cluster) } : {}),
    };
    return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  }
}

function refuseWhatCannotRun(command: string, exec: ExecFields): void {
  const { apiVersion = '', interactiveMode } = exec;
  if (!VERSIONS.includes(apiVersion)) {
    throw pluginFailure(
      command,
      `has the version "${apiVersion}", which is none of ${VERSIONS.join(', ')}`,
    );
  }
  if (interactiveMode === 'Always') {
    throw pluginFailure(command, 'wants to ask in a terminal, and there is none here');
  }
  if (apiVersion === VERSIONS[0] && interactiveMode === undefined) {
    throw pluginFailure(command, 'has no interactiveMode, which its version needs');
  }
}

function clusterInformation(cluster: ClusterFields): object {
  const config = cluster.extensions?.find(({ name }) => name === `${GROUP}/exec`)?.extension;
  return {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
    'proxy-url': cluster['proxy-url'],
    'disable-compression': cluster['disable-compression'],
    config: config ?? null,
  };
}

/** Runs the plugin to its end and gives what it printed. */
function printed(command: string, exec: ExecFields, information: string): Promise<string> {
  const { args = [], env = [], installHint } = exec;
  const own = Object.fromEntries(env.map(({ name = '', value = '' }) => [name, value]));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: information },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let said = '';
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(pluginFailure(command, `took longer than ${TIME_LIMIT / 1000} seconds`, said));
    }, TIME_LIMIT);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, MOST_OUTPUT);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    child.once('error', (error) => {
      clearTimeout(limit);
      const missing = 'code' in error && error.code === 'ENOENT';
      const problem = missing
        ? `is not there${installHint === undefined ? '' : `. ${installHint.trim()}`}`
        : 'cannot be run';
      reject(pluginFailure(command, problem, String(error)));
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      if (code === 0) resolve(output);
      else reject(pluginFailure(command, `ended with code ${code ?? 'none'}`, said));
    });
  });
}

interface Printed {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly status?: Readonly<Record<string, unknown>> | null;
}

function credentialIn(output: string, command: string, apiVersion: string): PluginCredential {
  let read: Printed;
  try {
    read = JSON.parse(output) as Printed;
  } catch {
    throw pluginFailure(command, 'printed something that is not JSON');
  }
  if (read.kind !== 'ExecCredential' || read.apiVersion !== apiVersion) {
    throw pluginFailure(command, `did not print an ExecCredential of version ${apiVersion}`);
  }
  const text = (name: string) => {
    const value = read.status?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [token, certificate, key] = [
    text('token'),
    text('clientCertificateData'),
    text('clientKeyData'),
  ];
  const expires = text('expirationTimestamp');
  if (token === undefined && certificate === undefined && key === undefined) {
    throw pluginFailure(command, 'gave neither a token nor a certificate');
  }
  if ((certificate === undefined) !== (key === undefined)) {
    throw pluginFailure(command, 'gave a certificate without its key, or a key alone');
  }
  return {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
    ...(expires === undefined ? {} : { expires: Date.parse(expires) }),
  };
}

function pluginFailure(command: string, problem: string, detail?: string): Failure {
  return credentialFailure(
    `The credential plugin ${command} ${problem}.`.replaceAll('  ', ' '),
    detail,
  );
}
