// Runs every `*.test.ts` of this folder in the extension host of a real VS Code.
import { glob, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { runHostTests } from '../editor/hostTests.ts';
import { run } from '../run.ts';
import { setScene } from '../scene.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const BUNDLE = path.join(ROOT, 'dist/test/host.cjs');

/** One bundle of all the tests: the extension host of the oldest VS Code reads no TypeScript. */
async function bundle(): Promise<void> {
  const files: string[] = [];
  for await (const file of glob('*.test.ts', { cwd: import.meta.dirname })) files.push(file);
  if (files.length === 0) throw new Error('There are no host tests.');
  const required = files.sort().map((file) => `require('./${file}');`);
  const contents = [
    "import { runSuite } from './suite.ts';",
    `export const run = () => runSuite(() => { ${required.join(' ')} });`,
  ];
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: BUNDLE,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    // Mocha comes along: the extension host of the oldest VS Code can not require it.
    external: ['vscode'],
    logLevel: 'error',
  });
}

/** A login shell in whose PATH there is one more folder, `bin` beside it. */
async function writeShell(folder: string): Promise<string> {
  const file = path.join(folder, 'shell');
  const more = path.join(folder, 'bin');
  await mkdir(more);
  const lines = ['#!/bin/sh', `PATH="${more}:$PATH"`, 'export PATH', 'for last; do :; done'];
  await writeFile(file, [...lines, 'exec /bin/sh -c "$last"', ''].join('\n'), { mode: 0o755 });
  return file;
}

await run(process.execPath, ['esbuild.mjs'], { cwd: ROOT });
await bundle();
const { plane, source, workspace, clear } = await setScene();
const person = await mkdtemp(path.join(tmpdir(), 'person-'));
try {
  const { lines, passed, failed } = await runHostTests({
    extension: ROOT,
    tests: BUNDLE,
    workspace,
    env: {
      KUBECONFIG: plane.kubeconfig,
      TEST_KUBECTL: plane.binaries.path('kubectl'),
      TEST_SOURCE: source.url,
      SHELL: await writeShell(person),
    },
  });
  process.stdout.write(`${lines.join('\n')}\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await clear();
  await rm(person, { recursive: true, force: true });
}
