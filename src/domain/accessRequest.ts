/** What one may do with ConfigMaps, as RBAC names it. */
export type Verb = 'get' | 'list' | 'watch' | 'patch' | 'create';

/** A question about rights: a verb on the ConfigMaps of a namespace, or on one of them by name. */
export interface RightsQuestion {
  readonly verb: Verb;
  readonly namespace: string;
  readonly name?: string;
}

/** What seeing and refreshing one cache takes. All of it can be limited to its name. */
const VERBS: readonly Verb[] = ['get', 'list', 'watch', 'patch'];

/** The questions whose answers tell what is missing to see and refresh a cache. */
export function questionsFor(namespace: string, name: string): readonly RightsQuestion[] {
  return VERBS.map((verb) => ({ verb, namespace, name }));
}

/** The smallest Role that gives missing verbs on one cache, as YAML to be sent to who grants rights. */
export function roleFor(namespace: string, name: string, missing: readonly Verb[]): string {
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    'metadata:',
    '  name: cache-configmaps',
    `  namespace: ${namespace}`,
    'rules:',
    '  - apiGroups: [""]',
    '    resources: [configmaps]',
    `    resourceNames: [${name}]`,
    `    verbs: [${missing.join(', ')}]`,
    '',
  ].join('\n');
}
