import { REFRESHED_KEY } from '../manifests/jobNames.ts';
import { fieldsOf, isFields, objectsIn, textOr, type Fields } from '../readers/json.ts';

/**
 * What matters of a CronJob, a CronWorkflow or a WorkflowTemplate as one that may refresh a cache. Times are in
 * milliseconds since the epoch.
 */
export interface CronState {
  /** None for a WorkflowTemplate: an event, or somebody, starts it. */
  readonly schedules: readonly string[];
  /** Nothing where it names none: then its controller's own counts, which cannot be seen. */
  readonly zone: string | undefined;
  readonly isSuspended: boolean;
  /** `Allow`, `Forbid` or `Replace`. */
  readonly concurrency: string;
  /** For how many seconds a run may begin late; nothing for any. */
  readonly startingDeadline: number | undefined;
  readonly created: number;
  /** When its controller last meant to run it. */
  readonly lastScheduled: number | undefined;
  /** When its controller last saw a run succeed; a CronWorkflow does not tell. */
  readonly lastSuccess: number | undefined;
  /** How many runs of its schedule are under way. */
  readonly active: number;
  /** True for a CronWorkflow that its `stopStrategy` has stopped: it does not run on its schedule any more. */
  readonly isStopped?: boolean;
  /** True for a CronWorkflow whose `when` or `stopStrategy` decides each time whether it runs. */
  readonly isConditional?: boolean;
  /** True for a CronWorkflow whose controller has come to no run by its present schedule yet. */
  readonly isNewSchedule?: boolean;
  /** The service account that it names for its pods, where it names one: see `accountOf`. */
  readonly account: string | undefined;
  /** The words of its commands and variables that could be names of ConfigMaps. */
  readonly words: ReadonlySet<string>;
  /** The arguments of a WorkflowTemplate that only who starts it can give. */
  readonly needs: readonly string[];
  /** What one that was scaffolded refreshes, and the age limit that it sets. */
  readonly key?: string;
  /** The label that says the key: the name itself, or a hash of it. */
  readonly keyLabel?: string;
  readonly maxAge?: string;
}

/** The service account under which the pods of a job run. */
export function accountOf({ account }: Pick<CronState, 'account'>): string {
  return account ?? 'default';
}

/** The state of the kinds that run again and again; nothing for others. */
export function cronStateOf(kind: string, root: Fields): CronState | undefined {
  const [metadata, spec, status] = [root['metadata'], root['spec'], root['status']].map(fieldsOf);
  if (metadata === undefined || spec === undefined || status === undefined) return undefined;
  if (kind === 'WorkflowTemplate') return templateState(metadata, spec);
  const common = {
    isSuspended: spec['suspend'] === true,
    concurrency: textOr(spec['concurrencyPolicy']) || 'Allow',
    startingDeadline: numberIn(spec['startingDeadlineSeconds']),
    created: timeIn(metadata['creationTimestamp']) ?? 0,
    active: objectsIn(status['active']).length,
    needs: [],
  };
  if (kind === 'CronJob') {
    const pod = inside(spec, 'jobTemplate', 'spec', 'template', 'spec');
    return {
      ...common,
      schedules: [textOr(spec['schedule'])],
      zone: textOr(spec['timeZone']) || undefined,
      lastScheduled: timeIn(status['lastScheduleTime']),
      lastSuccess: timeIn(status['lastSuccessfulTime']),
      account: textOr(pod['serviceAccountName']) || textOr(pod['serviceAccount']) || undefined,
      words: wordsIn(pod),
      ...scaffolded(metadata, pod),
    };
  }
  if (kind !== 'CronWorkflow') return undefined;
  const workflow = inside(spec, 'workflowSpec');
  return {
    ...common,
    schedules: schedulesIn(spec),
    zone: textOr(spec['timezone']) || undefined,
    lastScheduled: timeIn(status['lastScheduledTime']),
    lastSuccess: undefined,
    isStopped: status['phase'] === 'Stopped',
    isConditional: textOr(spec['when']) !== '' || isFields(spec['stopStrategy']),
    isNewSchedule: fieldsOf(metadata['annotations'])[LAST_USED] !== usedSchedule(spec),
    ...workflowState(metadata, workflow),
  };
}

/** What the controller of CronWorkflows notes at each run that is due, also of one that is suspended. */
const LAST_USED = 'cronworkflows.argoproj.io/last-used-schedule';

