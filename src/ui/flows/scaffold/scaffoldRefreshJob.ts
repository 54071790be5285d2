import { window, type QuickPickItem } from 'vscode';
import { isMemoization, type CacheContent } from '../../../domain/cache.ts';
import { Failure } from '../../../domain/failure.ts';
import { refreshJobName } from '../../../domain/manifests/jobNames.ts';
import { REFRESH_IMAGE, type RefreshJob } from '../../../domain/manifests/refreshJob.ts';
import type { Scaffold } from '../../../domain/manifests/scaffold.ts';
import { ownersOf, ownerSentence } from '../../../domain/owners.ts';
import { printCache, printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { RHYTHMS } from '../../../domain/strategy/strategy.ts';
import { askForOne, type Step } from '../../steps.ts';
import { refreshDraft } from './refreshDraft.ts';
import { ageStep, formatStep, headerSteps, isGiven, keyStep, urlStep } from './refreshSteps.ts';
import { restartStep } from './restartStep.ts';
import { scaffoldInSteps } from './scaffoldInSteps.ts';
import { scheduleStep, zoneStep } from './scheduleSteps.ts';
import type { Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const NEVER = new AbortController().signal;

/** A job as it is asked for, and whether it becomes one file. */
type Draft = RefreshJob & { readonly isOneFile: boolean };

/** *Scaffold Refresh Job*: asks what a job is made of, and shows its manifests. */
export async function scaffoldRefreshJob(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Scaffold Refresh Job');
  if (target !== undefined) await jobFor(session, target, RHYTHMS.days.schedule);
}

/** Asks what a job for a cache is made of; the schedule is the first that is offered. */
export async function jobFor(session: Session, target: Target, schedule: string): Promise<void> {
  const { ref } = target;
  const cache = await refreshable(session, ref);
  if (cache !== undefined && !(await isMeant(session, cache))) return;
  const steps = await stepsFor(session, target, cache);
  const title = `Refresh Job of ${printCache(ref)}`;
  const first = await refreshDraft(session, target, cache);
  await scaffoldInSteps<Draft>(session, {
    title,
    steps,
    first: { ...first, schedule, timeZone: 'UTC', image: REFRESH_IMAGE, isOneFile: false },
    scaffoldOf: (draft) => scaffoldOf(session, draft, ref),
    parent: target.folder,
  });
}

/** The cache as it is; nothing where the first run is to create it. Throws where no job can refresh it. */
export async function refreshable(
  session: Session,
  ref: CacheRef,
): Promise<CacheContent | undefined> {
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(ref, NEVER);
  if (cache === undefined) return undefined;
  const refuse = (problem: string) =>
    new Failure(`${printCacheAndContext(ref)} ${problem}, so no job can refresh it.`, {
      reason: 'Invalid',
      nextStep: 'reload',
    });
  if (isMemoization(cache)) throw refuse('is a memoization map, which Argo fills itself');
  if (cache.immutable) throw refuse('is immutable');
  return cache;
}

/** Asks once more where somebody deploys the cache, and would take back what a job writes. */
export async function isMeant(session: Session, cache: CacheContent): Promise<boolean> {
  const owners = session.remembered.notAccepted(cache.ref, ownersOf(cache, []));
  if (owners.length === 0) return true;
  const anyway = 'Scaffold Anyway';
  const answer = await window.showWarningMessage(
    `Really scaffold a refresh of ${printCacheAndContext(cache.ref)}?`,
    { modal: true, detail: owners.map(ownerSentence).join('\n') },
    anyway,
  );
  return answer === anyway;
}

async function stepsFor(
  session: Session,
  { ref, key }: Target,
  cache: CacheContent | undefined,
): Promise<readonly Step<Draft>[]> {
  return [
    urlStep('pods'),
    ...(key === undefined ? [keyStep<Draft>(cache)] : []),
    formatStep(),
    zoneStep(),
    scheduleStep(),
    ...headerSteps<Draft>(ref.namespace),
    ageStep(),
    ...(await restartStep<Draft>(session, ref)),
    { ask: askForShape },
  ];
}

const askForShape: Step<Draft>['ask'] = async (answers, frame) => {
  const items: (QuickPickItem & { isOneFile: boolean })[] = [
    {
      label: '$(folder) A folder of files',
      description: 'one for each object, and a kustomization',
      isOneFile: false,
    },
    { label: '$(file) One file', description: 'with all objects', isOneFile: true },
  ];
  const active = ({ isOneFile }: { isOneFile: boolean }) => isOneFile === answers.isOneFile;
  const picked = await askForOne(frame, { items, placeHolder: 'Files', active });
  return isGiven(picked) ? { ...answers, isOneFile: picked.isOneFile } : picked;
};

/** Jobs of several keys of one cache have folders of their own. */
async function scaffoldOf(
  session: Session,
  { isOneFile, ...job }: Draft,
  ref: CacheRef,
): Promise<Scaffold> {
  const { scaffolds } = await session.operations();
  const { name, context, namespace } = ref;
  const jobName = refreshJobName(name, job.key);
  return {
    title: `Refresh Job of ${printCache(ref)}: ${job.key}`,
    where: { context, namespace },
    folder: isOneFile ? 'k8s' : `k8s/${name}-refresh`,
    ownFolder: isOneFile ? 'k8s' : `k8s/${jobName}`,
    files: isOneFile
      ? [{ name: `${jobName}.yaml`, text: scaffolds.refreshJobInOneFile(job) }]
      : scaffolds.refreshJobFiles(job),
  };
}
