import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { factsOf } from '../../src/domain/facts.ts';
import { manualScript, type ManualRefresh } from '../../src/domain/manifests/manualScript.ts';
import { mapOf, newRefresh as newRefreshOn, runByHand, type HandOptions } from './byHand.ts';
import type { Shell } from './shells.ts';
import { content } from './sourceServer.ts';
import { chance } from '../fakes/chance.ts';
import { hostileText } from '../fakes/hostileTexts.ts';
import { run as printed } from '../run.ts';
import { entries, runsUnder, setUp, tearDown, type Stage } from './stage.ts';

/** As large as the bytes that take its place. */
const TEXT = 'text'.repeat(256);

describe('the script for a refresh by hand, run for real', () => {
  let stage: Stage;

  before(async () => {
    stage = await setUp();
  });
  after(() => tearDown(stage));

  const newRefresh = (wanted: Partial<ManualRefresh> = {}) => newRefreshOn(stage, wanted);
  const run = (shell: Shell, refresh: ManualRefresh, options: HandOptions = {}) =>
    runByHand(stage, shell, refresh, options);
  const map = (refresh: ManualRefresh) => mapOf(stage, refresh);
  const fails = async (
    shell: Shell,
    refresh: ManualRefresh,
    options: HandOptions,
    words: RegExp,
  ) => {
    const before = await map(refresh);
    const { code, stderr } = await run(shell, refresh, options);
    assert.equal(code, 1, stderr);
    assert.match(stderr, words);
    assert.equal((await map(refresh))?.metadata.resourceVersion, before?.metadata.resourceVersion);
  };

  for (const name of ['BusyBox ash', 'dash', 'bash']) {
    describe(`under ${name}`, () => {
      let shell: Shell;

      before(function () {
        ({ shell } = runsUnder(stage, name, this));
      });

      it('creates, changes, leaves what others have, and writes the time alone where nothing is new', async () => {
        const refresh = await newRefresh();
        stage.source.answer = content(entries(10));
        const created = await run(shell, refresh);
        assert.deepEqual([created.code, created.stderr], [0, '']);
        const { namespace } = refresh.cache;
        await stage.plane.kubectl([
          ...['patch', 'configmap', 'some-cache', '-n', namespace, '--type=merge', '-p'],
          '{"data":{"other":"stays"},"metadata":{"labels":{"team":"a"}}}',
        ]);
        stage.source.answer = content(entries(11));
        const changed = await run(shell, refresh);
        assert.deepEqual([changed.code, changed.stderr], [0, '']);
        assert.match(
          changed.stdout,
          /^Written: key mappings.json of n-\d+\/some-cache in context demo, 11 entries\.\n$/,
        );
        const now = await map(refresh);
        assert.deepEqual(now?.data, { 'mappings.json': entries(11), other: 'stays' });
        assert.deepEqual(now.metadata.labels, { team: 'a' });
        const { source, maxAge } = factsOf(now.metadata.annotations ?? {}, 'mappings.json');
        assert.deepEqual([source, maxAge], [`${stage.source.origin}/mappings`, '36h']);
        // As a save of the editor does, so that each takes the other for the same.
        const managers = now.metadata.managedFields?.map(({ manager }) => manager).sort();
        assert.deepEqual(managers, ['cache-configmaps', 'kubectl-patch']);
        const same = await run(shell, refresh, { args: [] });
        assert.match(same.stdout, /^Unchanged/, same.stderr);
      });

      it('keeps bytes as bytes, and takes a key from data to binaryData and back', async () => {
        const refresh = await newRefresh({ key: 'table', format: 'binary' });
        const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
        for (const [body, section] of [
          [TEXT, 'data'],
          [bytes, 'binaryData'],
          [bytes, 'binaryData'],
          [TEXT, 'data'],
        ] as const) {
          stage.source.answer = content(body, 'application/octet-stream');
          const { code, stdout, stderr } = await run(shell, refresh);
          assert.equal(code, 0, stderr);
          const now = await map(refresh);
          const value = section === 'data' ? TEXT : bytes.toString('base64');
          assert.deepEqual(
            { data: now?.data, binaryData: now?.binaryData },
            { data: undefined, binaryData: undefined, [section]: { table: value } },
          );
          assert.match(stdout, /^(Written|Unchanged)/);
        }
      });

      it('writes nothing where nobody answers, where the answer is bad, and where the map is another than it was', async () => {
        const refresh = await newRefresh();
        stage.source.answer = content(entries(10));
        assert.equal((await run(shell, refresh)).code, 0);
        stage.source.answer = content(entries(11));
        await fails(shell, refresh, { args: [] }, /Nobody can be asked here/);
        await fails(shell, refresh, { args: ['--force'] }, /The only option is --yes/);
        await fails(
          shell,
          { ...refresh, context: 'other' },
          {},
          /in context other could not be read: .*other/,
        );
        await fails(
          shell,
          refresh,
          { env: { SOURCE_HEADER: '/nowhere' } },
          /the file \/nowhere has no line such as Name: value\.$/m,
        );
        stage.source.answer = content('<html>login</html>', 'text/html');
        await fails(shell, refresh, {}, /gave an HTML page in place of data/);
        stage.source.answer = content(entries(4));
        await fails(shell, refresh, {}, /gave 4 entries where the cache has 10: less than half/);
        stage.source.answer = content('', 'application/json', 500);
        await fails(shell, refresh, { env: { RETRIES: '0' } }, /could not be fetched/);
        const { name: cache, namespace } = refresh.cache;
        let edited: Promise<string> | undefined;
        stage.source.answer = (response, request) => {
          const change = ['-p', '{"data":{"by":"hand"}}', '-n', namespace];
          edited = stage.plane.kubectl(['patch', 'configmap', cache, ...change]);
          edited
            .finally(() => {
              content(entries(12))(response, request);
            })
            .catch(() => undefined);
        };
        const { code, stderr } = await run(shell, refresh);
        assert.equal(code, 1);
        assert.match(stderr, /was not written: .*the object has been modified/);
        assert.match((await edited) ?? '', /patched/);
        assert.equal((await map(refresh))?.data?.['mappings.json'], entries(10));
      });

      it('asks at a terminal with what it would write, and takes only a yes for one', async function () {
        // The program of other systems is called so, too, and takes other options.
        if (process.platform !== 'linux') return this.skip();
        const refresh = await newRefresh();
        const place = `${refresh.cache.namespace}/some-cache in context demo`;
        stage.source.answer = content(entries(10));
        for (const typed of ['n\n', '\n', 'yesterday\n', '\u0004']) {
          const { code, stdout } = await run(shell, refresh, { args: [], typed });
          assert.ok(
            stdout.startsWith(
              `Write key mappings.json of ${place}: 10 entries where it is not there yet? [y/N] `,
            ),
            stdout,
          );
          assert.equal(code, 1, stdout);
          assert.match(stdout, /Nothing was written\.\s*$/);
          assert.equal(await map(refresh), undefined);
        }
        const first = await run(shell, refresh, { args: [], typed: 'y\n' });
        assert.match(first.stdout, /Written: key mappings\.json of .*, 10 entries\.\s*$/);
        assert.equal(first.code, 0);
        stage.source.answer = content(entries(11));
        const again = await run(shell, refresh, { args: [], typed: 'YES\n' });
        assert.match(again.stdout, /: 11 entries where the cache has 10 entries\? \[y\/N\] /);
        assert.equal((await map(refresh))?.data?.['mappings.json'], entries(11));
      });

      it('writes nothing where the context leads to another server, and reads the files that it was given', async () => {
        const kubeconfig = path.join(stage.plane.directory, 'elsewhere:also');
        const meant = 'https://meant.example:6443';
        stage.source.answer = content(entries(10));
        const elsewhere = await newRefresh({ server: meant });
        const words = `^Context demo leads to ${stage.plane.server} here, and .* made for ${meant}. Nothing`;
        await fails(shell, elsewhere, {}, new RegExp(words));
        const env = { KUBECONFIG: path.join(stage.plane.directory, 'none') };
        await fails(shell, await newRefresh(), { env }, /in context demo could not be read/);
        const named = await newRefresh({ kubeconfig: stage.plane.kubeconfig });
        const { code, stdout, stderr } = await run(shell, named, { env });
        assert.deepEqual([code, stderr], [0, ''], stdout);
        assert.match(
          manualScript({ ...named, kubeconfig }).text,
          /^export KUBECONFIG=.*elsewhere:also'?$/m,
        );
      });

      it('values are never code', async () => {
        const hostile = `'"; touch ${stage.plane.directory}/hit $(touch ${stage.plane.directory}/hit)\n#`;
        const refresh = await newRefresh({ context: hostile });
        await fails(shell, refresh, {}, /could not be read/);
        assert.equal(existsSync(path.join(stage.plane.directory, 'hit')), false);
      });

      it('what was typed arrives as it was typed: 1,000 hostile texts', async () => {
        const below = chance(19);
        const text = () => hostileText(below).replaceAll('\0', '');
        const { directory } = stage.plane;
        const [program = '', ...args] = shell.command;
        for (let number = 0; number < 100; number++) {
          const url = new URL('https://example.com/');
          [url.pathname, url.search] = [text(), text()];
          const refresh: ManualRefresh = {
            cache: { namespace: text(), name: text() },
            key: text(),
            format: 'JSON',
            url: url.href,
            maxAge: text(),
            restarts: [{ kind: 'Deployment', name: text() }],
            context: text(),
            server: text(),
            kubeconfig: text(),
          };
          const wanted = {
            NAMESPACE: refresh.cache.namespace,
            CACHE: refresh.cache.name,
            KEY: refresh.key,
            SOURCE_URL: url.href,
            MAX_AGE: refresh.maxAge,
            RESTARTS: `Deployment/${refresh.restarts[0]?.name ?? ''}`,
            CONTEXT: refresh.context,
            SERVER: refresh.server,
            KUBECONFIG: refresh.kubeconfig,
          };
          // Ends where what is constant begins, and prints what it was told.
          const [head = ''] = manualScript(refresh).text.split('\nset -euf\n');
          const names = Object.keys(wanted).map((name) => `"$${name}"`);
          const script = `${head}\nprintf '%s\\0' ${names.join(' ')}\n`;
          const file = path.join(directory, 'told.sh');
          await writeFile(file, script);
          const { stdout } = await printed(program, [...args, file]);
          assert.deepEqual(stdout.split('\0').slice(0, -1), Object.values(wanted), script);
        }
      });

      it('restarts readers after a change, and says of which it is not known that they have restarted', async () => {
        const refresh = await newRefresh({ restarts: [{ kind: 'Deployment', name: 'web' }] });
        const { namespace } = refresh.cache;
        const create = ['create', 'deployment', 'web', '--image=image:1', '-n', namespace];
        await stage.plane.kubectl(create);
        stage.source.answer = content(entries(10));
        // No controller runs here, so that it never ends.
        const { code, stderr } = await run(shell, refresh, { env: { ROLLOUT_TIMEOUT: '1s' } });
        assert.equal(code, 3, stderr);
        assert.match(stderr, /not all of its readers were restarted: Deployment\/web: .*timed out/);
        assert.deepEqual((await map(refresh))?.data, { 'mappings.json': entries(10) });
        const time =
          'jsonpath={.spec.template.metadata.annotations.kubectl\\.kubernetes\\.io/restartedAt}';
        const args = ['get', 'deployment', 'web', '-n', namespace, '-o', time];
        assert.notEqual(await stage.plane.kubectl(args), '');
      });

      it('restarts in the next run the readers that a run has left, and no others', async () => {
        const restarts = ['web', 'later'].map((each) => ({
          kind: 'Deployment' as const,
          name: each,
        }));
        const refresh = await newRefresh({ restarts });
        const { namespace } = refresh.cache;
        const deploy = async (each: string) => {
          await stage.plane.kubectl([
            'create',
            'deployment',
            each,
            '--image=image:1',
            '-n',
            namespace,
          ]);
          // No controller runs here: by this state every rollout has ended.
          const ready = { replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 };
          const patch = JSON.stringify({ status: { observedGeneration: 99, ...ready } });
          const status = ['--subresource=status', '--type=merge', '-p', patch];
          await stage.plane.kubectl(['patch', 'deployment', each, '-n', namespace, ...status]);
        };
        await deploy('web');
        stage.source.answer = content(entries(10));
        const first = await run(shell, refresh);
        assert.equal(first.code, 3, first.stderr);
        assert.match(first.stderr, /restarted: Deployment\/later: .*not found\.$/m);
        await fails(shell, refresh, { args: [] }, /Nobody can be asked here/);
        await deploy('later');
        const words = async () => {
          const { code, stdout, stderr } = await run(shell, refresh);
          assert.deepEqual([code, stderr], [0, '']);
          return stdout
            .replace(/:? key .*/g, '')
            .trimEnd()
            .split('\n');
        };
        assert.deepEqual(await words(), ['Unchanged', 'Restarted: Deployment/later.']);
        assert.deepEqual(await words(), ['Unchanged']);
        stage.source.answer = content(entries(11));
        const both = restarts.map(({ name: each }) => `Restarted: Deployment/${each}.`);
        const killed = await run(shell, refresh, { killedOn: /Written/ });
        assert.equal(killed.code, null);
        assert.deepEqual(await words(), ['Unchanged', ...both]);
        const managers = (await map(refresh))?.metadata.managedFields;
        assert.deepEqual(
          managers?.map(({ manager }) => manager),
          ['cache-configmaps'],
        );
      });
    });
  }
});
