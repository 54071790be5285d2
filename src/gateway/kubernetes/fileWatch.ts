import { watch } from 'node:fs';
import path from 'node:path';

/** Milliseconds in which changes of files are gathered: who replaces a file touches it more than once. */
const GATHERING = 100;

/**
 * Calls back a moment after one of the files was written, replaced, made or removed. Their folders are
 * watched, since a file that is replaced by renaming is another one; a folder that is not there is not.
 */
export function watchFiles(
  files: readonly string[],
  changed: () => void,
  signal: AbortSignal,
): void {
  let timer: NodeJS.Timeout | undefined;
  const gather = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, GATHERING);
  };
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
  });
  const folders = Map.groupBy(files, (file) => path.dirname(file));
  for (const [folder, within] of folders) {
    const names = new Set(within.map((file) => path.basename(file)));
    try {
      watch(folder, { persistent: false, signal }, (_, name) => {
        if (name === null || names.has(name)) gather();
      }).on('error', () => undefined);
    } catch {
      // The folder is not there, or may not be watched: *Reload* reads the files again.
    }
  }
}
