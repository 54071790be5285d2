import type { LogOutputChannel } from 'vscode';
import type { Flow } from './commands.ts';
import { setContextKey } from './contextKeys.ts';
import { COMMANDS, type CommandId } from './contributions.ts';
import { chooseContexts, chooseNamespaces, labelCache, openKubeconfig } from './flows/choose.ts';
import { copyAsKubectl } from './flows/copyAsKubectl.ts';
import { copyAccessRequest } from './flows/copyAccessRequest.ts';
import { compareVersions } from './flows/history/compareVersions.ts';
import { exportKeys } from './flows/keys/exportKeys.ts';
import { forgetHistory, showHistory, undoLastRefresh } from './flows/history/history.ts';
import { addKey, copyKey, createCache, deleteKey, renameKey } from './flows/keys/keys.ts';
import { removeLastApplied } from './flows/history/lastApplied.ts';
import { deleteEntry, deleteOldEntries, sortEntries } from './flows/keys/memos.ts';
import { nameCaches } from './flows/nameCaches.ts';
import { openKey } from './flows/keys/openKey.ts';
import { applyPlan } from './flows/refresh/planFlow.ts';
import { recreateCache } from './flows/recreate.ts';
import { refreshFromFile } from './flows/refresh/refreshFromFile.ts';
import { refreshFromUrl } from './flows/refresh/refreshFromUrl.ts';
import { restartReaders } from './flows/restarts/restartReaders.ts';
import { runJob } from './flows/jobs/runJob.ts';
import { scaffoldEventDriven } from './flows/scaffold/scaffoldEventDriven.ts';
import { scaffoldRefreshScript } from './flows/scaffold/scaffoldRefreshScript.ts';
import { scaffoldReader } from './flows/scaffold/scaffoldReader.ts';
import { chooseStrategy } from './flows/scaffold/chooseStrategy.ts';
import { scaffoldRefreshJob } from './flows/scaffold/scaffoldRefreshJob.ts';
import type { Session } from './flows/session.ts';
import { showJobLog } from './flows/jobs/showJobLog.ts';
import { showEventsOf } from './flows/restarts/showEvents.ts';
import { showReaders } from './flows/restarts/showReaders.ts';
import { resumeJob, suspendJob } from './flows/jobs/suspendJob.ts';

/** What some commands need beside the session. */
export interface Face {
  readonly log: LogOutputChannel;
  /** Draws the view again, after a choice has changed. */
  readonly redraw: () => Promise<void>;
}

/** Every command and its flow. A command without a flow, or the reverse, does not compile. */
export function commandTable(session: Session, face: Face): Readonly<Record<CommandId, Flow>> {
  return {
    ...refreshing(session),
    ...editing(session),
    ...reading(session),
    ...scaffolding(session),
    ...looking(session, face),
  };
}

type Looking =
  | 'chooseContexts'
  | 'chooseNamespaces'
  | 'nameCaches'
  | 'showAllConfigMaps'
  | 'showCachesOnly'
  | 'sortEntries'
  | 'reload'
  | 'showLog';

/** Commands that change what is looked at, and nothing in a cluster. */
function looking(session: Session, { log, redraw }: Face) {
  const showAll = async (value: boolean) => {
    await session.remembered.set('showAll', value);
    await setContextKey('cacheConfigMaps.showAll', value);
    await redraw();
  };
  return {
    [COMMANDS.chooseContexts]: async () => {
      await chooseContexts(session);
      await redraw();
    },
    [COMMANDS.chooseNamespaces]: async (argument) => {
      await chooseNamespaces(session, argument);
      await redraw();
    },
    [COMMANDS.nameCaches]: async (argument) => {
      await nameCaches(session, argument);
      await redraw();
    },
    [COMMANDS.showAllConfigMaps]: () => showAll(true),
    [COMMANDS.showCachesOnly]: () => showAll(false),
    [COMMANDS.sortEntries]: async () => {
      if (await sortEntries(session)) await redraw();
    },
    [COMMANDS.reload]: async () => {
      const { inventory, readers, jobs, rights } = await session.operations();
      inventory.reset();
      readers.reset();
      jobs.reset();
      rights.reset();
      await redraw();
    },
    [COMMANDS.showLog]: async () => {
      log.show();
      await Promise.resolve();
    },
  } satisfies Record<(typeof COMMANDS)[Looking], Flow>;
}

type Editing =
  | 'openKey'
  | 'createCache'
  | 'addKey'
  | 'copyKey'
  | 'renameKey'
  | 'deleteKey'
  | 'deleteEntry'
  | 'deleteOldEntries'
  | 'exportKeys'
  | 'compareVersions'
  | 'recreateCache'
  | 'removeLastApplied'
  | 'showHistory'
  | 'undoLastRefresh'
  | 'forgetHistory';

