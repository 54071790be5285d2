import { writeFile } from 'node:fs/promises';

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
