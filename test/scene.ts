import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fillCluster } from '../demo/cluster.ts';
import { startSource, type Source } from '../demo/source.ts';
import { fillWorkspace } from '../demo/workspace.ts';
import { startControlPlane, type ControlPlane } from './cluster/controlPlane.ts';

/** What an editor is tried on: a cluster with the demo's caches, a source, and a folder of files. */
export interface Scene {
  readonly plane: ControlPlane;
  readonly source: Source;
  /** The folder that the editor has open. */
  readonly workspace: string;
  readonly clear: () => Promise<void>;
}

/** Sets the scene; `clear` ends and removes all of it. With `workloads` pods are made, too. */
export async function setScene({ workloads = false } = {}): Promise<Scene> {
  const [plane, source] = await Promise.all([startControlPlane({ workloads }), startSource()]);
  const workspace = await mkdtemp(path.join(tmpdir(), 'workspace-'));
  const clear = async () => {
    await Promise.all([plane.stop(), source.stop()]);
    await rm(workspace, { recursive: true, force: true });
  };
  try {
    await fillCluster(plane.kubectl, source.url);
    await fillWorkspace(workspace);
  } catch (error) {
    await clear();
    throw error;
  }
  return { plane, source, workspace, clear };
}
