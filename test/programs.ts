import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { announced } from './cacheFolder.ts';
import { run } from './run.ts';

/** The first program in the folders of the PATH, or of another, that has one of these names; nothing where there is none. */
export async function onPath(
  names: readonly string[],
  folders = process.env['PATH'] ?? '',
): Promise<string | undefined> {
  for (const folder of folders.split(path.delimiter)) {
    for (const name of names) {
      const file = path.join(folder, name);
      const usable = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (usable) return file;
    }
  }
  return undefined;
}

/** Installs packages of Debian where that may be done without a question: as root, on Linux. */
export async function installPackages(names: readonly string[]): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  await announced(`Installing Debian's ${names.join(', ')}, once`, async () => {
    await run('apt-get', ['update', '-q']);
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names]);
  });
}
