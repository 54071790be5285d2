import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { buildOperations } from '../../src/backroom.ts';
import type { Host, Operations } from '../../src/operations/operations.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';

/** All that the extension can do, as the extension builds it, with a history of its own on disk. */
export async function windowOn(
  plane: ControlPlane,
  of: Partial<Pick<Host, 'historyFolder' | 'historyLimits'>> & {
    readonly kubeconfig?: string;
  } = {},
): Promise<Operations> {
  const none = () => Promise.reject(new Error('Nothing is read from outside here.'));
  const historyFolder = of.historyFolder ?? (await mkdtemp(path.join(plane.directory, 'history-')));
  return buildOperations({
    kubeconfig: () => of.kubeconfig ?? plane.kubeconfig,
    files: { read: none },
    credentials: { headers: none },
    named: () => [],
    historyFolder,
    historyLimits: of.historyLimits ?? (() => ({ versionsPerKey: 50, bytes: 200 * 1024 ** 2 })),
    log: () => undefined,
  });
}
