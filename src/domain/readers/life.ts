import { fieldsOf, objectsIn, textOr, type Fields } from './json.ts';
import type { WorkloadKind } from './workload.ts';

/**
 * What becomes of the pods of a workload: they are replaced when its template changes, they are never
 * replaced, they are made from now on one after the other, they are made at a later run, or there are none
 * any more.
 */
export type Life = 'lasting' | 'bare' | 'running' | 'toCome' | 'ended';

/** What becomes of the pods of an object of that kind. */
export function lifeOf(kind: WorkloadKind, root: Fields): Life {
  const spec = fieldsOf(root['spec']);
  const status = fieldsOf(root['status']);
  const phase = textOr(status['phase']);
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Rollout':
      return 'lasting';
    case 'CronJob':
    case 'WorkflowTemplate':
    case 'ClusterWorkflowTemplate':
    case 'CronWorkflow':
      return 'toCome';
    case 'Pod':
      return ['Succeeded', 'Failed'].includes(phase) ? 'ended' : 'bare';
    case 'Job':
      if (hasEnded(status)) return 'ended';
      return spec['suspend'] === true ? 'toCome' : 'bare';
    case 'Workflow':
      return ['Succeeded', 'Failed', 'Error'].includes(phase) ? 'ended' : 'running';
  }
}

/** Only these two conditions end a Job: others come before. Source: batch/v1 `JobConditionType`. */
function hasEnded(status: Fields): boolean {
  return objectsIn(status['conditions']).some(
    ({ type, status: isTrue }) => (type === 'Complete' || type === 'Failed') && isTrue === 'True',
  );
}
