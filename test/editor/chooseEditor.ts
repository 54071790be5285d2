import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { announced, cacheFolder } from '../cacheFolder.ts';
import { ensureCodeServer, type CodeServer } from './codeServer.ts';

/** A VS Code with a window of its own. */
export interface Desktop {
  readonly kind: 'desktop';
  readonly executable: string;
}

/** The desktop VS Code that code-server, as it is pinned beside this file, is made of. */
const VERSION = '1.139.1';

/** Milliseconds that a download may take, and for how long a refusal is believed. */
const DOWNLOAD_TIME = 300_000;
const REFUSAL_TIME = 86_400_000;

/**
 * The editor for tests and `npm start`: the desktop VS Code that `VSCODE_EXECUTABLE` names, or one that
 * can be downloaded; where neither is to be had, code-server, without a question.
 */
export async function chooseEditor(): Promise<Desktop | CodeServer> {
  const executable = process.env['VSCODE_EXECUTABLE'] ?? (await downloaded());
  return executable === undefined || executable === ''
    ? await ensureCodeServer()
    : { kind: 'desktop', executable };
}

async function downloaded(): Promise<string | undefined> {
  if (process.env['CODE_SERVER_VERSION'] !== undefined || !hasDisplay()) return undefined;
  const folder = cacheFolder('desktop');
  const refusal = path.join(folder, 'refused');
  const refused = await stat(refusal).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < REFUSAL_TIME,
    () => false,
  );
  if (refused) return undefined;
  await mkdir(folder, { recursive: true });
  try {
    return await announced('Getting VS Code', () =>
      downloadAndUnzipVSCode({ version: VERSION, cachePath: folder, timeout: DOWNLOAD_TIME }),
    );
  } catch {
    await writeFile(refusal, '');
    return undefined;
  }
}

/** A desktop VS Code needs a display; on Linux there may be none. */
function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || (DISPLAY ?? WAYLAND_DISPLAY) !== undefined;
}
