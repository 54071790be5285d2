// npm start: a real VS Code with this extension on a real Kubernetes cluster with sample caches.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { announced } from '../test/cacheFolder.ts';
import { startControlPlane } from '../test/cluster/controlPlane.ts';
import { chooseEditor } from '../test/editor/chooseEditor.ts';
import { startEditor } from '../test/editor/editorServer.ts';
import { run } from '../test/run.ts';
import { fillCluster } from './cluster.ts';
import { startSource } from './source.ts';
import { fillWorkspace } from './workspace.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

const HELP = `npm start                          a cluster of its own, with sample caches
npm start -- --kubeconfig FILE     your own cluster; nothing is put into it
`;

/** What is stopped and removed at the end, the last one first. */
const endings: (() => Promise<unknown>)[] = [];

/** The kubeconfig of a cluster with sample caches, and a source to refresh them from. */
async function sampleCluster(): Promise<string> {
  const plane = await announced('Starting Kubernetes', () =>
    startControlPlane({ workloads: true }),
  );
  endings.push(() => plane.stop());
  const source = await startSource();
  endings.push(source.stop);
  await fillCluster(plane.kubectl, source.url);
  process.stdout.write(`A source to refresh from: ${source.url}/mappings.json\n`);
  return plane.kubeconfig;
}

async function packageExtension(folder: string): Promise<string> {
  const vsix = path.join(folder, 'extension.vsix');
  await announced('Building the extension', () =>
    run('npm', ['run', 'package', '--', '--out', vsix], { cwd: ROOT }),
  );
  return vsix;
}

/** Opens the editor and waits until it has ended. */
async function openEditor(
  folder: string,
  workspace: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const editor = await chooseEditor();
  if (editor.kind === 'desktop') {
    await run(process.execPath, ['esbuild.mjs'], { cwd: ROOT });
    const flags = [
      `--extensionDevelopmentPath=${ROOT}`,
      `--user-data-dir=${path.join(folder, 'user-data')}`,
      `--extensions-dir=${path.join(folder, 'extensions')}`,
      '--disable-workspace-trust',
      '--wait',
    ];
    const window = spawn(editor.executable, [...flags, workspace], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    await once(window, 'close');
    return;
  }
  const vsix = await packageExtension(folder);
  const server = await startEditor({ folder, env, vsix });
  endings.push(server.stop);
  process.stdout.write(
    `\nOpen this in your browser, then choose Caches in the bar on the left:\n\n    ${server.url}/?folder=${encodeURIComponent(workspace)}\n\nControl-C ends it all.\n`,
  );
  await server.ended;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kubeconfig: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const own = values.kubeconfig === undefined ? undefined : path.resolve(values.kubeconfig);
  if (own !== undefined) {
    await stat(own).catch(() => {
      throw new Error(`The kubeconfig ${own} is not there.`);
    });
  }
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const folder = await mkdtemp(path.join(tmpdir(), 'cache-configmaps-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const workspace = path.join(folder, 'workspace');
  await fillWorkspace(workspace);
  // Credential plugins of the person's own cluster look into the home folder.
  const env =
    own === undefined
      ? { KUBECONFIG: await sampleCluster() }
      : { KUBECONFIG: own, HOME: homedir() };
  await Promise.race([openEditor(folder, workspace, env), interrupted]);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const end of endings.toReversed()) await end().catch(() => undefined);
}
process.exit();
