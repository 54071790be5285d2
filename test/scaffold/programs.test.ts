import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { factsOf } from '../../src/domain/facts.ts';
import { onPath } from '../programs.ts';
import { newRefresh, runByHand } from './byHand.ts';
import type { RefreshRuns } from './refreshRuns.ts';
import { TOOLS } from './shells.ts';
import { content } from './sourceServer.ts';
import { entries, newJob, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

const PROGRAMS: readonly string[] = ['curl', 'jq', 'kubectl', ...TOOLS];

describe('the programs that the refresh script runs', () => {
  let stage: Stage;

  before(async () => {
    stage = await setUp();
  });
  after(() => tearDown(stage));

  for (const shell of ['BusyBox ash', 'dash', 'bash']) {
    describe(`under ${shell} (D16)`, () => {
      let runs: RefreshRuns;

      before(function () {
        runs = runsUnder(stage, shell, this);
      });

      /** A folder with all that the script runs, as the shell finds it, but these. */
      const without = async (...names: readonly string[]) => {
        const folder = await mkdtemp(path.join(stage.plane.directory, 'programs-'));
        for (const name of PROGRAMS.filter((each) => !names.includes(each))) {
          const program = await onPath([name], runs.shell.path);
          assert.ok(program !== undefined, name);
          await symlink(program, path.join(folder, name));
        }
        return folder;
      };

      it('are looked for before anything is done, each of them', async () => {
        const job = await newJob(stage);
        await runs.apply(job);
        const { length } = stage.source.requests;
        for (const name of PROGRAMS) {
          const { code, stdout, stderr } = await runs.run(job, {
            env: { PATH: await without(name) },
          });
          assert.deepEqual([code, stdout], [1, ''], name);
          assert.ok(
            stderr.startsWith(`The script needs programs that are not here: ${name}.\n`),
            stderr,
          );
        }
        const refresh = await newRefresh(stage);
        const PATH = await without('cmp', 'sha256sum');
        const { code, stderr } = await runByHand(stage, runs.shell, refresh, { env: { PATH } });
        assert.equal(code, 1);
        assert.equal(stderr, 'The script needs programs that are not here: cmp sha256sum.\n');
        assert.equal(stage.source.requests.length, length);
      });

      it('may have shasum in the place of sha256sum, as on macOS', async function () {
        const shasum = await onPath(['shasum']);
        if (shasum === undefined) return this.skip();
        const PATH = await without('sha256sum');
        await symlink(shasum, path.join(PATH, 'shasum'));
        const job = await newJob(stage, { conditional: true });
        await runs.apply(job);
        stage.source.answer = (response, request) => {
          response.setHeader('etag', '"1"');
          content(entries(10))(response, request);
        };
        for (const word of ['Written', 'Unchanged']) {
          const { code, stdout, stderr } = await runs.run(job, { env: { PATH } });
          assert.equal(code, 0, stderr);
          assert.match(stdout, new RegExp(`^${word}: `));
        }
        const { sha256 } = factsOf((await runs.map(job))?.metadata.annotations ?? {}, job.key);
        assert.equal(sha256, createHash('sha256').update(entries(10)).digest('hex'));
        assert.equal(stage.source.requests.at(-1)?.headers['if-none-match'], '"1"');
      });

      it('end the run where one of them gives no sum', async () => {
        const job = await newJob(stage);
        await runs.apply(job);
        stage.source.answer = content(entries(10));
        for (const [program, words] of [
          ['exit 0', 'sha256sum gave no sum.'],
          ['echo "no memory" >&2\nexit 1', 'sha256sum gave no sum: no memory.'],
        ] as const) {
          const PATH = await without('sha256sum');
          await writeFile(path.join(PATH, 'sha256sum'), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
          const { code, message, stdout } = await runs.run(job, { env: { PATH } });
          assert.deepEqual([code, message, stdout], [1, words, '']);
          assert.equal(await runs.map(job), undefined);
        }
      });
    });
  }
});
