import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { Version } from '../../src/domain/history/history.ts';
import { HistoryFiles } from '../../src/gateway/history/historyFiles.ts';
import { chance } from '../fakes/chance.ts';
import { run } from '../run.ts';
import { contentOf, keepOne, PLACE, sha256Of } from './historyWriter.ts';

const WRITER = path.join(import.meta.dirname, 'historyWriter.ts');

describe('the history of several windows', () => {
  let folder: string;
  let program: string;
  before(async () => {
    program = await mkdtemp(path.join(tmpdir(), 'writer-'));
    // One file of JavaScript: it is started 200 times, and types take longer to strip than records to write.
    const outfile = path.join(program, 'writer.mjs');
    const bundling = { bundle: true, platform: 'node', format: 'esm' } as const;
    await build({ entryPoints: [WRITER], outfile, ...bundling });
  });
  after(() => rm(program, { recursive: true, force: true }));
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'history-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const window = (...args: readonly (string | number)[]) =>
    [path.join(program, 'writer.mjs'), folder, ...args.map(String)] as const;
  const versions = async (versionsPerKey: number, bytes: number): Promise<readonly Version[]> => {
    const store = new HistoryFiles(folder, () => ({ versionsPerKey, bytes }));
    const records = await store.records(PLACE);
    const found = records.flatMap((record) => (record.kind === 'version' ? [record] : []));
    for (const { sha256 } of found) {
      const content = await store.content(sha256);
      assert.ok(content !== undefined && sha256Of(content) === sha256, 'its content is there');
    }
    return found;
  };

  it('that write at once loses nothing that is within the limits, while both trim', async () => {
    const [count, each] = [200, 10];
    await Promise.all(
      ['one', 'other'].map((name) =>
        run(process.execPath, window(name, 0, count, each, 2_000_000)),
      ),
    );
    const found = await versions(each, 2_000_000);
    for (const name of ['one', 'other']) {
      const own = new Set(found.filter(({ uid }) => uid === name).map(({ sha256 }) => sha256));
      for (let number = count - each * 3; number < count; number++) {
        assert.ok(own.has(sha256Of(contentOf(name, number))), `${name} ${number}`);
      }
    }
  });

  it('survives that one is killed 200 times at any moment, with all that was kept', async function () {
    this.timeout(180_000);
    const [kills, each, bytes] = [200, 20, 1_000_000];
    // Some of the last ones are there twice: kept, and killed before that was said.
    const last = 24;
    const next = chance(42);
    let [acknowledged, missing, found] = [0, 0, 0];
    for (let kill = 0; kill < kills; kill++) {
      acknowledged += await killed(window('host', acknowledged, 100_000, each, bytes), {
        afterLines: 1 + next(6),
        milliseconds: next(6),
      });
      const there = new Set((await versions(each, bytes)).map(({ sha256 }) => sha256));
      for (let number = Math.max(0, acknowledged - last); number < acknowledged; number++) {
        if (there.has(sha256Of(contentOf('host', number)))) found++;
        else missing++;
      }
    }
    process.stdout.write(
      `      ${kills} kills, ${acknowledged} kept; the last ${last} looked for after each: ${found} found, ${missing} missing\n`,
    );
    assert.equal(missing, 0);
    const store = new HistoryFiles(folder, () => ({ versionsPerKey: each, bytes }));
    await keepOne(store, 'host', acknowledged);
    await store.settled();
    assert.ok((await store.records(PLACE)).length > 0, 'it goes on to work');
  });

  it('on a full disk says so, keeps what it has, and works again once there is room', async function () {
    const disk = path.join(folder, 'disk');
    const mounted = await run('mkdir', ['-p', disk])
      .then(() => run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]))
      .then(
        () => true,
        () => false,
      );
    // Only the superuser may mount a small disk.
    if (!mounted) this.skip();
    try {
      const store = new HistoryFiles(disk, () => ({ versionsPerKey: 50, bytes: 1e9 }));
      let kept = 0;
      await assert.rejects(async () => {
        for (; kept < 1000; kept++) await keepOne(store, 'host', kept);
      }, /could not be written: the disk is full/);
      assert.ok(kept > 0);
      const before = await store.records(PLACE);
      assert.equal(before.length, kept, 'what was kept is there, what was not is not');
      assert.deepEqual(await passing(disk), [], 'nothing is left behind');
      await run('mount', ['-o', 'remount,size=10m', disk]);
      await keepOne(store, 'host', 1000);
      await store.settled();
      assert.equal((await store.records(PLACE)).length, kept + 1);
    } finally {
      await run('umount', [disk]);
    }
  });
});

/** Files that are being written. */
async function passing(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'));
}

/** Runs a window, and kills it so many milliseconds after so many lines. Gives the number of lines. */
async function killed(
  args: readonly string[],
  { afterLines, milliseconds }: { afterLines: number; milliseconds: number },
): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    const before = lines;
    lines += chunk.toString().split('\n').length - 1;
    if (before < afterLines && lines >= afterLines) {
      setTimeout(() => child.kill('SIGKILL'), milliseconds);
    }
  });
  await new Promise((resolve) => child.once('close', resolve));
  return lines;
}