/** What it notes. Source: `GetScheduleWithTimezoneString` of Argo Workflows. */
function usedSchedule(spec: Fields): string {
  const zone = textOr(spec['timezone']);
  const prefix = zone === '' ? '' : `CRON_TZ=${zone} `;
  return schedulesIn(spec)
    .map((schedule) => `${prefix}${schedule}`)
    .join(',');
}

function workflowState(metadata: Fields, workflow: Fields) {
  return {
    account: textOr(workflow['serviceAccountName']) || undefined,
    words: wordsIn(workflow),
    ...scaffolded(metadata, workflow),
  };
}

/** Its `suspend` means that a workflow waits after it was started, and not that none is. */
function templateState(metadata: Fields, spec: Fields): CronState {
  return {
    schedules: [],
    zone: undefined,
    isSuspended: false,
    concurrency: 'Allow',
    startingDeadline: undefined,
    created: timeIn(metadata['creationTimestamp']) ?? 0,
    lastScheduled: undefined,
    lastSuccess: undefined,
    active: 0,
    needs: needsIn(fieldsOf(spec['arguments'])),
    ...workflowState(metadata, spec),
  };
}

/** The parameters without a value and the artifacts without a place. Source: Argo Workflows `validateArguments`. */
function needsIn({ parameters, artifacts }: Fields): readonly string[] {
  return [
    ...objectsIn(parameters).filter(
      ({ value, valueFrom }) =>
        value === undefined && fieldsOf(valueFrom)['configMapKeyRef'] === undefined,
    ),
    ...objectsIn(artifacts).filter((artifact) =>
      Object.keys(artifact).every((key) => key === 'name'),
    ),
  ].map(({ name }) => textOr(name));
}

/** A list since Argo 3.6, one text before. */
function schedulesIn(spec: Fields): readonly string[] {
  const { schedules, schedule } = spec;
  const many = Array.isArray(schedules) ? (schedules as readonly unknown[]).map(textOr) : [];
  return [...many, textOr(schedule)].filter((each) => each !== '');
}

/** What a job of our own says about its key: the label may hold a hash, and the variable the name. */
function scaffolded(
  metadata: Fields,
  spec: Fields,
): Pick<CronState, 'key' | 'keyLabel' | 'maxAge'> {
  const keyLabel = textOr(fieldsOf(metadata['labels'])[REFRESHED_KEY]);
  if (keyLabel === '') return {};
  const templates = objectsIn(spec['templates']).flatMap(({ container, script }) => [
    fieldsOf(container),
    fieldsOf(script),
  ]);
  const env = [...objectsIn(spec['containers']), ...templates].flatMap((each) =>
    objectsIn(each['env']),
  );
  const valueOf = (name: string) => textOr(env.find((each) => each['name'] === name)?.['value']);
  const [key, maxAge] = [valueOf('KEY'), valueOf('MAX_AGE')];
  return { keyLabel, ...(key === '' ? {} : { key }), ...(maxAge === '' ? {} : { maxAge }) };
}

/** The fields of pods and templates that hold what is run, and not what is mounted. */
const RUN = new Set(['command', 'args', 'source', 'manifest', 'value']);

/** The words of what is run that could be names of ConfigMaps. */
function wordsIn(spec: Fields): ReadonlySet<string> {
  const words = new Set<string>();
  const waiting: { readonly value: unknown; readonly isRun: boolean }[] = [
    { value: spec, isRun: false },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, isRun } = next;
    if (typeof value === 'string') {
      if (isRun) for (const word of namesIn(value)) words.add(word);
    } else if (Array.isArray(value)) {
      for (const each of value as readonly unknown[]) waiting.push({ value: each, isRun });
    } else if (isFields(value)) {
      for (const [field, each] of Object.entries(value)) {
        waiting.push({ value: each, isRun: RUN.has(field) });
      }
    }
  }
  return words;
}

/** Names end with a letter or digit: a dot after one ends a sentence, or begins the name of a file. */
function namesIn(text: string): readonly string[] {
  return (text.match(/[-a-z0-9.]+/gi) ?? []).map((word) => word.replace(/^[-.]+|[-.]+$/g, ''));
}

function inside(outer: Fields, ...path: readonly string[]): Fields {
  return path.reduce((fields, field) => fieldsOf(fields[field]), outer);
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A time of the API server, in milliseconds since the epoch. */
export function timeIn(value: unknown): number | undefined {
  const time = Date.parse(textOr(value));
  return Number.isNaN(time) ? undefined : time;
}
