import path from 'node:path';
import { window, workspace, type ExtensionContext } from 'vscode';
import type { Change } from './operations/contextInventory.ts';
import type { Host, Operations } from './operations/operations.ts';
import { CachesView } from './ui/cachesView.ts';
import { Choice } from './ui/choice.ts';
import { registerCommands } from './ui/commands.ts';
import { setContextKey } from './ui/contextKeys.ts';
import { COMMANDS, SCHEMES, SECTION } from './ui/contributions.ts';
import { registerKeyEditors } from './ui/documents/keyEditors.ts';
import { LogTexts } from './ui/documents/logTexts.ts';
import { PastTexts } from './ui/documents/pastTexts.ts';
import { Previews } from './ui/documents/previews.ts';
import { Failures } from './ui/failures.ts';
import { fileSource } from './ui/fileSource.ts';
import { Lifetime } from './ui/lifetime.ts';
import { once } from './ui/once.ts';
import { Remembered } from './ui/remembered.ts';
import { SecretCredentials } from './ui/secretCredentials.ts';
import { historyLimits, setting } from './ui/settings.ts';
import { CacheTree } from './ui/tree/cacheTree.ts';

/** Builds everything. It does no I/O: the cluster side is loaded when the view is first seen. */
export function activate(context: ExtensionContext): void {
  const { globalState, globalStorageUri: storage, secrets, subscriptions } = context;
  const lifetime = new Lifetime();
  const log = window.createOutputChannel('Cache ConfigMaps', { log: true });
  const remembered = new Remembered(globalState);
  const credentials = new SecretCredentials(secrets, remembered);
  const history = { historyFolder: path.join(storage.fsPath, 'history'), historyLimits };
  const given = { credentials, named: remembered.cachesOf, log: log.warn.bind(log), ...history };
  const operations = once(() => load(given, lifetime.signal, { hear, reread }));
  const choice = new Choice(operations, remembered, lifetime.signal);
  const tree = new CacheTree(operations, choice, lifetime.signal);
  const view = new CachesView(tree, choice);
  const [previews, texts, logs] = [new Previews(), new PastTexts(), new LogTexts()];

  /** Lets go of work that nobody waits for; what goes wrong with it is in the log. */
  const start = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      log.error(String(error));
    });
  };
  const hear: Hear = (built, change) => {
    if (change !== undefined) tree.hear(change);
    // A change of one cache says nothing new about its context.
    if (change?.name === undefined) start(view.update(built));
  };
  const redraw = async () => {
    tree.redraw();
    await view.update(await operations());
  };
  const reread = () => {
    start(redraw());
  };
  const session = { operations, choice, remembered, previews, texts, logs, credentials, storage };
  const flows = once(() => import('./flows.ts'));
  const table = once(async () => (await flows()).commandTable(session, { log, redraw }));
  const reload = async () => (await table())[COMMANDS.reload]();
  const failures = new Failures(log);
  subscriptions.push(lifetime, log, view, logs, ...registerCommands(table, failures));
  subscriptions.push(...registerKeyEditors(session, flows, failures, start));
  subscriptions.push(...listen({ tree, previews, texts, reload }, start));
  start(setContextKey('cacheConfigMaps.showAll', choice.showsAll));
}

let atEnd = (): Promise<void> => Promise.resolve();
/** Waits, less than the 5 s after which the host is ended, for what is still being kept. It loads nothing. */
export const deactivate = (): Promise<void> => atEnd();

/** Hears that the second bundle is there, and then of every change in a cluster. */
type Hear = (built: Operations, change?: Change) => void;

/** Loads the second bundle and joins it to the window. */
async function load(
  given: Omit<Host, 'kubeconfig' | 'files'>,
  signal: AbortSignal,
  { hear, reread }: { hear: Hear; reread: () => void },
): Promise<Operations> {
  const { buildOperations } = await import('./backroom.ts');
  const kubeconfig = () => setting('kubeconfig');
  const built = buildOperations({ kubeconfig, files: fileSource, ...given });
  atEnd = () => built.history.ended(4_000);
  built.inventory.subscribe((change) => {
    hear(built, change);
  }, signal);
  built.cluster.followContexts(reread, signal);
  signal.addEventListener('abort', () => {
    built.inventory.reset();
  });
  hear(built);
  return built;
}

interface Parts {
  readonly tree: CacheTree;
  readonly previews: Previews;
  readonly texts: PastTexts;
  readonly reload: () => Promise<void>;
}

/** Listens to the window on behalf of the parts. */
function listen({ tree, previews, texts, reload }: Parts, start: (work: Promise<void>) => void) {
  return [
    workspace.registerTextDocumentContentProvider(SCHEMES.preview, previews),
    workspace.registerTextDocumentContentProvider(SCHEMES.past, texts),
    window.tabGroups.onDidChangeTabs(({ closed }) => {
      start(previews.update(closed));
    }),
    window.tabGroups.onDidChangeTabGroups(() => {
      start(previews.update());
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.namePatterns`)) tree.redraw();
      if (event.affectsConfiguration(`${SECTION}.kubeconfig`)) start(reload());
    }),
  ];
}