/** Commands on keys as files, and on what they were. */
function editing(session: Session) {
  return {
    [COMMANDS.openKey]: (argument) => openKey(session, argument),
    [COMMANDS.createCache]: (argument) => createCache(session, argument),
    [COMMANDS.addKey]: (argument) => addKey(session, argument),
    [COMMANDS.copyKey]: (argument) => copyKey(session, argument),
    [COMMANDS.renameKey]: (argument) => renameKey(session, argument),
    [COMMANDS.deleteKey]: (argument) => deleteKey(session, argument),
    [COMMANDS.deleteEntry]: (argument) => deleteEntry(session, argument),
    [COMMANDS.deleteOldEntries]: (argument) => deleteOldEntries(session, argument),
    [COMMANDS.exportKeys]: (argument) => exportKeys(session, argument),
    [COMMANDS.compareVersions]: (argument) => compareVersions(session, argument),
    [COMMANDS.recreateCache]: (argument) => recreateCache(session, argument),
    [COMMANDS.removeLastApplied]: (argument) => removeLastApplied(session, argument),
    [COMMANDS.showHistory]: (argument) => showHistory(session, argument),
    [COMMANDS.undoLastRefresh]: (argument) => undoLastRefresh(session, argument),
    [COMMANDS.forgetHistory]: (argument) => forgetHistory(session, argument),
  } satisfies Record<(typeof COMMANDS)[Editing], Flow>;
}

type Reading =
  | 'showReaders'
  | 'restartReaders'
  | 'runJob'
  | 'suspendJob'
  | 'resumeJob'
  | 'showJobLog'
  | 'showEvents';

/** Commands on those who read caches, and on the jobs that refresh them. */
function reading(session: Session) {
  return {
    [COMMANDS.showReaders]: (argument) => showReaders(session, argument),
    [COMMANDS.restartReaders]: (argument, wanted) => restartReaders(session, argument, wanted),
    [COMMANDS.runJob]: (argument) => runJob(session, argument),
    [COMMANDS.suspendJob]: (argument) => suspendJob(session, argument),
    [COMMANDS.resumeJob]: (argument) => resumeJob(session, argument),
    [COMMANDS.showJobLog]: (argument) => showJobLog(session, argument),
    [COMMANDS.showEvents]: (argument) => showEventsOf(session, argument),
  } satisfies Record<(typeof COMMANDS)[Reading], Flow>;
}

type Scaffolding =
  | 'scaffoldRefreshJob'
  | 'scaffoldEventDriven'
  | 'scaffoldRefreshScript'
  | 'scaffoldReader'
  | 'chooseStrategy';

/** Commands that make manifests. */
function scaffolding(session: Session) {
  return {
    [COMMANDS.scaffoldRefreshJob]: (argument) => scaffoldRefreshJob(session, argument),
    [COMMANDS.scaffoldEventDriven]: (argument) => scaffoldEventDriven(session, argument),
    [COMMANDS.scaffoldRefreshScript]: (argument) => scaffoldRefreshScript(session, argument),
    [COMMANDS.scaffoldReader]: (argument) => scaffoldReader(session, argument),
    [COMMANDS.chooseStrategy]: (argument) => chooseStrategy(session, argument),
  } satisfies Record<(typeof COMMANDS)[Scaffolding], Flow>;
}

/** Commands that read or change caches, or what is needed for that. */
function refreshing(session: Session) {
  return {
    [COMMANDS.refreshFromFile]: (argument, selection) =>
      refreshFromFile(session, argument, selection),
    [COMMANDS.refreshFromUrl]: (argument) => refreshFromUrl(session, argument),
    [COMMANDS.copyAsKubectl]: (argument) => copyAsKubectl(session, argument),
    [COMMANDS.applyPlan]: async () => {
      const plan = session.previews.active();
      if (plan !== undefined) await applyPlan(session, plan);
    },
    [COMMANDS.discardPlan]: async () => {
      const plan = session.previews.active();
      if (plan !== undefined) await session.previews.close(plan);
    },
    [COMMANDS.trackCache]: (argument) => labelCache(session, argument, true),
    [COMMANDS.stopTracking]: (argument) => labelCache(session, argument, false),
    [COMMANDS.copyAccessRequest]: (argument) => copyAccessRequest(session, argument),
    [COMMANDS.openKubeconfig]: (argument) => openKubeconfig(session, argument),
    [COMMANDS.enterCredentials]: async (origin) => {
      if (typeof origin === 'string') await session.credentials.ask(origin);
    },
    [COMMANDS.forgetCredentials]: () => session.credentials.forget(),
  } satisfies Record<
    Exclude<CommandId, (typeof COMMANDS)[Looking | Editing | Reading | Scaffolding]>,
    Flow
  >;
}
