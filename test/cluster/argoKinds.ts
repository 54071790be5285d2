import type { ControlPlane } from './controlPlane.ts';

/** The kinds of Argo that may read ConfigMaps or start what writes them, and where they live. */
const KINDS = [
  { kind: 'Rollout', plural: 'rollouts', subresources: { status: {} } },
  { kind: 'Workflow', plural: 'workflows' },
  { kind: 'WorkflowTaskResult', plural: 'workflowtaskresults' },
  { kind: 'WorkflowTemplate', plural: 'workflowtemplates' },
  { kind: 'ClusterWorkflowTemplate', plural: 'clusterworkflowtemplates', scope: 'Cluster' },
  { kind: 'CronWorkflow', plural: 'cronworkflows' },
  { kind: 'EventBus', plural: 'eventbus' },
  { kind: 'EventSource', plural: 'eventsources' },
  { kind: 'Sensor', plural: 'sensors' },
] as const;

/** Makes Argo's kinds known to a cluster, with any spec, as Argo's own minimal definitions do. */
export async function installArgoKinds({ kubectl }: ControlPlane): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: KINDS.map(definitionOf) });
  await kubectl(['create', '-f', '-'], { input });
  const names = KINDS.map(({ plural }) => `crd/${plural}.argoproj.io`);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
}

function definitionOf(of: (typeof KINDS)[number]): object {
  const { kind, plural } = of;
  const any = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { ...any, properties: { spec: any, status: any } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.argoproj.io` },
    spec: {
      group: 'argoproj.io',
      scope: 'scope' in of ? of.scope : 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema,
          ...('subresources' in of ? { subresources: of.subresources } : {}),
        },
      ],
    },
  };
}
