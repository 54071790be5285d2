import { QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import { problemOfKey, problemOfName, type CacheSummary } from '../domain/cache.ts';
import { printCacheAndContext, type CacheRef, type NamespaceRef } from '../domain/ref.ts';
import type { Session } from './flows/session.ts';

/** Asks for one of the caches that are looked at, or for another ConfigMap by name. */
export async function pickCache(session: Session, title: string): Promise<CacheRef | undefined> {
  const caches = knownCaches(session);
  const another = { label: '$(add) Another ConfigMap...', alwaysShow: true };
  const items = caches.then((found) => [
    ...found.map(({ ref }) => ({
      label: `$(database) ${ref.name}`,
      description: `${ref.namespace} · ${ref.context}`,
      ref,
    })),
    { label: '', kind: QuickPickItemKind.Separator },
    another,
  ]);
  const picked: (QuickPickItem & { ref?: CacheRef }) | undefined = await window.showQuickPick(
    items,
    { title, placeHolder: 'Cache', matchOnDescription: true },
  );
  if (picked === undefined) return undefined;
  return picked.ref ?? (await askForConfigMap(session, title));
}

/** Every cache that is known without asking for more: of the contexts that were chosen. */
async function knownCaches({ operations, choice }: Session): Promise<readonly CacheSummary[]> {
  const { inventory } = await operations();
  const contexts = await choice.contexts();
  const found = await Promise.all(
    contexts.map(async (context) => {
      const all = await inventory.allCaches(context);
      if (all !== undefined) return [...all.values()].flatMap((members) => [...members.values()]);
      const namespaces = choice.namespaces(context) ?? [];
      const pictures = await Promise.all(
        namespaces.map((namespace) => inventory.caches(context, namespace)),
      );
      return pictures.flatMap(({ members }) => [...members.values()]);
    }),
  );
  return found.flat().filter(choice.filter());
}

async function askForConfigMap(session: Session, title: string): Promise<CacheRef | undefined> {
  const context = await pickContext(session, title);
  if (context === undefined) return undefined;
  const summary = (await session.choice.all()).all.find(({ name }) => name === context);
  const answer = await window.showInputBox({
    title,
    prompt: `Namespace and name of the ConfigMap in context ${context}; it is created if it does not exist`,
    value: `${summary?.namespace ?? 'default'}/`,
    validateInput: problemOfPlace,
  });
  const [namespace, name] = answer?.split('/') ?? [];
  return namespace === undefined || name === undefined ? undefined : { context, namespace, name };
}

function problemOfPlace(text: string): string | undefined {
  const [namespace = '', name, more] = text.split('/');
  if (name === undefined || more !== undefined) return 'Type namespace/name.';
  const problem = problemOfName(namespace) ?? problemOfName(name);
  return problem === undefined ? undefined : `Not allowed: ${problem}.`;
}

/** Asks for a context and a namespace of it; `withPast` gives those that are named for their history, too. */
export async function pickNamespace(
  session: Session,
  title: string,
  withPast: (context: string) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<NamespaceRef | undefined> {
  const context = await pickContext(session, title);
  if (context === undefined) return undefined;
  const { inventory } = await session.operations();
  const [{ members }, past] = await Promise.all([inventory.namespaces(context), withPast(context)]);
  const chosen = session.choice.namespaces(context) ?? [];
  // Those with a past come first.
  const names = [...new Set([...past, ...[...members.keys(), ...chosen].sort()])];
  const items = names.map((label) => ({
    label,
    description: past.includes(label) ? 'has a history' : '',
  }));
  const another = { label: '$(add) Another Namespace...', alwaysShow: true };
  const picked =
    items.length > 0
      ? await window.showQuickPick([...items, another], { title, placeHolder: 'Namespace' })
      : another;
  const namespace = picked === another ? await nameNamespace(context, title) : picked?.label;
  return namespace === undefined ? undefined : { context, namespace };
}

/** Asks for a namespace by its name: not all may be listed. */
async function nameNamespace(context: string, title: string): Promise<string | undefined> {
  return await window.showInputBox({
    title,
    prompt: `Namespace in context ${context}`,
    validateInput: (text) => {
      const problem = problemOfName(text);
      return problem === undefined ? undefined : `Not allowed: ${problem}.`;
    },
  });
}

/** Asks for one of the contexts that are looked at; does not ask where there is only one. */
export async function pickContext({ choice }: Session, title: string): Promise<string | undefined> {
  const contexts = await choice.contexts();
  if (contexts.length < 2) return contexts[0];
  return await window.showQuickPick([...contexts], { title, placeHolder: 'Context' });
}

/** Asks for a key of a cache: one that is there, or a new one, for which `suggested` is offered. */
export async function pickKey(
  session: Session,
  ref: CacheRef,
  { title, suggested }: { title: string; suggested: string },
): Promise<string | undefined> {
  const keys = await keysOf(session, ref);
  if (keys.length === 0) return await askForKey(ref, title, suggested);
  const another = '$(add) A new key...';
  const picked = await window.showQuickPick(
    [...keys.map((label) => ({ label })), { label: another, alwaysShow: true }],
    { title, placeHolder: `Key of ${printCacheAndContext(ref)}` },
  );
  if (picked?.label !== another) return picked?.label;
  return await askForKey(ref, title, suggested);
}

/** Asks for one of the keys that a cache has; does not ask where there is only one. */
export async function pickKeyOf(
  session: Session,
  ref: CacheRef,
  title: string,
): Promise<string | undefined> {
  const keys = await keysOf(session, ref);
  if (keys.length === 1) return keys[0];
  return await window.showQuickPick([...keys], {
    title,
    placeHolder: `Key of ${printCacheAndContext(ref)}`,
  });
}

async function keysOf({ operations }: Session, ref: CacheRef): Promise<readonly string[]> {
  const { cluster } = await operations();
  const cache = await cluster.readCache(ref, new AbortController().signal);
  return cache?.keys ?? [];
}

async function askForKey(
  ref: CacheRef,
  title: string,
  suggested: string,
): Promise<string | undefined> {
  return await window.showInputBox({
    title,
    prompt: `New key of ${printCacheAndContext(ref)}`,
    value: suggested,
    validateInput: (text) => {
      const problem = problemOfKey(text);
      return problem === undefined ? undefined : `Not allowed: ${problem}.`;
    },
  });
}
