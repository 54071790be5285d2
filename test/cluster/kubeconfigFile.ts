import { readFile, writeFile } from 'node:fs/promises';

/** What a kubeconfig with one context says. */
export interface KubeconfigFile {
  readonly context: string;
  readonly server: string;
  /** The certificate of the authority, PEM. */
  readonly authority: string;
  /** The fields of the user, as in a kubeconfig. */
  readonly user: Readonly<Record<string, string>>;
  readonly namespace?: string;
}

/** Writes a kubeconfig with one context, which is the current one; gives its path. */
export async function writeKubeconfig(file: string, content: KubeconfigFile): Promise<string> {
  const { context, server, authority, user, namespace } = content;
  const cluster = {
    server,
    'certificate-authority-data': Buffer.from(authority).toString('base64'),
  };
  const names = { cluster: context, user: context };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [
      { name: context, context: namespace === undefined ? names : { ...names, namespace } },
    ],
    clusters: [{ name: context, cluster }],
    users: [{ name: context, user }],
  };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

interface Written {
  readonly contexts: readonly { name: string; context: { namespace?: string } }[];
  readonly clusters: readonly {
    cluster: { server: string; 'certificate-authority-data': string };
  }[];
  readonly users: readonly { user: Record<string, string> }[];
}

/** Reads what `writeKubeconfig` has written. */
export async function readKubeconfig(file: string): Promise<KubeconfigFile> {
  const { contexts, clusters, users } = JSON.parse(await readFile(file, 'utf8')) as Written;
  const [[context], [cluster], [user]] = [contexts, clusters, users];
  if (context === undefined || cluster === undefined || user === undefined) {
    throw new Error(`${file} was not written by writeKubeconfig`);
  }
  return {
    ...context.context,
    context: context.name,
    server: cluster.cluster.server,
    authority: Buffer.from(cluster.cluster['certificate-authority-data'], 'base64').toString(),
    user: user.user,
  };
}
