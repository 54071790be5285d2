import { commands, window, type Uri } from 'vscode';
import type { Version } from '../../../domain/history/history.ts';
import type { PastVersion } from '../../../domain/history/past.ts';
import { versionWords } from '../../../domain/history/pastText.ts';
import { printCacheAndContext } from '../../../domain/ref.ts';
import { printBytes } from '../../../domain/size.ts';
import { uriOf } from '../../documents/keyAddress.ts';
import { pickNamespace } from '../../pickers.ts';
import { isNode } from '../../tree/node.ts';
import { showPlan } from '../refresh/planFlow.ts';
import { say, type Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';
import { pickVersion, type Deed, type Shown } from './versions.ts';

const NEVER = new AbortController().signal;

/** *Undo Last Refresh*: what our last write replaced, as a plan; on a key, what the last write of it replaced. */
export async function undoLastRefresh(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Undo Last Refresh');
  if (target === undefined) return;
  const { undo } = await session.operations();
  await showPlan(session, await undo.planUndo(target.ref, NEVER, target.key));
}

/** *Show History*: the contents that a key had, or all keys of a cache, and what can be done with them. */
export async function showHistory(session: Session, argument: unknown): Promise<void> {
  const target = await pastTarget(session, argument);
  if (target === undefined) return;
  const { ref, key } = target;
  const { undo } = await session.operations();
  const { cache, past, now } = await undo.look(ref, NEVER);
  const versions = past.versions(key);
  if (versions.length === 0) {
    say(
      `Nothing is known of the past of ${printCacheAndContext(ref)}. What is replaced from now on is kept.`,
    );
    return;
  }
  const shown: Shown = { ref, past, cache, now };
  const picked = await pickVersion(session, shown, versions);
  if (picked === 'return') await bringBack(session, shown);
  else if (picked !== undefined) await chooseDeed(session, shown, { ...picked, versions });
}

/** The cache that is meant; on a namespace also one that is deleted. */
async function pastTarget(session: Session, argument: unknown): Promise<Target | undefined> {
  if (isNode(argument) && argument.kind !== 'namespace') {
    return await targetOf(session, argument, 'Show History');
  }
  const { undo, inventory } = await session.operations();
  const where =
    isNode(argument) && argument.kind === 'namespace'
      ? argument
      : await pickNamespace(session, 'Show History', (context) => undo.namespaces(context, NEVER));
  if (where === undefined) return undefined;
  const { context, namespace } = where;
  const [names, { members, standing }] = await Promise.all([
    undo.names({ context, namespace }, NEVER),
    inventory.caches(context, namespace),
  ]);
  const items = names.map((label) => ({
    label,
    // Where caches cannot be listed, it is not known which are there.
    description: standing.kind === 'live' && !members.has(label) ? 'deleted' : '',
  }));
  if (items.length === 0) say(`Nothing is known of the past of ${namespace} in ${context}.`);
  const picked =
    items.length === 0
      ? undefined
      : await window.showQuickPick(items, { title: 'Show History', placeHolder: 'Cache' });
  return picked && { ref: { context, namespace, name: picked.label }, key: undefined };
}

const DEEDS: Readonly<Record<Deed, string>> = {
  compareWithCluster: '$(diff) Compare with the Cluster',
  compareWithOlder: '$(diff) Compare with the One Before',
  compareWithAnother: '$(diff) Compare with Another...',
  open: '$(go-to-file) Open',
  restore: '$(discard) Restore...',
};

interface Chosen {
  readonly version: PastVersion;
  readonly deed?: Deed;
  readonly versions: readonly PastVersion[];
}

async function chooseDeed(session: Session, shown: Shown, chosen: Chosen): Promise<void> {
  const { version, versions } = chosen;
  const items = (Object.keys(DEEDS) as Deed[]).map((deed) => ({ label: DEEDS[deed], deed }));
  const { label } = versionWords(version, { now: 0, current: false, deleted: false });
  const title = `${version.key} as of ${label}`;
  const deed = chosen.deed ?? (await window.showQuickPick(items, { title }))?.deed;
  const sameKey = versions.filter((each) => each.key === version.key && each !== version);
  switch (deed) {
    case undefined:
      return;
    case 'restore': {
      const { undo } = await session.operations();
      await showPlan(session, await undo.planRestore(shown.ref, [version], NEVER));
      return;
    }
    case 'open':
      await window.showTextDocument(await textOf(session, version), { preview: true });
      return;
    case 'compareWithOlder': {
      const older = versions.slice(versions.indexOf(version) + 1);
      await compare(
        session,
        older.find(({ key }) => key === version.key),
        version,
      );
      return;
    }
    case 'compareWithAnother': {
      const other = await pickVersion(session, shown, sameKey);
      if (other !== undefined && other !== 'return') await compare(session, other.version, version);
      return;
    }
    case 'compareWithCluster':
      await compareWithCluster(session, shown, version);
  }
}

async function compare(
  session: Session,
  before: PastVersion | undefined,
  after: PastVersion,
): Promise<void> {
  const left =
    before === undefined
      ? session.texts.uriOf(after.key, 'nothing', undefined)
      : await textOf(session, before);
  const right = await textOf(session, after);
  const times = [before, after].map((each) => each?.time ?? each?.at ?? 'nothing');
  await commands.executeCommand('vscode.diff', left, right, `${after.key}: ${times.join(' to ')}`);
}

async function compareWithCluster(
  session: Session,
  { ref, cache }: Shown,
  version: PastVersion,
): Promise<void> {
  const left = await textOf(session, version);
  const { key } = version;
  const right =
    cache?.values.has(key) === true
      ? uriOf({ ref, uid: cache.uid, key })
      : session.texts.uriOf(key, 'nothing', undefined);
  const title = `${key}: ${version.time ?? version.at} to the cluster`;
  await commands.executeCommand('vscode.diff', left, right, title);
}

async function textOf(session: Session, version: Version): Promise<Uri> {
  const { undo } = await session.operations();
  return session.texts.uriOf(version.key, version.at, await undo.value(version));
}

async function bringBack(session: Session, { ref, past }: Shown): Promise<void> {
  const { undo } = await session.operations();
  await showPlan(session, await undo.planReturn(ref, past.uids()[0] ?? '', NEVER));
}

/** *Forget History*: of one cache, or all that is kept on this machine. */
export async function forgetHistory(session: Session, argument: unknown): Promise<void> {
  const { store, history } = await session.operations();
  const target = isNode(argument) ? await targetOf(session, argument, 'Forget History') : undefined;
  const bytes = printBytes(await store.size());
  const forget = 'Forget';
  const answer = await window.showWarningMessage(
    target === undefined
      ? 'Forget the history of all caches?'
      : `Forget the history of ${printCacheAndContext(target.ref)}?`,
    {
      modal: true,
      detail: `All histories together take ${bytes} on this machine. What is forgotten cannot be restored. Nothing is changed in a cluster.`,
    },
    forget,
  );
  if (answer !== forget) return;
  if (target === undefined) await store.forget();
  else for (const place of await history.places(target.ref, NEVER)) await store.forget(place);
  say('The history was forgotten.');
}
