import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../test/run.ts';
import type { Measurement } from './measurement.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

async function sizeOfPackage(): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const file = path.join(folder, 'package.vsix');
  try {
    await run('npm', ['run', 'package', '--', '--out', file], { cwd: ROOT });
    return (await stat(file)).size;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const BUNDLE: readonly Measurement[] = [
  {
    name: 'bundle: front, minified',
    limit: 60,
    unit: 'KB',
    measure: async () => (await stat(path.join(ROOT, 'dist/extension.cjs'))).size / 1000,
  },
  {
    name: 'bundle: .vsix',
    limit: 1.5,
    unit: 'MB',
    measure: async () => (await sizeOfPackage()) / 1e6,
  },
];
