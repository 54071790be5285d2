import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { refreshJobObjects } from '../../src/domain/manifests/refreshJobObjects.ts';
import { Authority } from '../cluster/certificates.ts';
import type { Outcome, RefreshRuns } from './refreshRuns.ts';
import { content, redirect, SourceServer, type Answer } from './sourceServer.ts';
import { entries, newJob, setUp, tearDown, type Stage } from './stage.ts';

const MIB = 1_048_576;
const ACCEPT =
  'less than half is not written unseen. To accept this, refresh it by hand in VS Code.';
const LOGIN = '<!-- 1 > 0 -->\n<!DOCTYPE html><html><body>Sign in</body></html>';

/**
 * What the source does, and the sentence that is left; `SOURCE` stands for its URL. Programs put their words
 * otherwise in other versions.
 */
interface Case {
  readonly title: string;
  readonly answer: Answer;
  readonly message: string | RegExp;
  readonly wanted?: Partial<RefreshJob>;
}

const text = (body: string): Answer => content(body, 'text/plain');

const CASES: readonly Case[] = [
  {
    title: 'D12: 404',
    answer: content('{"error": 1}', 'application/json', 404),
    message: /^SOURCE could not be fetched: The requested URL returned error: 404.*\.$/,
  },
  {
    title: 'D12: 500 with a page',
    answer: content(LOGIN, 'text/html', 500),
    message: /^SOURCE could not be fetched: The requested URL returned error: 500.*\.$/,
  },
  {
    title: 'D27: HTML with 200',
    answer: content('{"a": 1}', 'text/html; charset=utf-8'),
    message: 'SOURCE gave an HTML page in place of data.',
  },
  {
    title: 'HTML that calls itself text, as a text',
    answer: text(LOGIN),
    message: 'SOURCE gave an HTML page in place of data.',
    wanted: { format: 'text' },
  },
  {
    title: 'D12: a redirect to a login page',
    answer: (response, request) => {
      const login = request.url?.startsWith('/login') === true;
      (login ? text(`\ufeff  ${LOGIN}`) : redirect('/login?from=cache'))(response, request);
    },
    message: 'SOURCE gave an HTML page in place of data.',
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
  { title: 'an empty answer', answer: text(''), message: 'SOURCE gave an empty answer.' },
  { title: 'blanks', answer: text('\ufeff \r\n\t\n'), message: 'SOURCE gave an empty answer.' },
  {
    title: 'D12: 204',
    answer: (response) => response.writeHead(204).end(),
    message: 'SOURCE answered 204, which brings no data.',
  },
  {
    title: 'D27: truncated JSON',
    answer: text(entries(10).slice(0, -20)),
    message: /^SOURCE gave no valid JSON: parse error: Unfinished string at EOF .*\.$/,
  },
  {
    title: 'two documents as JSON',
    answer: text('{"a": 1}{"b": 2}'),
    message: 'SOURCE gave no valid JSON: it is not one document.',
  },
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
    title: 'less than half the entries, however long',
    answer: text(entries(4, 'x'.repeat(1000))),
    message: `SOURCE gave 4 entries where the cache has 10: ${ACCEPT}`,
  },
  {
    title: 'less than half the bytes of a text',
    answer: text('short'),
    message: `SOURCE gave 5 bytes where the cache has 172: ${ACCEPT}`,
    wanted: { format: 'text' },
  },
  {
    title: 'a byte too many, and announced',
    answer: (response) =>
      response.writeHead(200, { 'content-length': MIB + 1 }).end('x'.repeat(MIB + 1)),
    message: /^SOURCE could not be fetched: Maximum file size exceeded.*\.$/,
    wanted: { format: 'text' },
  },
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

  for (const shell of ['BusyBox ash', 'dash', 'bash']) {
    describe(`under ${shell} (D16)`, () => {
      let runs: RefreshRuns;
      let job: RefreshJob;

      before(async function () {
        const found = stage.runs.find((each) => each.shell.name === shell);
        if (found === undefined) return this.skip();
        runs = found;
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
        return sentence(outcome, wanted);
      };

      for (const { title, answer, message, wanted } of CASES) {
        it(title, async () => {
          stage.source.answer = answer;
          const left = await failing({ ...job, ...wanted });
          if (typeof message === 'string') assert.equal(left, message);
          else assert.match(left, message);
        });
      }

      it('D13: a source that hangs', async () => {
        stage.source.answer = (response) => response.write('{');
        assert.match(
          await failing(job, { env: { FETCH_SECONDS: '1' } }),
          /^SOURCE could not be fetched: Operation timed out after 1\d{3} milliseconds with 1 .*\.$/,
        );
      });

      it('D13: a source that asks to wait longer than a run may take', async () => {
        const begun = Date.now();
        stage.source.answer = (response) => response.writeHead(503, { 'retry-after': '900' }).end();
        assert.match(
          await failing(job, { env: { RETRIES: '3', FETCHING_SECONDS: '10' } }),
          /^SOURCE could not be fetched: .*\.$/,
        );
        assert.ok(Date.now() - begun < 12_000);
      });

      it('D13: redirects that together take longer than a fetch may', async () => {
        stage.source.answer = (response, request) => {
          setTimeout(() => {
            redirect('/next')(response, request);
          }, 900);
        };
        assert.equal(
          await failing(job, { env: { FETCHING_SECONDS: '2', FETCH_SECONDS: '2' } }).then((left) =>
            left.startsWith('SOURCE could not be fetched: '),
          ),
          true,
        );
      });

      it('a run that is ended from outside', async () => {
        const controller = new AbortController();
        stage.source.answer = () => {
          controller.abort();
        };
        const { code, message } = await runs.run(job, { until: controller.signal });
        assert.equal(code, 143);
        assert.match(
          message,
          /^The run was ended from outside after \d seconds, as by a deadline\.$/,
        );
      });

      it('a redirect from https to http', async () => {
        const authority = await Authority.create();
        const subject = { name: 'source', addresses: ['127.0.0.1'] };
        const secure = await SourceServer.start(await authority.issue(subject));
        const trusted = path.join(stage.plane.directory, `trusted-${shell.replace(' ', '-')}`);
        await writeFile(trusted, authority.cert);
        try {
          secure.answer = redirect(`${stage.source.origin}/mappings`);
          const { length } = stage.source.requests;
          assert.equal(
            await failing(
              { ...job, url: `${secure.origin}/mappings` },
              { env: { CURL_CA_BUNDLE: trusted } },
            ),
            'SOURCE redirects from https to http, which anybody on the way could change.',
          );
          assert.equal(stage.source.requests.length, length);
        } finally {
          await secure.stop();
        }
      });

      it('a certificate that nobody vouches for', async () => {
        const authority = await Authority.create();
        const subject = { name: 'source', addresses: ['127.0.0.1'] };
        const secure = await SourceServer.start(await authority.issue(subject));
        try {
          secure.answer = content(entries(10));
          const message = await failing({ ...job, url: `${secure.origin}/mappings` });
          assert.match(message, /^SOURCE could not be fetched: SSL certificate problem: .*\.$/);
        } finally {
          await secure.stop();
        }
      });

      it('a host that there is not', async () => {
        assert.match(
          await failing({ ...job, url: 'http://no-such-host.invalid/mappings' }),
          /^SOURCE could not be fetched: Could not resolve host: no-such-host.invalid.*\.$/,
        );
      });

      it('D14: a Secret that there is not', async () => {
        const header = { secret: 'some-secret', key: 'header' };
        assert.equal(
          await failing({ ...job, header }),
          `The header for SOURCE is missing: Secret some-secret in namespace ${job.cache.namespace} has none.`,
        );
      });

      it('an immutable map, and one that is full', async () => {
        const place = { namespace: job.cache.namespace, name: 'full' };
        const other = { ...job, cache: place };
        await runs.apply(other);
        const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: place };
        const full = { ...map, data: { 'other.json': 'x'.repeat(MIB - 10) } };
        const apply = (object: object) =>
          stage.plane.kubectl(['apply', '--server-side', '-f', '-'], {
            input: JSON.stringify(object),
          });
        await apply(full);
        stage.source.answer = content(entries(10));
        const start = `The API server did not write ${place.namespace}/full: ConfigMap "full" is invalid:`;
        const tooLong = await failing(other);
        assert.ok(tooLong.startsWith(start) && tooLong.includes('may not be more than'), tooLong);
        await apply({ ...map, data: { 'other.json': '{}' }, immutable: true });
        assert.equal(
          await failing(other),
          `${start} data: Forbidden: field is immutable when \`immutable\` is set.`,
        );
      });

      it('D19, D32: any right less is too few', async () => {
        const { role } = refreshJobObjects(job);
        const [rule] = role.rules;
        const patch = (name: string, verbs: readonly string[]) =>
          stage.plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
            input: JSON.stringify({
              ...refreshJobObjects({ ...job, cache: { ...job.cache, name } }).role,
              rules: [{ ...rule, resourceNames: [name], verbs }],
            }),
          });
        stage.source.answer = content(entries(10));
        assert.deepEqual(rule?.verbs, ['create', 'patch']);
        const fresh = { ...job, cache: { ...job.cache, name: 'absent' } };
        await runs.apply(fresh);
        await patch('absent', ['patch']);
        assert.match(
          await failing(fresh),
          /^The API server did not write .*cannot create resource/,
        );
        await patch(job.cache.name, ['create']);
        assert.match(await failing(job), /^The API server did not write .*cannot patch resource/);
      });
    });
  }
});

function sentence({ message }: Outcome, { url }: RefreshJob): string {
  const { origin, pathname } = new URL(url);
  // D29: what follows the path may be a credential.
  assert.doesNotMatch(message, /hidden/);
  return message.replaceAll(`${origin}${pathname}`, 'SOURCE');
}
