import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { read } from '../../src/domain/content/reading.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { Authority } from '../cluster/certificates.ts';
import type { RefreshRuns } from './refreshRuns.ts';
import { ACCEPT, assertSays, LOGIN, MIB, sentence, text, type Refusal } from './refusals.ts';
import { content, redirect, SourceServer } from './sourceServer.ts';
import { create, entries, newJob, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

/** Some of it is JSON to jq. */
const ALMOST_JSON = ["{'a': 1}", '{"a": NaN}', '{"a": 01}', '[.5]', '[1.]', '{"a": "x\ny"}'];

/** As many entries as the map holds, and nothing in them. */
const EMPTIED = JSON.stringify(Array(10).fill([]));

const CASES: readonly Refusal[] = [
  {
    title: 'HTML that calls itself text, as a text',
    answer: text(LOGIN),
    message: 'SOURCE gave an HTML page in place of data.',
    wanted: { format: 'text' },
  },
  {
    title: 'HTML behind an XML declaration, as a text',
    answer: text('<?xml version="1.0"?>\n<html><body>Sign in</body></html>'),
    message: 'SOURCE gave an HTML page in place of data.',
    wanted: { format: 'text' },
  },
  {
    title: 'redirects without end',
    answer: (response, request) => {
      redirect(request.url ?? '')(response, request);
    },
    message: 'SOURCE redirects more than 5 times.',
  },
  {
    title: 'a redirect to a file',
    answer: redirect('file:///etc/passwd'),
    message: /^SOURCE could not be fetched: Protocol "file" .*\.$/,
  },
  {
    title: 'another status than one that brings data',
    answer: content('{"a": 1}', 'application/json', 304),
    message: 'SOURCE answered 304, which brings no data.',
  },
  { title: 'blanks', answer: text('\ufeff \r\n\t\n'), message: 'SOURCE gave an empty answer.' },
  {
    title: 'two documents as JSON',
    answer: text('{"a": 1}{"b": 2}'),
    message: 'SOURCE gave no valid JSON: it is not one document.',
  },
  ...ALMOST_JSON.map((body) => ({
    title: `what only looks like JSON: ${JSON.stringify(body)}`,
    answer: text(body),
    message: /^SOURCE gave no valid JSON: .*\.$/,
  })),
  {
    title: 'JSON that is not UTF-8',
    answer: content(Buffer.from('{"a": "\u00e9"}', 'latin1')),
    message: 'SOURCE gave bytes that are not UTF-8, and no JSON.',
  },
  {
    title: 'YAML that is none',
    answer: text('a: [1, 2\nb: 3\n'),
    message: /^SOURCE gave no valid YAML: .*did not find expected .*\.$/,
    wanted: { format: 'YAML' },
  },
  { title: 'no entries', answer: text('{"items": []}'), message: 'SOURCE gave no entries.' },
  {
    title: 'less than half the bytes of a text',
    answer: text('s'),
    message: `SOURCE gave 1 byte where the cache has 172: less than half ${ACCEPT}`,
    wanted: { format: 'text' },
  },
  {
    title: 'one entry in place of many',
    answer: text('{"a": 1}'),
    message: `SOURCE gave 1 entry where the cache has 10: less than half ${ACCEPT}`,
  },
  {
    title: 'as many entries, that hold less than half',
    answer: text(EMPTIED),
    message: `SOURCE gave ${EMPTIED.length} bytes where the cache has 172: less than half ${ACCEPT}`,
  },
  ...(
    [
      ['JSON', '"no healthy upstream"'],
      ['YAML', 'no healthy upstream\n'],
      ['properties', '# 503\nno healthy upstream\n'],
    ] as const
  ).map(([format, body]) => ({
    title: `a sentence as ${format}`,
    answer: text(body),
    message: `SOURCE gave text without names and lists: what may be a message in place of data ${ACCEPT}`,
    wanted: { format },
  })),
  {
    title: 'a byte too many, and not announced',
    answer: (response) => {
      response.write('x'.repeat(MIB));
      response.end('x');
    },
    message: `SOURCE is larger than the ${MIB} bytes that a ConfigMap may hold.`,
    wanted: { format: 'text' },
  },
  {
    title: 'D13: an answer without end',
    answer: (response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    },
    message: `SOURCE is larger than the ${MIB} bytes that a ConfigMap may hold.`,
  },
  {
    title: 'a connection that breaks',
    answer: (response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('{"a": 1}');
      setTimeout(() => response.destroy(), 50);
    },
    message: /^SOURCE could not be fetched: .*992 bytes.*\.$/,
  },
];

describe('the refresh script writes nothing and says why', () => {
  let stage: Stage;

  before(async () => {
    stage = await setUp();
  });
  after(() => tearDown(stage));

  it('what only looks like JSON is none to the editor either', () => {
    for (const body of ALMOST_JSON) {
      assert.equal(read('JSON', Buffer.from(body)).kind, 'unreadable', body);
    }
  });

  for (const shell of ['BusyBox ash', 'dash', 'bash']) {
    describe(`under ${shell} (D16)`, () => {
      let runs: RefreshRuns;
      let job: RefreshJob;

      before(async function () {
        runs = runsUnder(stage, shell, this);
        job = await newJob(stage);
        await runs.apply(job);
        stage.source.answer = content(entries(10));
        assert.equal((await runs.run(job)).code, 0);
      });

      /** Runs a job on a map that must stay as it is; gives the sentence that was left. */
      const failing = async (wanted: RefreshJob, options?: Parameters<RefreshRuns['run']>[1]) => {
        const before = await runs.map(wanted);
        const outcome = await runs.run(wanted, options);
        assert.equal(outcome.code, 1, outcome.stdout);
        // D30: nothing that sounds like success.
        assert.equal(outcome.stdout, '');
        assert.ok(outcome.stderr.includes(outcome.message), outcome.stderr);
        assert.deepEqual(await runs.map(wanted), before);
        return sentence(outcome.message, wanted);
      };

      for (const { title, answer, message, wanted } of CASES) {
        it(title, async () => {
          stage.source.answer = answer;
          assertSays(await failing({ ...job, ...wanted }), message);
        });
      }

      it('but a sentence that takes the place of another one', async () => {
        const other = await newJob(stage, { key: 'greeting.json' });
        const { name, namespace } = other.cache;
        const data = { 'greeting.json': '"Good day"' };
        const metadata = { name, namespace };
        await create(stage, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }]);
        await runs.apply(other);
        stage.source.answer = text('"Good night"');
        const { code, stdout } = await runs.run(other);
        assert.equal(code, 0);
        assert.match(stdout, /^Written: key greeting.json of n-\d+\/some-cache, 1 entry\.$/m);
      });

      it('D13: a source that asks to wait longer than a run may take', async () => {
        // Whoever waited as it was told would not end before this test does.
        stage.source.answer = (response) => response.writeHead(503, { 'retry-after': '900' }).end();
        assert.match(
          await failing(job, { env: { RETRIES: '3', FETCHING_SECONDS: '10' } }),
          /^SOURCE could not be fetched: .*\.$/,
        );
      });

      it('D13: redirects that together take longer than a fetch may', async () => {
        stage.source.answer = (response, request) => {
          setTimeout(() => {
            redirect('/next')(response, request);
          }, 900);
        };
        assert.match(
          await failing(job, { env: { FETCHING_SECONDS: '2', FETCH_SECONDS: '2' } }),
          // By the whole second in which it began, the third is cut or is not made.
          /^SOURCE could not be fetched: (.* timed out|2 seconds were not enough)/,
        );
      });

      it('D13: a run that has no time left to write', async () => {
        stage.source.answer = content(entries(10));
        assert.match(
          await failing(job, { env: { RUN_SECONDS: '0' } }),
          /^The API server did not write .*: no time was left\.$/,
        );
      });

      it('a URL that is longer than what a kubelet keeps of a message', async () => {
        stage.source.answer = content('', 'text/plain', 404);
        const url = `${stage.source.origin}/${'x'.repeat(3000)}`;
        const said = await runs.run({ ...job, url });
        assert.equal(said.code, 1);
        assert.equal(Buffer.byteLength(said.message), 2000);
      });

      it('but takes a page where the key is to hold one', async () => {
        stage.source.answer = content(LOGIN, 'text/html');
        for (const key of ['page.html', 'page.HTM', 'page.xml']) {
          const page: RefreshJob = { ...job, key, format: 'text' };
          await runs.apply(page);
          assert.equal((await runs.run(page)).code, 0, key);
        }
      });

      it('and leaves nothing in its scratch, as after a success', async () => {
        const scratch = await mkdtemp(path.join(stage.plane.directory, 'scratch-'));
        const inside = new Set<number>();
        stage.source.answer = (response, request) => {
          for (const name of readdirSync(scratch, { recursive: true, encoding: 'utf8' })) {
            inside.add(statSync(path.join(scratch, name)).mode & 0o077);
          }
          content('')(response, request);
        };
        const umask = process.umask(0);
        try {
          assert.equal((await runs.run(job, { env: { TMPDIR: scratch } })).code, 1);
        } finally {
          process.umask(umask);
        }
        // Nobody else may read what is in it, whatever the image would grant.
        assert.deepEqual([...inside], [0]);
        assert.deepEqual(await readdir(scratch), []);
        stage.source.answer = content(entries(10));
        assert.equal((await runs.run(job, { env: { TMPDIR: scratch } })).code, 0);
        assert.deepEqual(await readdir(scratch), []);
      });

      it('a run that is ended from outside', async () => {
        const controller = new AbortController();
        const left: Promise<unknown>[] = [];
        stage.source.answer = (response) => {
          left.push(once(response, 'close'));
          controller.abort();
        };
        // Longer than a test may take.
        const env = { FETCH_SECONDS: '600', FETCHING_SECONDS: '1200' };
        const { code, message } = await runs.run(job, { env, until: controller.signal });
        assert.equal(code, 143);
        assert.match(
          message,
          /^The run was ended from outside after \d seconds, as by a deadline\.$/,
        );
        // No curl goes on after it.
        assert.equal(left.length, 1);
        await Promise.all(left);
      });

      it('an image that lacks a program', async function () {
        const ash = stage.runs.find((each) => each.shell.name === 'BusyBox ash')?.shell;
        const [, applets] = ash?.path.split(path.delimiter) ?? [];
        if (applets === undefined) return this.skip();
        assert.equal(
          await failing(job, { env: { PATH: applets } }),
          'The script needs programs that are not here: curl jq kubectl.',
        );
      });

      it('a redirect from https to something else', async () => {
        const authority = await Authority.create();
        const subject = { name: 'source', addresses: ['127.0.0.1'] };
        const secure = await SourceServer.start(await authority.issue(subject));
        const trusted = path.join(stage.plane.directory, `trusted-${shell.replace(' ', '-')}`);
        await writeFile(trusted, authority.cert);
        try {
          const { length } = stage.source.requests;
          const { host } = new URL(stage.source.origin);
          const places = [
            [`http://${host}/mappings`, /^SOURCE redirects from https to http, which anybody/],
            [`ftp://${host}/mappings`, /^SOURCE could not be fetched: Protocol "ftp" .*\.$/],
          ] as const;
          for (const [place, message] of places) {
            secure.answer = redirect(place);
            assert.match(
              await failing(
                { ...job, url: `${secure.origin}/mappings` },
                { env: { CURL_CA_BUNDLE: trusted } },
              ),
              message,
            );
          }
          assert.equal(stage.source.requests.length, length);
        } finally {
          await secure.stop();
        }
      });
    });
  }
});
