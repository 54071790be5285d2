import { Uri } from 'vscode';
import type { CacheContent } from '../../../domain/cache.ts';
import type { EventRefresh, Trigger } from '../../../domain/manifests/events/eventRefresh.ts';
import type { ArgoInstalled } from '../../../domain/manifests/events/installed.ts';
import { eventRefreshName, refreshJobName } from '../../../domain/manifests/jobNames.ts';
import { REFRESH_IMAGE } from '../../../domain/manifests/refreshJob.ts';
import type { ManifestFile, Scaffold } from '../../../domain/manifests/scaffold.ts';
import { printCache, type CacheRef } from '../../../domain/ref.ts';
import type { Step } from '../../steps.ts';
import {
  busStep,
  onlyFor,
  repositorySteps,
  secretSteps,
  startStep,
  watchedSteps,
  type EventDraft,
} from './eventSteps.ts';
import { refreshDraft } from './refreshDraft.ts';
import { ageStep, formatStep, headerSteps, keyStep, urlStep } from './refreshSteps.ts';
import { restartStep } from './restartStep.ts';
import { isMeant, refreshable } from './scaffoldRefreshJob.ts';
import { scaffoldInSteps } from './scaffoldInSteps.ts';
import { scheduleStep, zoneStep } from './scheduleSteps.ts';
import { recordOf } from '../../scaffoldRecord.ts';
import { textOf } from '../../workspaceFile.ts';
import type { Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const NEVER = new AbortController().signal;

/** *Scaffold Event-Driven Refresh*: asks what starts a refresh and what it is made of, and shows its manifests. */
export async function scaffoldEventDriven(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Scaffold Event-Driven Refresh');
  if (target !== undefined) await eventDrivenFor(session, target, '*/15 * * * *');
}

/** Asks what starts a refresh of a cache; the schedule is offered first where nothing tells of events. */
export async function eventDrivenFor(
  session: Session,
  target: Target,
  schedule: string,
): Promise<void> {
  const cache = await refreshable(session, target.ref);
  if (cache !== undefined && !(await isMeant(session, cache))) return;
  const { argo } = await session.operations();
  const installed = await argo.installed(target.ref, NEVER);
  const steps = await stepsFor(session, target, { cache, installed });
  const given = await firstDraft(session, target, { cache, installed });
  const title = `Event-Driven Refresh of ${printCache(target.ref)}`;
  await scaffoldInSteps<EventDraft>(session, {
    title,
    steps,
    first: { ...given, schedule },
    scaffoldOf: (draft) => scaffoldOf(session, draft, target.ref),
    parent: target.folder,
  });
}

interface Known {
  readonly cache: CacheContent | undefined;
  readonly installed: ArgoInstalled;
}

async function stepsFor(
  session: Session,
  { ref, key }: Target,
  { cache, installed }: Known,
): Promise<readonly Step<EventDraft>[]> {
  const { namespace } = ref;
  return [
    startStep(installed),
    ...onlyFor(['schedule', 'job'], [zoneStep(), scheduleStep()]),
    ...onlyFor(['github'], repositorySteps()),
    ...onlyFor(['webhook', 'github'], secretSteps(namespace)),
    ...onlyFor(['object'], watchedSteps(namespace)),
    ...(installed.eventBus === undefined
      ? onlyFor(['webhook', 'github', 'object'], [busStep(namespace)])
      : []),
    urlStep('pods'),
    ...(key === undefined ? [keyStep<EventDraft>(cache)] : []),
    formatStep(),
    ...headerSteps<EventDraft>(namespace),
    ageStep(),
    ...(await restartStep<EventDraft>(session, ref)),
  ];
}

async function firstDraft(
  session: Session,
  target: Target,
  { cache, installed }: Known,
): Promise<Omit<EventDraft, 'schedule'>> {
  const { workflows, events, eventBus } = installed;
  const withWorkflows = events ? 'webhook' : 'schedule';
  return {
    ...(await refreshDraft(session, target, cache)),
    image: REFRESH_IMAGE,
    start: workflows ? withWorkflows : 'job',
    timeZone: 'UTC',
    secret: { secret: '', key: 'token' },
    repository: '',
    branch: 'main',
    watched: { group: '', version: 'v1', resource: 'configmaps', name: '' },
    eventBus: eventBus === false,
  };
}

/** Refreshes of several keys of one cache have folders of their own. */
async function scaffoldOf(session: Session, draft: EventDraft, ref: CacheRef): Promise<Scaffold> {
  const { name, context, namespace } = ref;
  const title = `Event-Driven Refresh of ${printCache(ref)}: ${draft.key}`;
  // Once it is applied the namespace has one, which is ours all the same.
  const eventBus = draft.eventBus || (await isScaffolded(session, title, 'eventbus.yaml'));
  const [short, long] =
    draft.start === 'job'
      ? [`${name}-refresh`, refreshJobName(name, draft.key)]
      : [`${name}-event-refresh`, eventRefreshName(name, draft.key)];
  return {
    title,
    where: { context, namespace },
    folder: `k8s/${short}`,
    ownFolder: `k8s/${long}`,
    files: await filesOf(session, { ...draft, eventBus }),
  };
}

/** True where a file of that name was scaffolded under a title, and is still there. */
async function isScaffolded({ storage }: Session, title: string, name: string): Promise<boolean> {
  const record = await recordOf(storage, title);
  const folders = Object.entries(record).filter(([, files]) => name in files);
  const texts = folders.map(([folder]) => textOf(Uri.joinPath(Uri.parse(folder), name)));
  return (await Promise.all(texts)).some((text) => text !== undefined);
}

async function filesOf(session: Session, draft: EventDraft): Promise<readonly ManifestFile[]> {
  const { scaffolds } = await session.operations();
  const { start, secret, repository, branch, watched, schedule, timeZone, ...rest } = draft;
  const { eventBus, ...refresh } = rest;
  const files = (trigger: Trigger) => {
    const whole: EventRefresh = { ...refresh, trigger, eventBus };
    return scaffolds.eventRefreshFiles(whole);
  };
  switch (start) {
    case 'webhook':
      return files({ kind: start, token: secret });
    case 'github': {
      const [owner = '', name = ''] = repository.split('/');
      const one = branch === '' ? undefined : branch;
      return files({ kind: start, owner, repository: name, branch: one, secret });
    }
    case 'object':
      return files({ kind: start, watched });
    case 'schedule':
      return files({ kind: start, schedule, timeZone });
    case 'job':
      return scaffolds.refreshJobFiles({ ...refresh, schedule, timeZone, conditional: true });
  }
}
