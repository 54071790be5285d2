import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exists } from '../cacheFolder.ts';
import { freePorts } from '../freePorts.ts';
import { run } from '../run.ts';
import { ensureCodeServer } from './codeServer.ts';
import { endTree } from './processTree.ts';

/** What an editor is started with. Everything it writes is below `folder`. */
export interface EditorOptions {
  readonly folder: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Reaches the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** A packaged extension that is installed first. */
  readonly vsix?: string;
}

/** A running editor, to be opened in a page. */
export interface EditorServer {
  readonly url: string;
  /** Rejects when the editor ends by itself. */
  readonly ended: Promise<never>;
  readonly stop: () => Promise<void>;
}

/** Settings that make pictures steady and keep the editor from talking to anybody. */
const SETTINGS = {
  'workbench.reduceMotion': 'on',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'window.restoreWindows': 'none',
};

const FLAGS = [
  '--auth=none',
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-getting-started-override',
  '--ignore-last-opened',
  '--disable-workspace-trust',
];

/** Starts code-server on a free port of the loopback and waits until it answers. */
export async function startEditor(options: EditorOptions): Promise<EditorServer> {
  const { node, entry } = await ensureCodeServer();
  const { folder, vsix } = options;
  await prepareSettings(options);
  await writeFile(path.join(folder, 'config.yaml'), 'auth: none\n');
  const [port = 0] = await freePorts(1);
  const own = ownArguments(folder);
  const env = {
    ...process.env,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    HOME: folder,
    ...options.env,
  };
  if (vsix !== undefined) await run(node, [entry, ...own, '--install-extension', vsix], { env });
  const args = [...own, ...FLAGS, `--bind-addr=127.0.0.1:${port}`];
  const logFile = path.join(folder, 'editor.log');
  const output = openSync(logFile, 'a');
  const child = spawn(node, [entry, ...args], { env, stdio: ['ignore', output, output] });
  const closed = once(child, 'close');
  const ended = closed.then(async () => {
    throw new Error(`The editor ended: ${(await readFile(logFile, 'utf8')).slice(-2000)}`);
  });
  ended.catch(() => undefined);
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([ended, answering(`${url}/healthz`)]);
  const stop = async () => {
    await endTree(child);
    await closed;
  };
  return { url, ended, stop };
}

function ownArguments(folder: string): string[] {
  return [
    `--config=${path.join(folder, 'config.yaml')}`,
    `--user-data-dir=${path.join(folder, 'user-data')}`,
    `--extensions-dir=${path.join(folder, 'extensions')}`,
  ];
}

/** Lays out the folders of an editor, with its settings unless it has some already and none are given. */
export async function prepareSettings({ folder, settings }: EditorOptions): Promise<void> {
  const user = path.join(folder, 'user-data', 'User');
  await mkdir(user, { recursive: true });
  await mkdir(path.join(folder, 'extensions'), { recursive: true });
  const file = path.join(user, 'settings.json');
  if (settings !== undefined || !(await exists(file))) {
    await writeFile(file, JSON.stringify({ ...SETTINGS, ...settings }, null, 2));
  }
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await pause(50);
  }
}
