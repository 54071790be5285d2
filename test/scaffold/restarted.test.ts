import assert from 'node:assert/strict';
import { restartedAnnotation } from '../../src/domain/facts.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { mapOf, runByHand, type HandOptions } from './byHand.ts';
import { edit } from './meanwhile.ts';
import type { Outcome, RefreshRuns } from './refreshRuns.ts';
import { content } from './sourceServer.ts';
import {
  create,
  entries,
  newJob,
  runsUnder,
  setUp,
  tearDown,
  workload,
  type Stage,
} from './stage.ts';

const KIND = 'Deployment' as const;

describe('whom refreshes of one key restart, run for real', () => {
  let stage: Stage;

  before(async () => {
    stage = await setUp();
  });
  after(() => tearDown(stage));

  // jq and one loop decide, which `script.test.ts` runs under all three: here that of the image is enough.
  describe('under the shell of the image (D16)', () => {
    let runs: RefreshRuns;

    before(function () {
      runs = runsUnder(stage, 'BusyBox ash', this);
    });

    /** Refreshes of one key, each with its readers; those of `gone` are not there. */
    const sharing = async (lists: readonly (readonly string[])[], gone: readonly string[] = []) => {
      const job = await newJob(stage);
      const { namespace } = job.cache;
      const names = new Set(lists.flat().filter((name) => !gone.includes(name)));
      await create(
        stage,
        [...names].map((name) => workload(KIND, { name, namespace })),
      );
      await runs.apply({ ...job, restarts: lists.flat().map((name) => ({ kind: KIND, name })) });
      return lists.map((list): RefreshJob => {
        return { ...job, restarts: list.map((name) => ({ kind: KIND, name })) };
      });
    };
    const said = async (job: RefreshJob | undefined) => {
      assert.ok(job !== undefined);
      const { code, stdout, message } = await runs.run(job);
      assert.deepEqual([code, message], [0, '']);
      return wordsOf({ stdout });
    };

    it('each restarts its own once for each content, whichever of them wrote', async () => {
      const [one, other, none] = await sharing([['a', 'both'], ['b', 'both'], []]);
      stage.source.answer = content(entries(10));
      assert.deepEqual(await said(one), ['Written', 'a', 'both']);
      assert.deepEqual(await said(other), ['Unchanged', 'b']);
      for (const job of [one, other, none]) assert.deepEqual(await said(job), ['Unchanged']);
      stage.source.answer = content(entries(11));
      assert.deepEqual(await said(none), ['Written']);
      assert.deepEqual(await said(none), ['Unchanged']);
      assert.deepEqual(await said(other), ['Unchanged', 'b', 'both']);
      assert.deepEqual(await said(one), ['Unchanged', 'a']);
      assert.deepEqual(await said(other), ['Unchanged']);
      // What somebody else wrote, who restarts whom it needs.
      assert.ok(one !== undefined);
      await edit(stage, one, { data: { [one.key]: entries(12) } });
      stage.source.answer = content(entries(12));
      for (const job of [one, other, none]) assert.deepEqual(await said(job), ['Unchanged']);
    });

    it('a reader whose name begins as that of another is another one', async () => {
      const [one, other] = await sharing([['web-2', 'a-web'], ['web']]);
      stage.source.answer = content(entries(10));
      assert.deepEqual(await said(one), ['Written', 'web-2', 'a-web']);
      assert.deepEqual(await said(other), ['Unchanged', 'web']);
    });

    it('the script for a person knows whom a job has restarted', async () => {
      const [one, other] = await sharing([['a'], ['a', 'b']]);
      assert.ok(other !== undefined);
      stage.source.answer = content(entries(10));
      assert.deepEqual(await said(one), ['Written', 'a']);
      const { server } = stage.plane;
      const refresh = { ...other, context: 'demo', server, kubeconfig: undefined };
      const byHand = (options?: HandOptions) => runByHand(stage, runs.shell, refresh, options);
      const { stderr } = await byHand({ args: [] });
      assert.match(stderr, /^Nobody can be asked here/);
      // No controller runs here: the rollout never ends.
      const first = await byHand({ env: { ROLLOUT_TIMEOUT: '1s' } });
      assert.deepEqual([first.code, wordsOf(first)], [3, ['Unchanged']]);
      assert.match(
        first.stderr,
        /^The cache is as it was, but not all of its readers were restarted: Deployment\/b: .*timed out/,
      );
      const kept = (await mapOf(stage, refresh))?.metadata.annotations ?? {};
      assert.match(kept[restartedAnnotation(other.key)] ?? '', /^[0-9a-f]{64} Deployment\/a$/);
      assert.deepEqual(await said(other), ['Unchanged', 'b']);
      const last = await byHand({ args: [] });
      assert.deepEqual([last.code, wordsOf(last)], [0, ['Unchanged']], last.stderr);
    });

    it('a run that finds the data as it was does not say that it wrote, whoever is missing', async () => {
      const [job] = await sharing([['a', 'gone']], ['gone']);
      assert.ok(job !== undefined);
      const why =
        'but not all of its readers were restarted: Deployment/gone: deployments.apps "gone" not found.';
      stage.source.answer = content(entries(10));
      const first = await runs.run(job);
      assert.deepEqual([first.code, wordsOf(first)], [3, ['Written', 'a']]);
      assert.equal(first.message, `The cache was written, ${why}`);
      for (let run = 0; run < 2; run++) {
        const next = await runs.run(job);
        assert.deepEqual([next.code, wordsOf(next)], [3, ['Unchanged']]);
        assert.equal(next.message, `The cache is as it was, ${why}`);
      }
    });
  });
});

/** What a run said: the first word, and the names of those that it restarted. */
function wordsOf({ stdout }: Pick<Outcome, 'stdout'>): readonly string[] {
  const [first = '', ...rest] = stdout.trimEnd().split('\n');
  return [
    first.replace(/: key .*/, ''),
    ...rest.map((line) => line.replace(/^Restarted: Deployment\/(.*)\.$/, '$1')),
  ];
}
