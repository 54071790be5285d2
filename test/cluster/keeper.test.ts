import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import './buildFirst.ts';
import { startControlPlane, type ControlPlane } from './controlPlane.ts';

const ABANDONED = path.join(import.meta.dirname, 'abandonedPlane.ts');

/** True unless the process is gone, or dead and only waits for somebody to ask how it ended. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const running = (pids: ReadonlyMap<string, number>) =>
  [...pids].filter(([, pid]) => runs(pid)).map(([name]) => name);

const ALL = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'keeper',
];

describe('the keeper of the processes', () => {
  let plane: ControlPlane | undefined;
  afterEach(() => plane?.stop());

  it('leaves no process and no folder behind when the test run is killed with its whole group', async () => {
    const child = spawn(process.execPath, [ABANDONED], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    // The keeper has the same standard error, so this comes when it has ended too.
    const closed = once(child, 'close');
    const said = once(createInterface({ input: child.stdout }), 'line');
    const [line] = (await Promise.race([
      said,
      closed.then(() => assert.fail(`it ended by itself: ${errors}`)),
    ])) as [string];
    const abandoned = JSON.parse(line) as { directory: string; pids: [string, number][] };
    const pids = new Map(abandoned.pids);
    assert.deepEqual(running(pids), ALL);
    assert.ok(existsSync(abandoned.directory));
    process.kill(-(child.pid ?? assert.fail()), 'SIGKILL');
    await closed;
    // A process closes what it has open a moment before it is gone.
    while (running(pids).length > 0) await pause(20);
    assert.ok(!existsSync(abandoned.directory));
  });

  it('takes the processes with it when it is killed itself, and stopping removes the folder', async function () {
    // Only the kernel can do that, and only Linux does.
    if (spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status !== 0) this.skip();
    plane = await startControlPlane();
    const { pids, directory } = plane;
    assert.deepEqual(running(pids), ['etcd', 'kube-apiserver', 'keeper']);
    process.kill(pids.get('keeper') ?? assert.fail(), 'SIGKILL');
    while (running(pids).length > 0) await pause(20);
    await assert.rejects(plane.stopApiServer(), /keeper .* was killed/);
    await plane.stop();
    assert.ok(!existsSync(directory));
  });
});
