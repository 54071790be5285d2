import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { buildOperations } from '../src/backroom.ts';
import type { HistoryLimits } from '../src/domain/history/history.ts';
import type { Operations } from '../src/operations/operations.ts';
import type { Scene } from '../test/scene.ts';

/** How much of the history is kept unless somebody sets something else, as the manifest says. */
export const LIMITS: HistoryLimits = { versionsPerKey: 50, bytes: 200 * 1024 * 1024 };

/** A new folder for a history on disk; it goes with the scene. */
export async function historyFolder({ plane }: Scene): Promise<string> {
  return await mkdtemp(path.join(plane.directory, 'history-'));
}

/** All that the extension can do, built as the extension builds it, with a history of its own on disk. */
export async function productOn(scene: Scene, limits = LIMITS): Promise<Operations> {
  const none = () => Promise.reject(new Error('Nothing is read from outside here.'));
  return buildOperations({
    kubeconfig: () => scene.plane.kubeconfig,
    files: { read: none },
    credentials: { headers: none },
    named: () => [],
    historyFolder: await historyFolder(scene),
    historyLimits: () => limits,
    log: (line) => {
      throw new Error(line);
    },
  });
}
