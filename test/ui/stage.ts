import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fillCluster } from '../../demo/cluster.ts';
import { startSource, type Source } from '../../demo/source.ts';
import { fillWorkspace } from '../../demo/workspace.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { Workbench } from '../editor/workbench.ts';
import { run } from '../run.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A cluster with the demo's caches, a source, a folder of files and an editor on all of them. */
export interface Stage {
  readonly plane: ControlPlane;
  readonly source: Source;
  /** The folder that the editor has open. */
  readonly workspace: string;
  readonly workbench: Workbench;
  readonly clear: () => Promise<void>;
}

/** Sets the stage. `kubeconfig` gives the editor another one than the administrator's. */
export async function setStage(
  kubeconfig?: (plane: ControlPlane) => Promise<string>,
): Promise<Stage> {
  await run(process.execPath, ['esbuild.mjs', '--minify'], { cwd: ROOT });
  const [plane, source] = await Promise.all([startControlPlane(), startSource()]);
  await fillCluster(plane.kubectl, source.url);
  const workspace = await mkdtemp(path.join(tmpdir(), 'workspace-'));
  await fillWorkspace(workspace);
  const env = { KUBECONFIG: (await kubeconfig?.(plane)) ?? plane.kubeconfig };
  const workbench = await Workbench.open({ workspace, env });
  const clear = async () => {
    await workbench.close();
    await Promise.all([plane.stop(), source.stop()]);
    await rm(workspace, { recursive: true, force: true });
  };
  return { plane, source, workspace, workbench, clear };
}

/** Makes a test leave a picture and the log behind when it fails. */
export function showFailures(stage: () => Stage | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const title = this.currentTest.title.replaceAll(/\W+/g, '-');
    await stage()?.workbench.screenshot(`failed-${title}`);
    process.stdout.write(`${stage()?.workbench.log() ?? ''}\n`);
  });
}
