import assert from 'node:assert/strict';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import type { FaultProxy } from '../cluster/faultProxy.ts';
import type { Fault, Match } from '../cluster/passing.ts';
import type { RefreshRuns } from './refreshRuns.ts';
import { serverProxy, type ServerProxy } from './serverProxy.ts';
import { content } from './sourceServer.ts';
import { entries, newJobOn, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

const READER = { kind: 'Deployment', name: 'some-reader' } as const;
const RESTARTED = `Restarted: ${READER.kind}/${READER.name}.`;
const PAGE = '<html>Sign in</html>';

const isLook: Match = ({ body }) => body === '{}';
const isApply: Match = ({ headers }) => headers['content-type'] === 'application/apply-patch+yaml';
const isMove: Match = ({ headers, body, url }) =>
  headers['content-type'] === 'application/merge-patch+json' &&
  body !== '{}' &&
  url.includes('/configmaps/');
const isRestart: Match = ({ url }) => url.includes('/deployments/');

function answer(status: number, body: unknown, isDone = false): Fault {
  return {
    kind: 'answer',
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isDone,
  };
}

const STATUS = { kind: 'Status', apiVersion: 'v1', status: 'Failure' };
const NOT_FOUND = { ...STATUS, code: 404, reason: 'NotFound' };

/** What answers a look in the place of the API server, and how the sentence ends. */
const STRANGERS: readonly (readonly [string, Fault, string])[] = [
  ['404 with a page', answer(404, PAGE), 'it answered 404'],
  ['404 without a word', answer(404, ''), 'it answered 404'],
  ['404 with JSON of its own', answer(404, { message: 'no route' }), 'no route'],
  [
    '404 of the API server, for something else',
    answer(404, { ...NOT_FOUND, message: 'no such path', details: { kind: 'routes' } }),
    'no such path',
  ],
  ['200 with a page', answer(200, PAGE), 'what answered 200 gave no ConfigMap'],
  ['200 without a word', answer(200, ''), 'what answered 200 gave no ConfigMap'],
  ['200 with another object', answer(200, STATUS), 'what answered 200 gave no ConfigMap'],
];

/** What comes back of a write that was carried out. */
const OPEN: readonly (readonly [string, Fault])[] = [
  ['a connection that breaks', { kind: 'cutAfter' }],
  ['504 of a proxy', answer(504, PAGE, true)],
  ['500', answer(500, { ...STATUS, code: 500, message: 'etcdserver: request timed out' }, true)],
  ['200 with a page', answer(200, PAGE, true)],
];

describe('what the refresh script makes of answers that are not the API server’s', () => {
  let stage: Stage;
  let proxy: FaultProxy;
  let through: ServerProxy['through'];

  before(async () => {
    stage = await setUp();
    ({ proxy, through } = await serverProxy(stage));
  });
  afterEach(() => {
    proxy.mend();
  });
  after(async () => {
    await proxy.stop();
    await tearDown(stage);
  });

  // jq judges, and no shell: that of the image is enough.
  describe('under the shell of the image (D16)', () => {
    let runs: RefreshRuns;

    before(function () {
      runs = runsUnder(stage, 'BusyBox ash', this);
    });

    /** A job with a reader, on a map that holds this. */
    const jobOn = (map: object, wanted: Partial<RefreshJob> = {}) =>
      newJobOn(stage, runs, map, { restarts: [READER], ...wanted });
    const failing = async (job: RefreshJob, match: Match, fault: Fault) => {
      proxy.break(match, fault);
      const { code, message, stdout } = await runs.run(job, { env: through });
      assert.deepEqual([code, stdout], [1, '']);
      return message.replaceAll(job.cache.namespace, 'NAMESPACE');
    };

    it('a look that somebody else answers does not say that there is no map', async () => {
      const job = await jobOn({ data: { 'mappings.json': entries(10) } });
      // Would be weighed and refused, and is not to be written where it cannot be weighed.
      stage.source.answer = content(entries(1));
      const before = await runs.map(job);
      for (const [title, fault, words] of STRANGERS) {
        const said = await failing(job, isLook, fault);
        const start = 'The API server did not write NAMESPACE/some-cache';
        assert.equal(said, `${start}: ${words}.`, title);
        assert.deepEqual(await runs.map(job), before, title);
      }
    });

    for (const [title, fault] of OPEN) {
      it(`a write that ends in ${title} may have been carried out, and the next run finds it`, async () => {
        const job = await jobOn({ data: { 'mappings.json': entries(10) } });
        stage.source.answer = content(entries(11));
        const said = await failing(job, isApply, fault);
        assert.match(
          said,
          /^It is not known whether the API server wrote NAMESPACE\/some-cache: .+\.$/,
        );
        assert.equal((await runs.map(job))?.data?.['mappings.json'], entries(11));
        const { code, stdout } = await runs.run(job, { env: through });
        assert.equal(code, 0);
        assert.match(stdout, new RegExp(`^Unchanged: .*\n${RESTARTED}\n$`));
      });
    }

    it('a write that was refused is told as one that was not made', async () => {
      const job = await jobOn({ data: { 'mappings.json': entries(10) } });
      stage.source.answer = content(entries(11));
      const refused = answer(403, { ...STATUS, code: 403, message: 'a webhook said no' });
      assert.equal(
        await failing(job, isApply, refused),
        'The API server did not write NAMESPACE/some-cache: a webhook said no.',
      );
    });

    it('data that was moved is written, whatever comes of what is kept about it', async () => {
      for (const [fault, words] of [
        [answer(403, { ...STATUS, code: 403, message: 'a webhook said no' }), 'a webhook said no'],
        [answer(504, PAGE), 'it answered 504'],
      ] as const) {
        const binaryData = { table: Buffer.from('caf\u00e9', 'latin1').toString('base64') };
        const job = await jobOn({ binaryData }, { key: 'table', format: 'text' });
        stage.source.answer = content('a caf\u00e9', 'text/plain');
        assert.equal(
          await failing(job, isApply, fault),
          'Key table of NAMESPACE/some-cache was written, but perhaps not its source and time, and no reader was restarted: ' +
            `${words}.`,
        );
        assert.deepEqual((await runs.map(job))?.data, { table: 'a caf\u00e9' });
        const { stdout } = await runs.run(job, { env: through });
        assert.match(stdout, new RegExp(`^Unchanged: .*\n${RESTARTED}\n$`));
      }
    });

    it('of data that was to be moved it is not known, where no answer came', async () => {
      const binaryData = { table: Buffer.from('caf\u00e9', 'latin1').toString('base64') };
      const job = await jobOn({ binaryData }, { key: 'table', format: 'text' });
      stage.source.answer = content('a caf\u00e9', 'text/plain');
      assert.match(await failing(job, isMove, { kind: 'cutAfter' }), /^It is not known whether /);
      assert.deepEqual((await runs.map(job))?.data, { table: 'a caf\u00e9' });
    });

    it('a restart that somebody else answers is none', async () => {
      const job = await jobOn({ data: { 'mappings.json': entries(10) } });
      stage.source.answer = content(entries(11));
      proxy.break(isRestart, answer(200, PAGE));
      const { code, message } = await runs.run(job, { env: through });
      assert.equal(code, 3);
      assert.match(message, / Deployment\/some-reader: what answered 200 gave no Deployment\.$/);
      assert.ok((await runs.run(job, { env: through })).stdout.endsWith(`${RESTARTED}\n`));
    });
  });
});
