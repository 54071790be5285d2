// Builds the bundles: what activation loads, and the others, which are loaded on first use.
//   node esbuild.mjs [--minify] [--watch] [--metafile]
import { writeFile } from 'node:fs/promises';
import { context } from 'esbuild';

const flags = new Set(process.argv.slice(2));

/** The front bundle finds the others beside itself, when it asks for them. */
const otherBundles = {
  name: 'other bundles',
  setup(build) {
    build.onResolve({ filter: /^\.\/(backroom|flows)\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: path.replace(/ts$/, 'cjs'), external: true } : undefined,
    );
  },
};

const building = await context({
  entryPoints: ['src/extension.ts', 'src/flows.ts', 'src/backroom.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  // jsonc-parser's main file hides its imports from bundlers; its module file does not.
  mainFields: ['module', 'main'],
  external: ['vscode'],
  plugins: [otherBundles],
  sourcemap: flags.has('--minify') ? false : 'linked',
  minify: flags.has('--minify'),
  metafile: true,
  logLevel: 'info',
});

if (flags.has('--watch')) {
  await building.watch();
} else {
  const { metafile } = await building.rebuild();
  if (flags.has('--metafile')) await writeFile('dist/meta.json', JSON.stringify(metafile));
  await building.dispose();
}
