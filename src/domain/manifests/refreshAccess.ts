import { labelValue, REFRESHED_CACHE, REFRESHED_KEY } from './jobNames.ts';
import type { Refresh } from './refreshJob.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** A rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What leads from an object of a refresh to the others, to its cache and to its key. */
export function refreshMetadata({ cache, key }: Refresh, name: string) {
  const labels = {
    'app.kubernetes.io/name': 'cache-refresh',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/part-of': labelValue(cache.name),
    [REFRESHED_CACHE]: labelValue(cache.name),
    [REFRESHED_KEY]: labelValue(key),
  };
  return { name, namespace: cache.namespace, labels };
}

/** What stands in every object of a refresh. */
export type Metadata = ReturnType<typeof refreshMetadata>;

/** The account of what runs the script, with its rights. */
export function refreshAccess(refresh: Refresh, metadata: Metadata, more: readonly Rule[] = []) {
  return accessOf(metadata, [...rulesOf(refresh), ...more]);
}

/** An account with these rights in its namespace. */
export function accessOf(metadata: Metadata, rules: readonly Rule[]) {
  const { name, namespace } = metadata;
  return {
    // Only the pod that needs the token has it mounted.
    serviceAccount: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata,
      automountServiceAccountToken: false,
    },
    role: { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    roleBinding: {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  };
}

/**
 * What the script does and no more. Server-side apply asks for `create` with the name where there is no map yet.
 * Source: `createAuthorizerAttributes` in the API server's `patch.go`.
 */
function rulesOf({ cache, restarts }: Refresh): readonly Rule[] {
  const kinds = [...new Set(restarts.map(({ kind }) => kind))];
  return [
    {
      apiGroups: [''],
      resources: ['configmaps'],
      resourceNames: [cache.name],
      verbs: ['create', 'patch'],
    },
    ...kinds.map((kind) => ({
      apiGroups: [kind === 'Rollout' ? 'argoproj.io' : 'apps'],
      resources: [`${kind.toLowerCase()}s`],
      resourceNames: restarts.filter((each) => each.kind === kind).map(({ name }) => name),
      verbs: ['patch'],
    })),
  ];
}
