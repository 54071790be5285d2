import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newRefresh, runByHand } from './byHand.ts';
import type { RefreshRuns } from './refreshRuns.ts';
import { content } from './sourceServer.ts';
import { create, entries, newJob, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

const VALUE = 's3cr3t';

/** What curl would leave out, and ask as anybody does. */
const NONE = ['', '\n', ' \r\n', VALUE, `Bearer ${VALUE}\n`, `${VALUE}:`, `: ${VALUE}`];

/** Of which it would leave out a part, or say something else. */
const HALF = [`X-Api-Key: ${VALUE}\n${VALUE}`, ` X-Api-Key: ${VALUE}`, `X-Api-Key;${VALUE}`];

const GOOD = [
  `X-Api-Key: ${VALUE}`,
  `X-Api-Key:${VALUE}\n`,
  `X-Api-Key: ${VALUE}\r\n\r\n`,
  `\nX-Api-Key: ${VALUE}\nX-Other: b:c`,
];

describe('the header for a source, in a file', () => {
  let stage: Stage;

  before(async () => {
    stage = await setUp();
  });
  after(() => tearDown(stage));

  // Two kinds of sed: that of BusyBox, and that of the system.
  for (const shell of ['BusyBox ash', 'dash']) {
    describe(`under ${shell} (D16)`, () => {
      let runs: RefreshRuns;

      before(function () {
        runs = runsUnder(stage, shell, this);
      });

      /** A source that gives less to whom it does not know. */
      const guarded = () => {
        stage.source.answer = (response, request) => {
          const isKnown = request.headers['x-api-key'] === VALUE;
          content(entries(isKnown ? 10 : 3))(response, request);
        };
        return stage.source.requests.length;
      };

      it('is one of the form Name: value in a Secret, or nothing is asked', async () => {
        const job = await newJob(stage, { header: { secret: 'some-secret', key: 'header' } });
        await runs.apply(job);
        const metadata = { name: 'some-secret', namespace: job.cache.namespace };
        const asked = guarded();
        await create(stage, [{ apiVersion: 'v1', kind: 'Secret', metadata }]);
        const hold = (header: string) =>
          stage.plane.kubectl([
            ...['patch', 'secret', metadata.name, '-n', metadata.namespace, '-p'],
            JSON.stringify({ stringData: { header } }),
          ]);
        for (const header of [...NONE, ...HALF]) {
          await hold(header);
          const { code, message, stderr, stdout } = await runs.run(job);
          assert.deepEqual([code, stdout], [1, ''], header);
          assert.match(
            message,
            /^The header for .* is missing: Secret some-secret in .* has no line such as Name: value\.$/,
          );
          assert.doesNotMatch(message + stderr, new RegExp(VALUE));
        }
        assert.equal(stage.source.requests.length, asked);
        for (const header of GOOD) {
          await hold(header);
          assert.match((await runs.run(job)).stdout, /, 10 entries\.$/m, header);
        }
      });

      it('is one in the file that a person names, or nothing is asked', async () => {
        const refresh = await newRefresh(stage);
        const file = path.join(stage.plane.directory, 'header');
        const asked = guarded();
        const env = { SOURCE_HEADER: file };
        for (const header of [...NONE, ...HALF]) {
          await writeFile(file, header);
          const { code, stderr } = await runByHand(stage, runs.shell, refresh, { env });
          assert.equal(code, 1, header);
          assert.match(
            stderr,
            /^The header for .* is missing: the file .*\/header has no line such as Name: value\.\n$/,
          );
        }
        assert.equal(stage.source.requests.length, asked);
        for (const header of GOOD) {
          await writeFile(file, header);
          const { stdout, stderr } = await runByHand(stage, runs.shell, refresh, { env });
          assert.match(stdout, /, 10 entries\.$/m, stderr);
        }
      });
    });
  }
});
