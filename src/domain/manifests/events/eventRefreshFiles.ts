import { scheduleWords } from '../../schedule/scheduleWords.ts';
import { eventRefreshName } from '../jobNames.ts';
import { accessOf, refreshAccess, refreshMetadata, type Metadata } from '../refreshAccess.ts';
import { IMAGE_COMMENT } from '../refreshPod.ts';
import type { ManifestFile } from '../scaffold.ts';
import { yamlText, type Comment } from '../yamlText.ts';
import { cronWorkflow } from './cronWorkflow.ts';
import { DEFAULT_BUS, eventBus } from './eventBus.ts';
import { partMetadata } from './eventNames.ts';
import type { EventRefresh, EventTrigger } from './eventRefresh.ts';
import { eventSource, sourceRules, stillToDo } from './eventSource.ts';
import { sensor, SENSOR_RULE } from './sensor.ts';
import { EXECUTOR_RULE, workflowTemplate } from './workflowTemplate.ts';

/** Some objects that stand in one file, each with words for who reads it. */
export interface Group {
  readonly name: string;
  readonly objects: readonly object[];
  readonly comments?: readonly Comment[];
}

/** The objects of a refresh on an event, in the order in which they are applied, as they stand in files. */
export function eventRefreshGroups(refresh: EventRefresh): readonly Group[] {
  const { cache, key, trigger } = refresh;
  const metadata = refreshMetadata(refresh, eventRefreshName(cache.name, key));
  const access = refreshAccess(refresh, metadata, [EXECUTOR_RULE]);
  const workflow: readonly Group[] = [
    { name: 'workflow-access', objects: Object.values(access) },
    {
      name: 'workflowtemplate',
      objects: [workflowTemplate(refresh, metadata)],
      comments: [{ path: ['spec', 'templates', 1, 'container', 'image'], text: IMAGE_COMMENT }],
    },
  ];
  if (trigger.kind === 'schedule') {
    const { schedule, timeZone } = trigger;
    const text = `${scheduleWords(schedule)}, ${timeZone}`;
    const comments = [{ path: ['spec', 'schedules', 0], text }];
    return [
      ...workflow,
      { name: 'cronworkflow', objects: [cronWorkflow(trigger, metadata)], comments },
    ];
  }
  return [
    ...workflow,
    ...(refresh.eventBus ? [{ name: 'eventbus', objects: [eventBus(cache.namespace)] }] : []),
    ...eventGroups(trigger, metadata, busComment(refresh)),
  ];
}

/** Over which bus the event comes, and how to see whether it is there. */
function busComment({ eventBus: isMade, cache: { namespace } }: EventRefresh): Comment {
  const bus = `its events go over EventBus ${DEFAULT_BUS} of namespace ${namespace}`;
  const text = isMade
    ? `${bus}, which is among these files, since there was none`
    : `${bus}, which is taken to be there: kubectl get eventbus ${DEFAULT_BUS} --namespace ${namespace}`;
  return { path: ['kind'], text };
}

function eventGroups(trigger: EventTrigger, metadata: Metadata, bus: Comment): readonly Group[] {
  const rules = sourceRules(trigger);
  const source = accessOf(partMetadata(metadata, 'source'), rules);
  const starter = accessOf(partMetadata(metadata, 'sensor'), [SENSOR_RULE]);
  return [
    {
      name: 'eventsource-access',
      // What only waits for requests has an account without rights and token.
      objects: rules.length === 0 ? [source.serviceAccount] : mounted(source),
    },
    {
      name: 'eventsource',
      objects: [eventSource(trigger, metadata)],
      comments: [bus, ...stillToDo(trigger, metadata)],
    },
    { name: 'sensor-access', objects: mounted(starter) },
    { name: 'sensor', objects: [sensor(trigger, metadata)] },
  ];
}

/** Pods of Argo Events cannot ask for the token of their account: the account has to give it. */
function mounted({ serviceAccount, role, roleBinding }: ReturnType<typeof accessOf>) {
  return [{ ...serviceAccount, automountServiceAccountToken: true }, role, roleBinding];
}

/** The files of a refresh on an event, for a folder of their own. */
export function eventRefreshFiles(refresh: EventRefresh): readonly ManifestFile[] {
  const files = eventRefreshGroups(refresh).map(({ name, objects, comments }) => ({
    name: `${name}.yaml`,
    text: objects.map((object) => yamlText(object, comments)).join('---\n'),
  }));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.map(({ name }) => name),
  };
  return [...files, { name: 'kustomization.yaml', text: yamlText(kustomization) }];
}
