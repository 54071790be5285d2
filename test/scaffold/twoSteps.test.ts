import assert from 'node:assert/strict';
import { etagAnnotation } from '../../src/domain/facts.ts';
import type { EventRefresh } from '../../src/domain/manifests/events/eventRefresh.ts';
import { eventRefreshGroups } from '../../src/domain/manifests/events/eventRefreshFiles.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import type { Manifest } from './argoRules.ts';
import { TRIGGERS } from './eventRefreshes.ts';
import { edit } from './meanwhile.ts';
import { stepOf, type Map, type RefreshRuns, type Runnable } from './refreshRuns.ts';
import { content, type Answer } from './sourceServer.ts';
import { entries, newJob, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

/** A source that knows its own version, and sends nothing to whom has it. */
function versioned(body: string, etag: string): Answer {
  return (response, request) => {
    response.setHeader('etag', etag);
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else content(body)(response, request);
  };
}

describe('a refresh that asks whether there is something to do, run for real', () => {
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

      it('D13, D43: keeps the ETag with the content that it belongs to, and asks by it', async () => {
        const job = await newJob(stage, { conditional: true });
        await runs.apply(job);
        const asked = async (answer: Answer, wanted: Partial<RefreshJob> = {}) => {
          stage.source.answer = answer;
          const outcome = await runs.run({ ...job, ...wanted });
          assert.equal(outcome.code, 0, outcome.stderr);
          return {
            said: outcome.stdout.split(':')[0],
            by: stage.source.requests.at(-1)?.headers['if-none-match'],
            map: await runs.map(job),
          };
        };
        const one = versioned(entries(10), 'W/"1"');
        const first = await asked(one);
        assert.deepEqual([first.said, first.by], ['Written', undefined]);
        const second = await asked(one);
        assert.deepEqual([second.said, second.by], ['Unchanged', 'W/"1"']);
        assert.deepEqual(second.map?.data, { 'mappings.json': entries(10) });
        assert.match(kept(second.map), /^[0-9a-f]{16} W\/"1"$/);
        // An answer without data says nothing of what it would be, and may leave the ETag out.
        const bare = await asked((response) =>
          response.writeHead(304, { 'content-type': 'text/html' }).end(),
        );
        assert.deepEqual([bare.said, kept(bare.map)], ['Unchanged', kept(second.map)]);
        // What another URL or format gave, or what was changed by hand, is not what the ETag stands for.
        const other = await asked(one, { url: `${stage.source.origin}/other` });
        assert.deepEqual([other.said, other.by], ['Unchanged', undefined]);
        const header = { secret: 'some-secret', key: 'header' };
        const literal = `--from-literal=${header.key}=X-Api-Key: some`;
        const secret = ['create', 'secret', 'generic', header.secret, literal];
        await stage.plane.kubectl([...secret, '-n', job.cache.namespace]);
        for (const wanted of [{ header }, { format: 'text' }] as const) {
          await asked(one);
          assert.equal((await asked(one, wanted)).by, undefined);
        }
        await asked(one);
        await edit(stage, job, { data: { 'mappings.json': entries(11) } });
        const edited = await asked(one);
        assert.deepEqual([edited.said, edited.by], ['Written', undefined]);
        assert.deepEqual(edited.map?.data, { 'mappings.json': entries(10) });
        const changed = await asked(versioned(entries(12), '"2"'));
        assert.deepEqual([changed.said, changed.by], ['Written', 'W/"1"']);
        assert.match(kept(changed.map), /^[0-9a-f]{16} "2"$/);
        // What somebody else put there becomes no header.
        const { namespace, name } = job.cache;
        const forged = `${etagAnnotation(job.key)}=${kept(changed.map)}\nX-Other: 1\n"`;
        const annotate = ['annotate', '--overwrite', 'configmap', name, forged, '-n', namespace];
        await stage.plane.kubectl(annotate);
        assert.equal((await asked(one)).by, undefined);
        assert.equal(stage.source.requests.at(-1)?.headers['x-other'], undefined);
        // A source that has none any more, or one that is none.
        for (const etag of ['unquoted', '"a b"', '"caf\u00e9"', '"']) {
          assert.equal(kept((await asked(versioned(entries(12), etag))).map), '', etag);
        }
      });

      it('D39, D41: the first step says one word, and the second finds the same for itself', async () => {
        const job = await newJob(stage);
        const { refresh, of } = await workflowOf(stage, job);
        const step = async (name: string) => {
          const { code, stdout, stderr } = await runs.run(job, { env: { STEP: name }, of });
          assert.equal(code, 0, stderr);
          return { stdout, map: await runs.map(job) };
        };
        stage.source.answer = content(entries(10));
        assert.deepEqual(await step('detect'), { stdout: 'changed\n', map: undefined });
        const { map } = await step('update');
        assert.deepEqual(map?.data, { [refresh.key]: entries(10) });
        await edit(stage, job, { data: { other: 'kept' } });
        const same = await step('detect');
        assert.equal(same.stdout, 'unchanged\n');
        assert.deepEqual(same.map?.data, { [refresh.key]: entries(10), other: 'kept' });
        stage.source.answer = content(entries(11));
        assert.deepEqual((await step('detect')).map, same.map);
        assert.equal((await step('update')).map?.data?.[refresh.key], entries(11));
      });

      it('D12, D41: a first step that fails says nothing on its output', async () => {
        const job = await newJob(stage);
        const { of } = await workflowOf(stage, job);
        stage.source.answer = content('<html>', 'text/html', 500);
        const outcome = await runs.run(job, { env: { STEP: 'detect' }, of });
        assert.deepEqual([outcome.code, outcome.stdout], [1, '']);
        assert.match(outcome.message, /could not be fetched: .*500/);
      });
    });
  }
});

function kept(map: Map | undefined): string {
  return map?.metadata.annotations?.[etagAnnotation('mappings.json')] ?? '';
}

/** A refresh on an event, with the rights of its workflow, and the container of its steps as Argo starts it. */
async function workflowOf(
  stage: Stage,
  job: RefreshJob,
): Promise<{ refresh: EventRefresh; of: Runnable }> {
  const [trigger] = TRIGGERS;
  assert.ok(trigger);
  const refresh = { ...job, url: `${job.url}&{{x}}`, trigger, eventBus: false };
  const [access, ...rest] = eventRefreshGroups(refresh);
  await stage.plane.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: access?.objects }),
  });
  const manifests = rest.flatMap(({ objects }) => objects) as Manifest[];
  return { refresh, of: stepOf(manifests) };
}
