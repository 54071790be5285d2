/** A manifest as it parses. */
export type Manifest = Readonly<Record<string, unknown>>;

/** The members of the kinds of Argo Workflows 4.1.2 that are scaffolded, as far as they are its own. */
const MEMBERS: Readonly<Record<string, string>> = {
  spec: `templates entrypoint arguments serviceAccountName automountServiceAccountToken executor volumes
    volumeClaimTemplates parallelism artifactRepositoryRef suspend nodeSelector affinity tolerations imagePullSecrets
    hostNetwork dnsPolicy dnsConfig onExit ttlStrategy activeDeadlineSeconds priority schedulerName podGC
    podPriorityClassName hostAliases securityContext podSpecPatch podDisruptionBudget metrics shutdown
    workflowTemplateRef synchronization volumeClaimGC retryStrategy podMetadata templateDefaults archiveLogs hooks
    workflowMetadata artifactGC executorPlugins podResources resourceClaims`,
  template: `name inputs outputs nodeSelector affinity metadata daemon steps container containerSet script resource dag
    suspend data http plugin volumes initContainers sidecars archiveLocation activeDeadlineSeconds retryStrategy
    parallelism failFast tolerations schedulerName priorityClassName serviceAccountName automountServiceAccountToken
    executor hostAliases securityContext podSpecPatch metrics synchronization memoize timeout annotations
    pendingTimeout podResources resourceClaims`,
  step: `name template inline arguments templateRef withItems withParam withSequence when continueOn onExit hooks`,
  podGC: 'strategy labelSelector deleteDelayDuration',
  retryStrategy: 'limit retryPolicy backoff affinity expression',
  cron: `workflowSpec concurrencyPolicy suspend startingDeadlineSeconds successfulJobsHistoryLimit
    failedJobsHistoryLimit timezone workflowMetadata stopStrategy schedules when`,
};

/** Says what is wrong with manifests that belong together, as far as they are of Argo Workflows. */
export function problemsOf(manifests: readonly Manifest[]): readonly string[] {
  return manifests.flatMap((manifest) => {
    switch (text(manifest, 'kind')) {
      case 'WorkflowTemplate':
        return ofTemplates(at(manifest, 'spec'), manifests);
      case 'CronWorkflow':
        return [
          ...unknown('cron', at(manifest, 'spec')),
          ...ofReference(at(manifest, 'spec', 'workflowSpec'), manifests),
        ];
      case 'Sensor':
        return ofSensor(manifest, manifests);
      default:
        return [];
    }
  });
}

function ofTemplates(spec: unknown, manifests: readonly Manifest[]): readonly string[] {
  const templates = list(spec, 'templates');
  const names = templates.map((each) => text(each, 'name'));
  const account = text(spec, 'serviceAccountName');
  return [
    ...unknown('spec', spec),
    ...(names.includes(text(spec, 'entrypoint')) ? [] : ['the entrypoint is no template']),
    ...(at(spec, 'automountServiceAccountToken') === true ? [] : ['the executor has no token']),
    ...(may(account, ['argoproj.io', 'workflowtaskresults', 'create patch'], manifests)
      ? []
      : ['the executor cannot tell its results']),
    ...['synchronization', 'activeDeadlineSeconds', 'ttlStrategy', 'podGC', 'securityContext']
      .filter((member) => at(spec, member) === undefined)
      .map((member) => `no ${member}`),
    ...unknown('podGC', at(spec, 'podGC')),
    ...ofPodGC(at(spec, 'podGC')),
    ...templates.flatMap((template) => ofTemplate(template, templates)),
  ];
}

/** Source: `PodGCStrategy` and `ParseStringToDuration` of Argo Workflows, which takes no number. */
function ofPodGC(podGC: unknown): readonly string[] {
  const delay = at(podGC, 'deleteDelayDuration');
  return [
    ...(/^(|On(Pod|Workflow)(Completion|Success))$/.test(text(podGC, 'strategy'))
      ? []
      : ['podGC has no such strategy']),
    ...(delay === undefined ||
    /^(\d+|(\d+(\.\d+)?(h|m|s|ms))+)$/.test(text(podGC, 'deleteDelayDuration'))
      ? []
      : ['podGC has no such delay']),
  ];
}

function ofTemplate(template: unknown, templates: readonly unknown[]): readonly string[] {
  const steps = list(template, 'steps').flatMap((group): readonly unknown[] =>
    Array.isArray(group) ? group : [],
  );
  return [
    ...unknown('template', template),
    ...ofContainer(template),
    ...steps.flatMap((step: unknown, index) => [
      ...unknown('step', step),
      ...ofArguments(step, templates),
      ...ofWhen(text(step, 'when'), steps.slice(0, index)),
    ]),
  ];
}

