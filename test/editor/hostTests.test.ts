import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { runHostTests, type HostReport } from './hostTests.ts';

const PROBE = path.join(import.meta.dirname, 'probe');

describe('tests in the extension host', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'probe-'));
    await build({
      entryPoints: [path.join(PROBE, 'fates.ts')],
      outfile: path.join(folder, 'fates.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      external: ['vscode'],
      // Mocha names files of its parallel mode, which is not used.
      logOverride: { 'require-resolve-not-external': 'silent' },
    });
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the probe's one test until the report is there and the extension host is gone. */
  async function meet(fate: string, minutes = 2): Promise<HostReport> {
    const gone = Promise.withResolvers<undefined>();
    const server = createServer((socket: Socket) => {
      socket.resume().on('error', () => undefined);
      socket.once('close', () => {
        gone.resolve(undefined);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const report = await runHostTests({
      extension: PROBE,
      tests: path.join(folder, 'fates.cjs'),
      workspace: folder,
      env: {
        PROBE_FATE: fate,
        PROBE_PORT: String((server.address() as AddressInfo).port),
        PROBE_ANSWER: 'forty-two',
        HOST_TESTS_MINUTES: String(minutes),
      },
    });
    await gone.promise;
    server.close();
    return report;
  }

  it('pass when they pass, with the environment that they were given', async () => {
    const { ended, passed, failed } = await meet('passes');
    assert.deepEqual({ ended, passed, failed }, { ended: true, passed: 1, failed: 0 });
  });

  it('fail when one fails, and say why', async () => {
    const { ended, passed, failed, lines } = await meet('fails');
    assert.deepEqual({ ended, passed, failed }, { ended: true, passed: 0, failed: 1 });
    assert.match(lines.join('\n'), /forty-two[^]*forty-three/);
  });

  it('fail when the host is killed in the middle', async () => {
    const { ended, failed } = await meet('is killed');
    assert.deepEqual({ ended, failed }, { ended: false, failed: 1 });
  });

  it('fail when the host hangs, which does not outlive its editor', async () => {
    const { ended, failed } = await meet('hangs', 0.4);
    assert.deepEqual({ ended, failed }, { ended: false, failed: 1 });
  });
});
