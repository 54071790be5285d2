import type { LogOutputChannel } from 'vscode';
import { setContextKey } from './contextKeys.ts';
import { COMMANDS, type CommandId } from './contributions.ts';
import type { KeyDocuments } from './documents/keyDocuments.ts';
import { chooseContexts, chooseNamespaces, labelCache, openKubeconfig } from './flows/choose.ts';
import { copyAccessRequest } from './flows/copyAccessRequest.ts';
import { nameCaches } from './flows/nameCaches.ts';
import { openKey } from './flows/openKey.ts';
import { applyPlan } from './flows/planFlow.ts';
import { refreshFromFile } from './flows/refreshFromFile.ts';
import { refreshFromUrl } from './flows/refreshFromUrl.ts';
import type { Session } from './flows/session.ts';

/** What some commands need beside the session. */
export interface Face {
  readonly log: LogOutputChannel;
  readonly keys: KeyDocuments;
  /** Draws the view again, after a choice has changed. */
  readonly redraw: () => Promise<void>;
}

/** What a command does, given the arguments that VS Code calls it with. */
export type Flow = (...args: readonly unknown[]) => Promise<void>;

/** Every command and its flow. A command without a flow, or the reverse, does not compile. */
export function commandTable(session: Session, face: Face): Readonly<Record<CommandId, Flow>> {
  return { ...refreshing(session, face), ...looking(session, face) };
}

type Looking =
  | 'chooseContexts'
  | 'chooseNamespaces'
  | 'nameCaches'
  | 'showAllConfigMaps'
  | 'showCachesOnly'
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
    [COMMANDS.reload]: async () => {
      const { inventory, rights } = await session.operations();
      inventory.reset();
      rights.reset();
      await redraw();
    },
    [COMMANDS.showLog]: async () => {
      log.show();
      await Promise.resolve();
    },
  } satisfies Record<(typeof COMMANDS)[Looking], Flow>;
}

/** Commands that read or change caches, or what is needed for that. */
function refreshing(session: Session, { keys }: Face) {
  return {
    [COMMANDS.refreshFromFile]: (argument, selection) =>
      refreshFromFile(session, argument, selection),
    [COMMANDS.refreshFromUrl]: (argument) => refreshFromUrl(session, argument),
    [COMMANDS.applyPlan]: async () => {
      const plan = session.previews.active();
      if (plan !== undefined) await applyPlan(session, plan);
    },
    [COMMANDS.discardPlan]: async () => {
      const plan = session.previews.active();
      if (plan !== undefined) await session.previews.close(plan);
    },
    [COMMANDS.openKey]: (argument) => openKey(session, keys, argument),
    [COMMANDS.trackCache]: (argument) => labelCache(session, argument, true),
    [COMMANDS.stopTracking]: (argument) => labelCache(session, argument, false),
    [COMMANDS.copyAccessRequest]: (argument) => copyAccessRequest(session, argument),
    [COMMANDS.openKubeconfig]: (argument) => openKubeconfig(session, argument),
    [COMMANDS.enterCredentials]: async (origin) => {
      if (typeof origin === 'string') await session.credentials.ask(origin);
    },
    [COMMANDS.forgetCredentials]: () => session.credentials.forget(),
  } satisfies Record<Exclude<CommandId, (typeof COMMANDS)[Looking]>, Flow>;
}
