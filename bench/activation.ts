import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { runHostTests } from '../test/editor/hostTests.ts';
import type { Measurement } from './measurement.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What one activation in the extension host cost. */
export interface Activation {
  /** Milliseconds from loading the front bundle to the end of `activate`, the median of 20. */
  readonly milliseconds: number;
  /** The calls that reached files, sockets or processes while `activate` ran. */
  readonly io: readonly string[];
}

let measured: Promise<Activation> | undefined;

/** Runs `activationInHost.ts` in the extension host of a real VS Code, once for both figures. */
async function activation(): Promise<Activation> {
  const workspace = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const tests = path.join(ROOT, 'dist/bench/activation.cjs');
  try {
    await build({
      entryPoints: [path.join(import.meta.dirname, 'activationInHost.ts')],
      outfile: tests,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['vscode'],
      logLevel: 'error',
    });
    const { lines } = await runHostTests({ extension: ROOT, tests, workspace });
    const [line] = lines;
    if (line === undefined) throw new Error('The extension host gave no figures.');
    return JSON.parse(line) as Activation;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

export const ACTIVATION: readonly Measurement[] = [
  {
    name: 'activation: in the extension host, median of 20',
    limit: 20,
    unit: 'ms',
    measure: async () => (await (measured ??= activation())).milliseconds,
  },
  {
    name: 'activation: files, sockets and processes touched',
    limit: 0,
    unit: 'calls',
    measure: async () => (await (measured ??= activation())).io.length,
  },
];
