import type { ChildProcess } from 'node:child_process';
import { run } from '../run.ts';

/**
 * Ends a process and all that it started. An extension host that hangs would otherwise outlive its
 * editor. Where there is no `ps`, only the process itself is ended.
 */
export async function endTree(root: ChildProcess): Promise<void> {
  if (root.pid === undefined || root.exitCode !== null || root.signalCode !== null) return;
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']).catch(() => ({ stdout: '' }));
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const tree = new Set([root.pid]);
  // Some rows may stand before those of their parents.
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const [pid = 0, parent = 0] of rows) if (tree.has(parent)) tree.add(pid);
  }
  for (const pid of tree) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
