import { window } from 'vscode';
import { problemOfKey, problemOfName } from '../../../domain/cache.ts';
import type { NewContent } from '../../../domain/plan/cachePlan.ts';
import { formatOf } from '../../../domain/content/content.ts';
import { cacheGone } from '../../../domain/failure.ts';
import { printCacheAndContext, type CacheRef, type NamespaceRef } from '../../../domain/ref.ts';
import { planCreation } from '../../../operations/creation.ts';
import { planCopy } from '../../../operations/keys/keyCopies.ts';
import { pickKeyOf, pickNamespace } from '../../pickers.ts';
import { isNode } from '../../tree/node.ts';
import { showPlan } from '../refresh/planFlow.ts';
import type { Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const NEVER = new AbortController().signal;

/** *Create Cache*: a ConfigMap with the cache label and one key, which begins empty. */
export async function createCache(session: Session, argument: unknown): Promise<void> {
  const title = 'Create Cache';
  const where: NamespaceRef | undefined =
    isNode(argument) && argument.kind === 'namespace'
      ? argument
      : await pickNamespace(session, title);
  if (where === undefined) return;
  const { context, namespace } = where;
  const name = await window.showInputBox({
    title,
    prompt: `Name of the new ConfigMap in ${namespace}, context ${context}`,
    placeHolder: 'workflow-cache',
    validateInput: (text) => refused(problemOfName(text)),
  });
  if (name === undefined) return;
  const ref = { context, namespace, name };
  const key = await askForKey(title, ref, { value: 'mappings.json' });
  if (key === undefined) return;
  const { changes } = await session.operations();
  const content = typed(key, emptyOf(key));
  await showPlan(session, await planCreation(changes, { ref, content }, NEVER));
}

/** *Add Key*: a new key that begins empty. */
export async function addKey(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Add Key');
  if (target === undefined) return;
  const { ref } = target;
  const keys = (await keysOf(session, ref)).keys;
  const key = await askForKey('Add Key', ref, { taken: keys });
  if (key !== undefined) await showChanges(session, ref, [typed(key, emptyOf(key))]);
}

/** *Copy Key*: another key with the same content, its source and dates. */
export async function copyKey(session: Session, argument: unknown): Promise<void> {
  await reproduce(session, argument, { title: 'Copy Key', keepsOld: true });
}

/** *Rename Key*: the same content under another name; readers of the old name find nothing any more. */
export async function renameKey(session: Session, argument: unknown): Promise<void> {
  await reproduce(session, argument, { title: 'Rename Key', keepsOld: false });
}

/** *Delete Key*. */
export async function deleteKey(session: Session, argument: unknown): Promise<void> {
  const target = await keyTarget(session, argument, 'Delete Key');
  if (target !== undefined) await showChanges(session, target.ref, [typed(target.key, undefined)]);
}

async function reproduce(
  session: Session,
  argument: unknown,
  { title, keepsOld }: { title: string; keepsOld: boolean },
): Promise<void> {
  const target = await keyTarget(session, argument, title);
  if (target === undefined) return;
  const { ref, key } = target;
  const taken = (await keysOf(session, ref)).keys;
  const other = await askForKey(title, ref, { value: key, taken });
  if (other === undefined) return;
  const plan = await planCopy(await session.operations(), { ref, key, other, keepsOld }, NEVER);
  await showPlan(session, plan);
}

/** The key that a command was called on; asks for what is missing. */
export async function keyTarget(
  session: Session,
  argument: unknown,
  title: string,
): Promise<{ readonly ref: CacheRef; readonly key: string } | undefined> {
  const target: Target | undefined = await targetOf(session, argument, title);
  if (target === undefined) return undefined;
  const key = target.key ?? (await pickKeyOf(session, target.ref, title));
  return key === undefined ? undefined : { ref: target.ref, key };
}

async function showChanges(
  session: Session,
  ref: CacheRef,
  contents: readonly NewContent[],
): Promise<void> {
  const { changes } = await session.operations();
  await showPlan(session, await changes.plan(ref, contents, NEVER));
}

async function keysOf(session: Session, ref: CacheRef) {
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(ref, NEVER);
  if (cache === undefined) throw cacheGone(ref);
  return cache;
}

async function askForKey(
  title: string,
  ref: CacheRef,
  { value = '', taken = [] }: { value?: string; taken?: readonly string[] },
): Promise<string | undefined> {
  return await window.showInputBox({
    title,
    prompt: `New key of ${printCacheAndContext(ref)}`,
    placeHolder: 'mappings.json',
    value,
    validateInput: (text) =>
      taken.includes(text) ? `There is a key ${text} already.` : refused(problemOfKey(text)),
  });
}

function refused(problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `Not allowed: ${problem}.`;
}

function typed(key: string, text: string | undefined): NewContent {
  const content = text === undefined ? undefined : { bytes: new TextEncoder().encode(text) };
  return { key, source: { kind: 'editor' }, content };
}

/** The least that is readable as the format of the key's name. */
function emptyOf(key: string): string {
  return formatOf(key, new Uint8Array()) === 'JSON' ? '{}\n' : '';
}
