import { isFields, numberOr, objectsIn, textOr, type Fields } from '../readers/json.ts';
import { timeIn } from './cron.ts';

/** One run of a job: how a Job or a Workflow stands. Times are in milliseconds since the epoch. */
export interface RunState {
  readonly began: number;
  /** Nothing while it is under way. */
  readonly ended: number | undefined;
  readonly outcome: 'running' | 'succeeded' | 'failed';
  /** Why it failed, as its controller says. */
  readonly reason: string;
  /** The WorkflowTemplate from which a Workflow has its steps. */
  readonly template?: string;
  /** True for a Job that has not succeeded and never had a pod, as its controller counts them. */
  readonly isUnbegun?: boolean;
}

/** The state of the kinds that run once; nothing for others. */
export function runStateOf(kind: string, root: Fields): RunState | undefined {
  const metadata = isFields(root['metadata']) ? root['metadata'] : {};
  const status = isFields(root['status']) ? root['status'] : {};
  const created = timeIn(metadata['creationTimestamp']) ?? 0;
  if (kind === 'Job') return jobState(status, created);
  if (kind !== 'Workflow') return undefined;
  const template = templateOf(root);
  return { ...workflowState(status, created), ...(template === '' ? {} : { template }) };
}

/** Only these two conditions end a Job: others come before. Source: batch/v1 `JobConditionType`. */
function jobState(status: Fields, created: number): RunState {
  const began = timeIn(status['startTime']) ?? created;
  const last = objectsIn(status['conditions']).find(
    ({ type, status: isTrue }) => (type === 'Complete' || type === 'Failed') && isTrue === 'True',
  );
  const isUnbegun = ['active', 'succeeded', 'failed'].every(
    (pods) => numberOr(status[pods], 0) === 0,
  );
  const unbegun = isUnbegun ? { isUnbegun } : {};
  if (last === undefined) {
    return { began, ended: undefined, outcome: 'running', reason: '', ...unbegun };
  }
  const ended = timeIn(status['completionTime']) ?? timeIn(last['lastTransitionTime']) ?? began;
  if (last['type'] === 'Complete') return { began, ended, outcome: 'succeeded', reason: '' };
  const reason = textOr(last['message']) || textOr(last['reason']);
  return { began, ended, outcome: 'failed', reason, ...unbegun };
}

function workflowState(status: Fields, created: number): RunState {
  const began = timeIn(status['startedAt']) ?? created;
  const phase = textOr(status['phase']);
  if (!['Succeeded', 'Failed', 'Error'].includes(phase)) {
    return { began, ended: undefined, outcome: 'running', reason: '' };
  }
  const ended = timeIn(status['finishedAt']) ?? began;
  if (phase === 'Succeeded') return { began, ended, outcome: 'succeeded', reason: '' };
  const reason = failedNode(status) || textOr(status['message']);
  return { began, ended, outcome: 'failed', reason };
}

function templateOf({ spec }: Fields): string {
  const ref = isFields(spec) ? spec['workflowTemplateRef'] : undefined;
  return isFields(ref) && ref['clusterScope'] !== true ? textOr(ref['name']) : '';
}

/** What the pod says that failed last: of a workflow with steps its controller only says which step failed. */
function failedNode({ nodes }: Fields): string {
  const failed = (isFields(nodes) ? Object.values(nodes) : [])
    .filter(isFields)
    .filter(({ type, phase }) => type === 'Pod' && (phase === 'Failed' || phase === 'Error'))
    .sort((one, other) => (timeIn(one['finishedAt']) ?? 0) - (timeIn(other['finishedAt']) ?? 0));
  return textOr(failed.at(-1)?.['message']);
}
