import assert from 'node:assert/strict';
import { refreshManager, restartedManager } from '../../src/domain/manifests/jobNames.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { answerAfter, askingBetween, edit, replaced } from './meanwhile.ts';
import type { Outcome, RefreshRuns } from './refreshRuns.ts';
import { content } from './sourceServer.ts';
import { entries, newJobOn, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

const READER = { kind: 'Deployment', name: 'some-deployment' } as const;
const LATIN1 = Buffer.from('{"caf\u00e9": 1}', 'latin1');

describe('a refresh of a key that others change too, run for real', () => {
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

      /** A job that is new, with a reader to restart, on a map that holds this. */
      const jobOn = (map: object, wanted: Partial<RefreshJob> = {}) =>
        newJobOn(stage, runs, map, { restarts: [READER], ...wanted });

      /** What a run said that ended well: the first word, and whom it restarted. */
      const said = async (outcome: Promise<Outcome>) => {
        const { code, message, stdout } = await outcome;
        assert.deepEqual([code, message], [0, ''], stdout);
        return stdout
          .replace(/: key .*/, '')
          .trimEnd()
          .split('\n');
      };

      it('the first run of a job restarts nobody where the data is as it was', async () => {
        const job = await jobOn({ data: { 'mappings.json': entries(10) } });
        stage.source.answer = content(entries(10));
        assert.deepEqual(await said(runs.run(job)), ['Unchanged']);
        assert.equal(await restartedAt(stage, job), '');
        stage.source.answer = content(entries(11));
        assert.deepEqual(await said(runs.run(job)), ['Written', RESTARTED]);
        assert.notEqual(await restartedAt(stage, job), '');
      });

      it('a run after a refresh by hand restarts nobody again', async () => {
        const job = await jobOn({ data: { 'mappings.json': entries(10) } });
        stage.source.answer = content(entries(11));
        assert.deepEqual(await said(runs.run(job)), ['Written', RESTARTED]);
        await edit(stage, job, { data: { 'mappings.json': entries(12) } });
        stage.source.answer = content(entries(12));
        assert.deepEqual(await said(runs.run(job)), ['Unchanged']);
      });

      it('what is changed by hand during the fetch is seen: written over, and readers restarted', async () => {
        const job = await jobOn({ data: { 'mappings.json': entries(10) } });
        stage.source.answer = (...asked) => {
          const byHand = { data: { 'mappings.json': entries(12), other: 'kept' } };
          answerAfter(edit(stage, job, byHand), content(entries(10)))(...asked);
        };
        assert.deepEqual(await said(runs.run(job)), ['Written', RESTARTED]);
        const data = { 'mappings.json': entries(10), other: 'kept' };
        assert.deepEqual((await runs.map(job))?.data, data);
      });

      it('what grew during the fetch is not halved unseen', async () => {
        const job = await jobOn({ data: { 'mappings.json': entries(10) } });
        stage.source.answer = (...asked) => {
          const byHand = { data: { 'mappings.json': entries(30) } };
          answerAfter(edit(stage, job, byHand), content(entries(10)))(...asked);
        };
        const { code, message } = await runs.run(job);
        assert.equal(code, 1);
        assert.match(message, /gave 10 entries where the cache has 30: /);
        assert.deepEqual((await runs.map(job))?.data, { 'mappings.json': entries(30) });
      });

      it('what is changed right before the write is looked at again, some times', async () => {
        const job = await jobOn({ data: { 'mappings.json': entries(10) } });
        const changing = async (most: number) => {
          let asked = 0;
          stage.source.answer = (response, request) => {
            const isBetween = request.url?.includes('between') === true;
            const byHand = { data: { 'mappings.json': entries(12), [`${most}-${asked}`]: 'kept' } };
            const edited =
              isBetween && asked++ < most ? edit(stage, job, byHand) : Promise.resolve();
            answerAfter(edited, content(entries(11)))(response, request);
          };
          const outcome = await runs.run(job, { of: askingBetween(job) });
          return { outcome, asked };
        };
        const two = await changing(2);
        assert.deepEqual(await said(Promise.resolve(two.outcome)), ['Written', RESTARTED]);
        assert.equal(two.asked, 3);
        assert.deepEqual((await runs.map(job))?.data, {
          'mappings.json': entries(11),
          '2-0': 'kept',
          '2-1': 'kept',
        });
        const all = await changing(100);
        assert.equal(all.outcome.code, 1);
        assert.match(all.outcome.message, /^The API server did not write .* has been modified/);
        assert.equal(all.asked, 10);
        assert.equal((await runs.map(job))?.data?.['mappings.json'], entries(12));
      });

      const other = { 'other.json': '{}' };
      const kinds: readonly (readonly [string, object, string | Buffer, object])[] = [
        [
          'binaryData to data',
          { data: other, binaryData: { table: LATIN1.toString('base64') } },
          'caf\u00e9 au lait',
          { data: { ...other, table: 'caf\u00e9 au lait' }, binaryData: undefined },
        ],
        [
          'data to binaryData',
          { data: { ...other, table: 'caf\u00e9' } },
          LATIN1,
          { data: other, binaryData: { table: LATIN1.toString('base64') } },
        ],
      ];
      for (const [title, before, body, after] of kinds) {
        it(`a key that others put there goes from ${title}, and is never gone`, async () => {
          const job = await jobOn(before, { key: 'table', format: 'binary' });
          stage.source.answer = content(body, 'text/plain');
          const cut = replaced(job, MOVED, `${MOVED}  exit 1\n`);
          assert.equal((await runs.run(job, { of: cut })).code, 1);
          const values = async () => {
            const map = await runs.map(job);
            return { data: map?.data, binaryData: map?.binaryData };
          };
          assert.deepEqual(await values(), after);
          assert.deepEqual(await said(runs.run(job)), ['Unchanged', RESTARTED]);
          assert.deepEqual(await values(), after);
          const managers = (await runs.map(job))?.metadata.managedFields ?? [];
          const ours = managers.filter(({ manager }) => !manager.startsWith('kubectl'));
          assert.deepEqual(
            new Set(ours.map(({ manager }) => manager)),
            new Set([refreshManager(job.key), restartedManager(job.key)]),
          );
          await edit(stage, job, { data: null, binaryData: null });
          await edit(stage, job, before);
          assert.deepEqual(await said(runs.run(job)), ['Written', RESTARTED]);
          assert.deepEqual(await values(), after);
        });
      }
    });
  }
});

const MOVED = ' merge-patch+json "$work/move" || return 1\n';
const RESTARTED = `Restarted: ${READER.kind}/${READER.name}.`;

async function restartedAt({ plane }: Stage, { cache }: RefreshJob): Promise<string> {
  const { annotations } = JSON.parse(
    await plane.kubectl([
      'get',
      'deployment',
      READER.name,
      '-n',
      cache.namespace,
      '-o',
      'jsonpath={.spec.template.metadata}',
    ]),
  ) as { annotations?: Readonly<Record<string, string>> };
  return annotations?.['kubectl.kubernetes.io/restartedAt'] ?? '';
}
