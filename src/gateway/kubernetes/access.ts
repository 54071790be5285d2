import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import { ExecPlugin } from './execPlugin.ts';
import { fileOf, identifierOf, type Identify } from './identity.ts';
import type { Kubeconfig } from './kubeConfig.ts';
import type { ClusterFields, UserFields } from './kubeconfigFields.ts';
import { writeTokens } from './kubeconfigTokens.ts';
import type { KeepTokens } from './oidc.ts';
import { proxyOf } from './proxies.ts';

/** How the server of a context is reached, and who we are to it. */
export interface Access {
  readonly server: URL;
  readonly tls: {
    readonly ca?: Buffer | string;
    readonly servername?: string;
    readonly rejectUnauthorized?: boolean;
  };
  readonly proxy: URL | undefined;
  readonly identify: Identify;
  /** SHA-256 of the server's address and authority: what the cluster is known by from outside. */
  readonly fingerprint: string;
}

/** The plugins that were run, so that contexts with the same plugin share its credentials. */
export class Plugins {
  readonly #known = new Map<string, ExecPlugin>();

  /** The plugin of a user for a cluster; nothing where the user has none. */
  of({ exec }: UserFields, cluster: ClusterFields): ExecPlugin | undefined {
    if (exec === undefined) return undefined;
    const seen = exec.provideClusterInfo === true ? cluster : {};
    const id = JSON.stringify([exec, seen]);
    const plugin = this.#known.get(id) ?? new ExecPlugin(exec, seen);
    this.#known.set(id, plugin);
    return plugin;
  }
}

/** What a context of the kubeconfig stands for. `plugins` are shared by all contexts. Throws a `Failure`. */
export async function accessOf(
  config: Kubeconfig,
  name: string,
  plugins: Plugins,
): Promise<Access> {
  const { server, cluster, userName, user } = partsOf(config, name);
  const tls = await tlsOf(cluster);
  const fingerprint = createHash('sha256')
    .update(`${server.href}\n`)
    .update(tls.ca ?? '');
  return {
    server,
    tls,
    fingerprint: fingerprint.digest('hex'),
    proxy: proxyOf(server, cluster['proxy-url'], process.env),
    identify: identifierOf(user, {
      plugin: plugins.of(user, cluster),
      keep: keeperOf(config, userName),
    }),
  };
}

interface Parts {
  readonly server: URL;
  readonly cluster: ClusterFields;
  readonly userName: string;
  readonly user: UserFields;
}

/** The cluster and the user that a context names. A context without a user is nobody in particular. */
function partsOf(config: Kubeconfig, name: string): Parts {
  const context = config.contexts.get(name);
  const fail = (message: string, nextStep: 'chooseContexts' | 'openKubeconfig'): never => {
    throw new Failure(message, { reason: 'Kubeconfig', nextStep, subject: config.files[0] });
  };
  if (context === undefined) {
    return fail(
      `The context ${name} is not in the kubeconfig ${config.files.join(', ')}.`,
      'chooseContexts',
    );
  }
  const cluster = config.clusters.get(context.cluster ?? '') ?? {};
  const server = serverOf(cluster);
  if (server === undefined)
    return fail(`The context ${name} names no cluster with a server.`, 'openKubeconfig');
  const user = config.users.get(context.user ?? '');
  if (user === undefined && context.user !== undefined) {
    return fail(
      `The context ${name} names the user ${context.user}, who is not in the kubeconfig.`,
      'openKubeconfig',
    );
  }
  if (hasAuthority(cluster) && cluster['insecure-skip-tls-verify'] === true) {
    return fail(
      `The cluster of the context ${name} has an authority and is not to be verified: only one can hold.`,
      'openKubeconfig',
    );
  }
  return { server, cluster, userName: context.user ?? '', user: user ?? {} };
}

/** Writes renewed tokens of a user into the file that the user comes from. */
function keeperOf({ homes }: Kubeconfig, user: string): KeepTokens {
  return (tokens) => writeTokens(homes.get(user) ?? '', user, tokens);
}

/** The address of a cluster's API server; nothing where it has none. Source: client-go `DefaultServerURL`. */
export function serverOf(cluster: ClusterFields): URL | undefined {
  const { server } = cluster;
  if (server === undefined) return undefined;
  if (/^https?:\/\//i.test(server)) return URL.canParse(server) ? new URL(server) : undefined;
  const secure = hasAuthority(cluster) || cluster['insecure-skip-tls-verify'] === true;
  const whole = `${secure ? 'https' : 'http'}://${server}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function hasAuthority(cluster: ClusterFields): boolean {
  return (cluster['certificate-authority-data'] ?? cluster['certificate-authority']) !== undefined;
}

async function tlsOf(cluster: ClusterFields): Promise<Access['tls']> {
  const data = cluster['certificate-authority-data'];
  const file = cluster['certificate-authority'];
  const servername = cluster['tls-server-name'];
  const read = data === undefined && file !== undefined ? await fileOf(file) : undefined;
  const ca = data === undefined ? read : Buffer.from(data, 'base64');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
}
