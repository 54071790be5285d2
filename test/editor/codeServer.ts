import path from 'node:path';
import { announced, cacheFolder, madeOnce } from '../cacheFolder.ts';
import { run } from '../run.ts';

/** Versions of code-server that were tried, each with the Node that its extension host needs. */
const NODES: Readonly<Record<string, string>> = {
  // VS Code 1.139.1
  '4.139.1': '24.21.0',
  // VS Code 1.103.2, the oldest that the manifest allows
  '4.103.2': '22.17.1',
};
const NEWEST = '4.139.1';

/** A code-server that is ready to start: VS Code whose window is a page. */
export interface CodeServer {
  readonly kind: 'code-server';
  /** The Node it runs on, and so the one of its extension host. */
  readonly node: string;
  readonly entry: string;
}

/**
 * Installs code-server once, from npm, into the cache folder. `CODE_SERVER_VERSION` names another of
 * the versions that were tried.
 */
export async function ensureCodeServer(): Promise<CodeServer> {
  const version = process.env['CODE_SERVER_VERSION'] ?? NEWEST;
  const node = NODES[version];
  if (node === undefined) {
    throw new Error(
      `CODE_SERVER_VERSION is ${version}; known are ${Object.keys(NODES).join(', ')}.`,
    );
  }
  const platform = `${process.platform}-${process.arch}`;
  const folder = await madeOnce(cacheFolder('editor', `${version}-${platform}`), (unfinished) =>
    announced(`Installing the editor (code-server ${version}), once`, () =>
      install(unfinished, { version, node, platform }),
    ),
  );
  return {
    kind: 'code-server',
    node: path.join(folder, 'node_modules', `node-${platform}`, 'bin', 'node'),
    entry: path.join(folder, 'editor/node_modules/code-server/out/node/entry.js'),
  };
}

interface Wanted {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
}

async function install(folder: string, { version, node, platform }: Wanted): Promise<void> {
  // A folder of its own: code-server asks for the very Node that it is to run on.
  await npm(folder, ['install', '--prefix', folder, `node-${platform}@${node}`]);
  const home = path.join(folder, 'node_modules', `node-${platform}`);
  const own = [path.join(home, 'bin'), home] as const;
  const editor = path.join(folder, 'editor');
  await npm(folder, ['install', '--prefix', editor, `code-server@${version}`], own);
  const product = path.join(editor, 'node_modules/code-server/lib/vscode');
  // What its install script would do, without the native builds that are not needed here.
  for (const part of [product, path.join(product, 'extensions')]) {
    await npm(part, ['install', '--omit=dev'], own);
  }
  if (version.startsWith('4.103.')) {
    // This one has no ready-made argon2; it needs a C compiler.
    await run('npm', ['rebuild', 'argon2'], { cwd: editor, env: environment(own) });
  }
}

async function npm(
  cwd: string,
  args: readonly string[],
  own?: readonly [bin: string, home: string],
): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', [...args, ...quiet], { cwd, env: environment(own) });
}

/** Our environment without what an outer `npm run` left in it, with another Node first on the path. */
function environment(own?: readonly [bin: string, home: string]): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(?!cache|registry|cafile)|package|lifecycle|command)/i.test(name),
  );
  const [bin, home] = own ?? [];
  return {
    ...Object.fromEntries(kept),
    ...(bin === undefined ? {} : { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` }),
    ...(home === undefined ? {} : { npm_config_nodedir: home }),
  };
}
