import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Every source file that is not a test. */
function sources(): string[] {
  return readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => path.join(ROOT, 'src', file));
}

/** The files that a file needs at run time: its imports, without those of types. */
function importsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8');
  const statements = code.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gm);
  return [...statements].map(([, target]) => path.resolve(path.dirname(file), target ?? ''));
}

describe('the source files', () => {
  it('import each other without a cycle', () => {
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      assert.ok(!trail.includes(file), `a cycle: ${[...trail, file].join(' -> ')}`);
      if (done.has(file)) return;
      for (const next of importsOf(file)) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of sources()) visit(file, []);
    assert.ok(done.size > 40, 'all files were looked at');
  });
});

describe('the front bundle', () => {
  it('holds neither a Kubernetes client nor a parser nor anything of the cluster side', async () => {
    const { metafile } = await build({
      entryPoints: [path.join(ROOT, 'src/extension.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'cjs',
      external: ['vscode', '*/backroom.ts', '*/flows.ts'],
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.some((input) => input.endsWith('src/ui/tree/cacheTree.ts')));
    const foreign = inputs.filter((input) =>
      /node_modules|src\/gateway|src\/(backroom|flows)/.test(input),
    );
    assert.deepEqual(foreign, []);
  });
});
