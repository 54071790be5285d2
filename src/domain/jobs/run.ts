import { fieldsOf, isFields, numberOr, objectsIn, textOr, type Fields } from '../readers/json.ts';
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
  /** How many pods it has had at least, of a Workflow those that came to a node; they may be gone. */
  readonly pods: number;
}

/** The state of the kinds that run once; nothing for others. */
export function runStateOf(kind: string, root: Fields): RunState | undefined {
  const metadata = fieldsOf(root['metadata']);
  const status = fieldsOf(root['status']);
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
  const counts = ['active', 'succeeded', 'failed'].map((field) => numberOr(status[field], 0));
  const pods = counts.reduce((sum, count) => sum + count, 0);
  const unbegun = pods === 0 ? { isUnbegun: true } : {};
  if (last === undefined) {
    return { began, ended: undefined, outcome: 'running', reason: '', pods, ...unbegun };
  }
  const ended = timeIn(status['completionTime']) ?? timeIn(last['lastTransitionTime']) ?? began;
  if (last['type'] === 'Complete') return { began, ended, outcome: 'succeeded', reason: '', pods };
  const reason = textOr(last['message']) || textOr(last['reason']);
  return { began, ended, outcome: 'failed', reason, pods, ...unbegun };
}

function workflowState(status: Fields, created: number): RunState {
  const began = timeIn(status['startedAt']) ?? created;
  const phase = textOr(status['phase']);
  const pods = podsIn(status);
  if (!['Succeeded', 'Failed', 'Error'].includes(phase)) {
    return { began, ended: undefined, outcome: 'running', reason: '', pods };
  }
  const ended = timeIn(status['finishedAt']) ?? began;
  if (phase === 'Succeeded') return { began, ended, outcome: 'succeeded', reason: '', pods };
  const reason = failedNode(status) || textOr(status['message']);
  return { began, ended, outcome: 'failed', reason, pods };
}

/** A step whose pod was refused, or whose result was remembered, is of that type, too. What is stored apart is large. */
function podsIn(status: Fields): number {
  const isElsewhere =
    textOr(status['compressedNodes']) + textOr(status['offloadNodeStatusVersion']);
  if (isElsewhere !== '') return 1;
  return podNodes(status).filter(({ hostNodeName }) => textOr(hostNodeName) !== '').length;
}

function templateOf({ spec }: Fields): string {
  const ref = isFields(spec) ? spec['workflowTemplateRef'] : undefined;
  return isFields(ref) && ref['clusterScope'] !== true ? textOr(ref['name']) : '';
}

/** What the pod says that failed last: of a workflow with steps its controller only says which step failed. */
function failedNode(status: Fields): string {
  const failed = podNodes(status)
    .filter(({ phase }) => phase === 'Failed' || phase === 'Error')
    .sort((one, other) => (timeIn(one['finishedAt']) ?? 0) - (timeIn(other['finishedAt']) ?? 0));
  return textOr(failed.at(-1)?.['message']);
}

function podNodes({ nodes }: Fields): readonly Fields[] {
  const all = isFields(nodes) ? Object.values(nodes).filter(isFields) : [];
  return all.filter(({ type }) => type === 'Pod');
}
