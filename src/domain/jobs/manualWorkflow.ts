import { fieldsOf, textOr, type Fields } from '../readers/json.ts';
import { textsIn } from '../readers/workload.ts';

const PREFIX = 'workflows.argoproj.io';

/** The WorkflowTemplate from which a Workflow has its steps, as its controller and `argo submit` write it. */
export const WORKFLOW_TEMPLATE = `${PREFIX}/workflow-template`;

/** With this label on it, only the controller of that instance takes up a Workflow. */
const INSTANCE = `${PREFIX}/controller-instanceid`;

/**
 * The Workflow that `argo submit --from=cronwf/...` makes of a CronWorkflow. Source: Argo Workflows `convert.go`,
 * `ConvertCronWorkflowToWorkflow`.
 */
export function manualWorkflowOf(cronWorkflow: Fields, time: Date): object {
  const { name, namespace, uid, instance } = originOf(cronWorkflow);
  const spec = fieldsOf(cronWorkflow['spec']);
  const given = fieldsOf(spec['workflowMetadata']);
  const finalizers = Array.isArray(given['finalizers']) ? given['finalizers'] : [];
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: {
        ...instance,
        [`${PREFIX}/cron-workflow`]: name,
        ...textsIn(given['labels']),
      },
      annotations: {
        [`${PREFIX}/scheduled-time`]: time.toISOString().replace(/\.\d+Z$/, 'Z'),
        ...textsIn(given['annotations']),
      },
      ...(finalizers.length === 0 ? {} : { finalizers: finalizers as readonly unknown[] }),
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'CronWorkflow',
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: spec['workflowSpec'],
  };
}

/**
 * The Workflow that `argo submit --from=wftmpl/...` makes of a WorkflowTemplate, with its own arguments. Source: Argo
 * Workflows `convert.go`, `NewWorkflowFromWorkflowTemplate`.
 */
export function workflowFromTemplate(template: Fields): object {
  const { name, namespace, instance } = originOf(template);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...instance, [WORKFLOW_TEMPLATE]: name },
    },
    spec: { workflowTemplateRef: { name } },
  };
}

/** Where a Workflow is made from, with the label that tells whose controller takes it up. */
function originOf(object: Fields) {
  const metadata = fieldsOf(object['metadata']);
  const instance = textsIn(metadata['labels'])[INSTANCE];
  return {
    name: textOr(metadata['name']),
    namespace: textOr(metadata['namespace']),
    uid: textOr(metadata['uid']),
    instance: instance === undefined ? {} : { [INSTANCE]: instance },
  };
}
