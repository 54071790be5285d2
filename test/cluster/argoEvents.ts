import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { announced, cacheFolder, madeOnce } from '../cacheFolder.ts';
import { run } from '../run.ts';

const MODULE = path.join(import.meta.dirname, 'go', 'argo-events');

/**
 * Those with code of Argo Events: `validate` has its types and validators, `hear` its EventSources and Sensors. Each
 * says more in its file.
 */
const PROGRAMS = ['validate', 'hear'] as const;

/** Gives the paths of the programs, built once and kept in the cache folder: about four minutes on 2 cores. */
export async function ensureArgoEvents(): Promise<Record<(typeof PROGRAMS)[number], string>> {
  const hash = createHash('sha256');
  const sources = PROGRAMS.map((program) => path.join(program, 'main.go'));
  for (const file of ['go.mod', 'go.sum', ...sources]) {
    hash.update(await readFile(path.join(MODULE, file)));
  }
  const key = `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  const folder = await madeOnce(cacheFolder('argo-events', key), async (unfinished) => {
    const packages = PROGRAMS.map((program) => `./${program}`);
    const args = ['build', '-trimpath', '-ldflags=-s -w', '-o', `${unfinished}${path.sep}`];
    await announced('Building what is needed of Argo Events', () =>
      run('go', [...args, ...packages], { cwd: MODULE, env: { ...process.env, CGO_ENABLED: '0' } }),
    );
  });
  return { validate: path.join(folder, 'validate'), hear: path.join(folder, 'hear') };
}
