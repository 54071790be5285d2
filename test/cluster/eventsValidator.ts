import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { announced, cacheFolder, madeOnce } from '../cacheFolder.ts';
import { run } from '../run.ts';

const MODULE = path.join(import.meta.dirname, 'go', 'argo-events');
const FILES = ['go.mod', 'go.sum', path.join('validate', 'main.go')];

/**
 * The program with the types and validators of Argo Events, built once and kept in the cache folder: about two minutes
 * on 2 cores.
 */
export async function ensureEventsValidator(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(await readFile(path.join(MODULE, file)));
  const key = `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  const folder = await madeOnce(cacheFolder('argo-events', key), async (unfinished) => {
    const output = path.join(unfinished, 'validate');
    const args = ['build', '-trimpath', '-ldflags=-s -w', '-o', output, './validate'];
    await announced('Building the validators of Argo Events', () =>
      run('go', args, { cwd: MODULE, env: { ...process.env, CGO_ENABLED: '0' } }),
    );
  });
  return path.join(folder, 'validate');
}
