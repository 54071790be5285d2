import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Failure } from '../../domain/failure.ts';
import { textOf, type Kubeconfig, type KubeconfigContext } from './kubeConfig.ts';

/** How a server is reached and who we are to it: what a request needs beside its path and body. */
export interface Access {
  readonly server: URL;
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  readonly headers: Readonly<Record<string, string>>;
  /** The agent that leads through the cluster's `proxy-url`; nothing where there is none. */
  readonly proxy: RequestOptions['agent'] | undefined;
}

/**
 * Resolves one context to the server and the credentials it names. Files are read and plugins run each
 * time. Throws a `Failure` when the context names nothing that is there, or a credential fails.
 */
export async function resolveAccess(
  config: Kubeconfig,
  context: KubeconfigContext,
): Promise<Access> {
  const server = serverOf(config, context);
  if (server === undefined) {
    throw new Failure(`The context ${context.name} names no cluster with a server.`, {
      reason: 'Kubeconfig',
      nextStep: 'openKubeconfig',
      subject: config.files[0],
    });
  }
  const options = await clientOptions(config, context);
  const { ca, cert, key, servername, rejectUnauthorized, headers, auth, agent } = options;
  const cluster = config.clusters.get(context.cluster ?? '');
  return {
    server: new URL(server),
    tls: { ca, cert, key, servername, rejectUnauthorized },
    headers: {
      ...(headers as Record<string, string> | undefined),
      ...(typeof auth === 'string'
        ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }
        : {}),
    },
    proxy: cluster?.['proxy-url'] === undefined ? undefined : agent,
  };
}

/** The URL of the context's API server, where it names one. */
export function serverOf(config: Kubeconfig, context: KubeconfigContext): string | undefined {
  const server = textOf(config.clusters.get(context.cluster ?? '')?.['server']);
  return server !== undefined && URL.canParse(server) ? server : undefined;
}

/** Lets the client library read certificates and tokens and run plugins, for this context alone. */
async function clientOptions(
  config: Kubeconfig,
  context: KubeconfigContext,
): Promise<RequestOptions> {
  const client = new KubeConfig();
  const options: RequestOptions = {};
  const user = config.users.get(context.user ?? '') ?? {};
  try {
    client.loadFromString(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'one',
        contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
        clusters: [{ name: 'one', cluster: config.clusters.get(context.cluster ?? '') }],
        users: [{ name: 'one', user }],
      }),
    );
    await client.applyToHTTPSOptions(options);
  } catch (error) {
    throw new Failure(`The credentials of the context ${context.name} cannot be used.`, {
      reason: 'Unauthorized',
      nextStep: 'openKubeconfig',
      subject: config.files[0],
      detail: String(error),
    });
  }
  return options;
}
