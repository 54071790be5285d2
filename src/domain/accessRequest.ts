/** What one may do with ConfigMaps, as RBAC names it. */
export type Verb = 'get' | 'list' | 'watch' | 'patch' | 'create';

/** A question about rights: a verb on the ConfigMaps of a namespace, or on one of them by name. */
export interface RightsQuestion {
  readonly verb: Verb;
  readonly namespace: string;
  readonly name?: string;
}

/** What seeing and refreshing one cache takes. Only these verbs can be limited to a name. */
const BY_NAME: readonly Verb[] = ['get', 'patch'];
/** What seeing the caches of a namespace takes; a name cannot limit it in a way that helps. */
const BY_NAMESPACE: readonly Verb[] = ['list', 'watch'];

/** The questions whose answers tell what is missing to see and refresh a cache. */
export function questionsFor(namespace: string, name: string): readonly RightsQuestion[] {
  return [
    ...BY_NAMESPACE.map((verb) => ({ verb, namespace })),
    ...BY_NAME.map((verb) => ({ verb, namespace, name })),
  ];
}

/** The smallest Role that gives what is missing, as YAML to be sent to who grants rights. */
export function roleFor(namespace: string, missing: readonly RightsQuestion[]): string {
  const names = [...new Set(missing.map(({ name }) => name))];
  const rules = names.flatMap((name) => [
    '  - apiGroups: [""]',
    '    resources: [configmaps]',
    ...(name === undefined ? [] : [`    resourceNames: [${name}]`]),
    `    verbs: [${missing
      .filter((question) => question.name === name)
      .map(({ verb }) => verb)
      .join(', ')}]`,
  ]);
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    'metadata:',
    '  name: cache-configmaps',
    `  namespace: ${namespace}`,
    'rules:',
    ...rules,
    '',
  ].join('\n');
}
