import path from 'node:path';
import type { ControlPlane } from './controlPlane.ts';
import { writeKubeconfig } from './kubeconfigFile.ts';

/** A rule of a Role, as Kubernetes writes it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What it takes to see ConfigMaps. */
export const READ_CONFIGMAPS: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
];

/** Rights in one namespace, or in all of them where none is named. */
export interface Grant {
  readonly namespace?: string;
  readonly rules: readonly PolicyRule[];
}

/** A user with exactly these rights, and how the user is known to the API server. */
export interface NewUser {
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly credential: 'certificate' | 'token';
  /** Groups of a user with a certificate; a token is that of a service account and has its own. */
  readonly groups?: readonly string[];
  /** The name of the context in the kubeconfig; the user's name where it is left out. */
  readonly context?: string;
  /** The namespace of the context; none where it is left out, which clients take as `default`. */
  readonly namespace?: string;
}

const RBAC = 'rbac.authorization.k8s.io';

/** The namespace where the service accounts of users with tokens live. */
const HOME = 'default';

/**
 * Makes a user with exactly the given rights and gives the path of a kubeconfig for that user, which is
 * removed with the control plane. Throws `ProgramFailed` when the API server refuses a rule.
 */
export async function createUser(plane: ControlPlane, user: NewUser): Promise<string> {
  const subject =
    user.credential === 'certificate'
      ? { kind: 'User', name: user.name, apiGroup: RBAC }
      : { kind: 'ServiceAccount', name: user.name, namespace: HOME };
  const objects = user.grants.flatMap((grant, index) =>
    roleAndBinding(`${user.name}-${index}`, grant, subject),
  );
  const metadata = { name: user.name, namespace: HOME };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
  const items = user.credential === 'token' ? [account, ...objects] : objects;
  if (items.length > 0) {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await plane.kubectl(['apply', '--server-side', '-f', '-'], { input });
  }
  return await writeKubeconfig(path.join(plane.directory, `${user.name}.kubeconfig`), {
    context: user.context ?? user.name,
    server: plane.server,
    authority: plane.authority.cert,
    user: await credentialOf(plane, user),
    ...(user.namespace === undefined ? {} : { namespace: user.namespace }),
  });
}

function roleAndBinding(name: string, { namespace, rules }: Grant, subject: object): object[] {
  const prefix = namespace === undefined ? 'Cluster' : '';
  const metadata = namespace === undefined ? { name } : { name, namespace };
  const apiVersion = `${RBAC}/v1`;
  const roleRef = { apiGroup: RBAC, kind: `${prefix}Role`, name };
  return [
    { apiVersion, kind: `${prefix}Role`, metadata, rules },
    { apiVersion, kind: `${prefix}RoleBinding`, metadata, roleRef, subjects: [subject] },
  ];
}

async function credentialOf(
  plane: ControlPlane,
  { name, credential, groups = [] }: NewUser,
): Promise<Record<string, string>> {
  if (credential === 'token') {
    const token = await plane.kubectl(['create', 'token', name, '--namespace', HOME]);
    return { token: token.trim() };
  }
  const { cert, key } = await plane.authority.issue({ name, groups });
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
}
