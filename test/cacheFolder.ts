import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The folder for what is built or installed once, below the person's own cache folder. */
export function cacheFolder(...parts: readonly string[]): string {
  const home = process.env['XDG_CACHE_HOME'];
  const base = home === undefined || home === '' ? path.join(homedir(), '.cache') : home;
  return path.join(base, 'cache-configmaps', ...parts);
}

/** Milliseconds between two looks at a lock that another run holds. */
const LOOK = 500;

/**
 * Gives a folder of the cache, made by `make` if it is not there. `make` fills a folder beside it,
 * which is then renamed, so that a folder is whole or absent. Of two runs at once one makes it and the
 * other waits; a lock that a dead run left behind is passed over.
 */
export async function madeOnce(
  folder: string,
  make: (unfinished: string) => Promise<void>,
): Promise<string> {
  const lock = `${folder}.lock`;
  const unfinished = `${folder}.unfinished`;
  await mkdir(path.dirname(folder), { recursive: true });
  while (!(await exists(folder))) {
    if (!(await took(lock))) {
      await pause(LOOK);
      continue;
    }
    try {
      if (await exists(folder)) break;
      await rm(unfinished, { recursive: true, force: true });
      await mkdir(unfinished);
      await make(unfinished);
      await rename(unfinished, folder);
    } finally {
      await rm(lock, { force: true });
    }
  }
  return folder;
}

/** Takes the lock, or says that a living process has it. */
async function took(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** True when there is a file or folder at this path. */
export async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** Does something that may take long, and says on standard error that it does and how long it took. */
export async function announced<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  process.stderr.write(`${what} ...\n`);
  const result = await work();
  process.stderr.write(`${what}: done in ${Math.round((Date.now() - began) / 1000)} s\n`);
  return result;
}