function ofContainer(template: unknown): readonly string[] {
  const container = at(template, 'container');
  if (container === undefined) return at(template, 'steps') === undefined ? ['nothing to do'] : [];
  return [
    ...unknown('retryStrategy', at(template, 'retryStrategy')),
    ...(/:\d+\.\d+\.\d+$|@sha256:/.test(text(container, 'image'))
      ? []
      : ['the image is not pinned']),
    ...['retryStrategy', 'activeDeadlineSeconds']
      .filter((member) => at(template, member) === undefined)
      .map((member) => `no ${member}`),
    ...['resources', 'securityContext']
      .filter((member) => at(container, member) === undefined)
      .map((member) => `no ${member}`),
  ];
}

/** Each step names a template, and gives it each parameter that it has. */
function ofArguments(step: unknown, templates: readonly unknown[]): readonly string[] {
  const template = templates.find((each) => text(each, 'name') === text(step, 'template'));
  if (template === undefined) return ['a step has no template'];
  const given = list(at(step, 'arguments'), 'parameters').map((each) => text(each, 'name'));
  const wanted = list(at(template, 'inputs'), 'parameters').map((each) => text(each, 'name'));
  return wanted.join() === given.join() ? [] : ['a step gives other parameters'];
}

/**
 * A condition is one expression of Argo, which compares values; in any other, the output of a step becomes a part of
 * the text. It names steps that were before.
 */
function ofWhen(when: string, before: readonly unknown[]): readonly string[] {
  if (when === '') return [];
  if (!/^\{\{=[^{}]*\}\}$/.test(when)) return ['output becomes a part of a condition'];
  const named = [...when.matchAll(/steps\.(\w+)/g)].map(([, name = '']) => name);
  const known = before.map((step) => text(step, 'name'));
  return named.length > 0 && named.every((name) => known.includes(name))
    ? []
    : ['a condition names no step before it'];
}

function ofSensor(sensor: Manifest, manifests: readonly Manifest[]): readonly string[] {
  const account = text(at(sensor, 'spec', 'template'), 'serviceAccountName');
  const sources = manifests.filter((each) => each['kind'] === 'EventSource');
  return [
    ...(may(account, ['argoproj.io', 'workflows', 'create'], manifests)
      ? []
      : ['the Sensor cannot create workflows']),
    ...list(at(sensor, 'spec'), 'dependencies').flatMap((dependency) => {
      const source = sources.find(
        (each) => text(each['metadata'], 'name') === text(dependency, 'eventSourceName'),
      );
      const events = ['webhook', 'github', 'resource'].map((kind) => at(source, 'spec', kind));
      const event = text(dependency, 'eventName');
      return events.some((each) => at(each, event) !== undefined) ? [] : ['no such event'];
    }),
    ...list(at(sensor, 'spec'), 'triggers').flatMap((trigger) => {
      const workflow = at(trigger, 'template', 'k8s', 'source', 'resource');
      return [
        ...(text(at(workflow, 'metadata'), 'generateName') === '' ? ['a name of its own'] : []),
        ...ofReference(at(workflow, 'spec'), manifests),
      ];
    }),
  ];
}

function ofReference(spec: unknown, manifests: readonly Manifest[]): readonly string[] {
  const name = text(at(spec, 'workflowTemplateRef'), 'name');
  const found = manifests.some(
    (each) => each['kind'] === 'WorkflowTemplate' && text(each['metadata'], 'name') === name,
  );
  return [...unknown('spec', spec), ...(found ? [] : ['no such WorkflowTemplate'])];
}

/** True when an account that is among the manifests may do this by a Role that is bound to it there. */
function may(
  account: string,
  [group, resource, verbs]: readonly [string, string, string],
  manifests: readonly Manifest[],
): boolean {
  const ofKind = (kind: string) => manifests.filter((each) => each['kind'] === kind);
  const named = (name: string) => (each: Manifest) => text(each['metadata'], 'name') === name;
  if (!ofKind('ServiceAccount').some(named(account))) return false;
  const roles = ofKind('RoleBinding')
    .filter((binding) => list(binding, 'subjects').some((each) => text(each, 'name') === account))
    .flatMap((binding) => ofKind('Role').filter(named(text(binding['roleRef'], 'name'))));
  return roles
    .flatMap((role) => list(role, 'rules'))
    .some(
      (rule) =>
        list(rule, 'apiGroups').includes(group) &&
        list(rule, 'resources').includes(resource) &&
        at(rule, 'resourceNames') === undefined &&
        verbs.split(' ').every((verb) => list(rule, 'verbs').includes(verb)),
    );
}

function unknown(kind: string, value: unknown): readonly string[] {
  const members = MEMBERS[kind]?.split(/\s+/) ?? [];
  return Object.keys(value ?? {})
    .filter((member) => !members.includes(member))
    .map((member) => `${kind} has no ${member}`);
}

/** What stands at a path; nothing where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, member) =>
      typeof inner === 'object' && inner !== null ? (inner as Manifest)[member] : undefined,
    value,
  );
}

function text(value: unknown, member: string): string {
  const found = at(value, member);
  return typeof found === 'string' ? found : '';
}

function list(value: unknown, member: string): readonly unknown[] {
  const found = at(value, member);
  return Array.isArray(found) ? found : [];
}
