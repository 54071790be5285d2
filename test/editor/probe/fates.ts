import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { commands } from 'vscode';
import { runSuite } from '../../host/suite.ts';

const fates: Readonly<Record<string, () => Promise<void> | void>> = {
  passes: async () => {
    assert.equal(await commands.executeCommand('probe.answer'), 'forty-two');
  },
  fails: async () => {
    assert.equal(await commands.executeCommand('probe.answer'), 'forty-three');
  },
  'is killed': () => {
    process.kill(process.pid, 'SIGKILL');
  },
  hangs: () => {
    for (;;);
  },
};

/**
 * One test, whose fate `PROBE_FATE` names. It first connects to `PROBE_PORT`: the other side knows that
 * it has begun, and by the end of the connection that this process has ended.
 */
export async function run(): Promise<void> {
  const { PROBE_FATE: fate = '', PROBE_PORT: port } = process.env;
  await runSuite(() => {
    it(fate, async () => {
      await once(connect(Number(port), '127.0.0.1'), 'connect');
      await fates[fate]?.();
    });
  });
}
