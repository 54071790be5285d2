import { Uri, window, type QuickPickItem } from 'vscode';
import { CACHE_LABEL } from '../../domain/facts.ts';
import { printCacheAndContext } from '../../domain/ref.ts';
import { pickContext } from '../pickers.ts';
import { isNode } from '../tree/node.ts';
import { namesIn, problemOfNames } from './names.ts';
import { say, type Session } from './session.ts';
import { targetOf } from './target.ts';

/** *Choose Contexts*: which contexts of the kubeconfig are looked at. No other is contacted. */
export async function chooseContexts({ choice, remembered, operations }: Session): Promise<void> {
  const { all, current } = await choice.all();
  const shown = await choice.contexts();
  const items = all.map(({ name, server }): QuickPickItem => ({
    label: name,
    description: [server ?? 'names no cluster', ...(name === current ? ['current'] : [])].join(
      ' · ',
    ),
    picked: shown.includes(name),
  }));
  const picked = await window.showQuickPick(items, {
    title: 'Choose Contexts',
    placeHolder: 'Only these are contacted',
    canPickMany: true,
    matchOnDescription: true,
  });
  if (picked === undefined) return;
  const contexts = picked.map(({ label }) => label);
  (await operations()).openKeys.keepTo(contexts);
  await remembered.set('contexts', contexts);
}

/** *Choose Namespaces*: which namespaces of a context are looked at; names them where none are listed. */
export async function chooseNamespaces(session: Session, argument: unknown): Promise<void> {
  const { choice, remembered, operations } = session;
  const title = 'Choose Namespaces';
  const context =
    isNode(argument) && argument.kind === 'context'
      ? argument.context
      : await pickContext(session, title);
  if (context === undefined) return;
  const { inventory } = await operations();
  const { standing, members } = await inventory.namespaces(context);
  const chosen = choice.namespaces(context) ?? [];
  const names = new Set([...members.keys(), ...chosen]);
  const picked =
    standing.kind === 'failed'
      ? await nameNamespaces(context, chosen)
      : await pickNamespaces(context, [...names].sort(), chosen);
  if (picked !== undefined) {
    await remembered.setNamespaces(context, picked.length === 0 ? undefined : picked);
  }
}

async function pickNamespaces(
  context: string,
  names: readonly string[],
  chosen: readonly string[],
): Promise<readonly string[] | undefined> {
  const items = names.map((label): QuickPickItem => ({ label, picked: chosen.includes(label) }));
  const picked = await window.showQuickPick(items, {
    title: `Namespaces of ${context}`,
    placeHolder: 'None chosen: every namespace with a cache is shown',
    canPickMany: true,
  });
  return picked?.map(({ label }) => label);
}

async function nameNamespaces(
  context: string,
  chosen: readonly string[],
): Promise<readonly string[] | undefined> {
  const answer = await window.showInputBox({
    title: `Namespaces of ${context}`,
    prompt: 'The namespaces cannot be listed. Name yours, with commas between them.',
    value: chosen.join(', '),
    validateInput: problemOfNames,
  });
  return answer === undefined ? undefined : namesIn(answer);
}

/** *Track as Cache* and *Stop Tracking*: sets or removes the label that makes a ConfigMap a cache. */
export async function labelCache(
  session: Session,
  argument: unknown,
  tracked: boolean,
): Promise<void> {
  const target = await targetOf(session, argument, tracked ? 'Track as Cache' : 'Stop Tracking');
  if (target === undefined) return;
  const { cluster } = await session.operations();
  const label = [CACHE_LABEL, tracked ? 'true' : undefined] as const;
  await cluster.setLabel(target.ref, label, new AbortController().signal);
  say(
    tracked
      ? `${printCacheAndContext(target.ref)} is tracked as a cache.`
      : `${printCacheAndContext(target.ref)} is not tracked any more. It is still shown if its name or an annotation makes it a cache.`,
  );
}

/** *Open Kubeconfig*: the file that a failure names, else the first of those that are read. */
export async function openKubeconfig(session: Session, argument: unknown): Promise<void> {
  const named = argument instanceof Uri ? argument : fileOfNotice(argument);
  const file = named ?? Uri.file((await session.choice.all()).files[0] ?? '');
  await window.showTextDocument(file);
}

/** The file that a row in place of the caches is about. */
function fileOfNotice(argument: unknown): Uri | undefined {
  if (!isNode(argument) || argument.kind !== 'notice') return undefined;
  const { sight } = argument;
  if (sight.kind !== 'failure' || sight.failure.subject === undefined) return undefined;
  return Uri.file(sight.failure.subject);
}
