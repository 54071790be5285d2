import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { factsOf } from '../../src/domain/facts.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { podOf, type Map, type Outcome, type RefreshRuns } from './refreshRuns.ts';
import { content, redirect, SourceServer } from './sourceServer.ts';
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

/** A run that wrote; its map. */
async function written(runs: RefreshRuns, job: RefreshJob, outcome: Outcome): Promise<Map> {
  assert.deepEqual([outcome.code, outcome.message], [0, ''], outcome.stderr);
  const map = await runs.map(job);
  assert.ok(map);
  return map;
}

describe('the refresh script, run for real', () => {
  let stage: Stage;

  before(async () => {
    stage = await setUp();
    await installArgoKinds(stage.plane);
  });
  after(() => tearDown(stage));

  for (const shell of ['BusyBox ash', 'dash', 'bash']) {
    describe(`under ${shell} (D16)`, () => {
      let runs: RefreshRuns;

      before(function () {
        runs = runsUnder(stage, shell, this);
      });
      const facts = (map: Map, key = 'mappings.json') =>
        factsOf(map.metadata.annotations ?? {}, key);

      const started = async (body: string, wanted: Partial<RefreshJob> = {}) => {
        const job = await newJob(stage, wanted);
        await runs.apply(job);
        stage.source.answer = content(body, 'text/plain; charset=utf-8');
        // Wherever the clock of a node stands.
        return {
          job,
          map: await written(runs, job, await runs.run(job, { env: { TZ: 'XXX-9' } })),
        };
      };

      /** A job that has restarted its reader for what the map holds, and that map. */
      const withDeployment = async () => {
        const restarts = [{ kind: 'Deployment', name: 'some-deployment' }] as const;
        const job = await newJob(stage, { restarts });
        await runs.apply(job);
        const { namespace } = job.cache;
        await create(stage, [workload('Deployment', { name: 'some-deployment', namespace })]);
        stage.source.answer = content(entries(10));
        const outcome = await runs.run(job);
        assert.match(outcome.stdout, /^Restarted: Deployment\/some-deployment\.$/m);
        return { job, map: await written(runs, job, outcome) };
      };

      it('D18: creates the map in the first run, with what is to be remembered about the key', async () => {
        const body = entries(10);
        const { map } = await started(body);
        assert.deepEqual(map.data, { 'mappings.json': body });
        const { refreshed = '', ...rest } = facts(map);
        assert.ok(Math.abs(Date.now() - Date.parse(refreshed)) < 60_000, refreshed);
        assert.match(refreshed, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        assert.deepEqual(rest, {
          // D29: without what may be a credential.
          source: `${stage.source.origin}/mappings`,
          sha256: createHash('sha256').update(body).digest('hex'),
          maxAge: '36h',
        });
        // D5: no copy of the data in an annotation.
        assert.equal(Object.keys(map.metadata.annotations ?? {}).length, 4);
      });

      it('asks the API server past the proxy of a pod, and follows no settings of curl', async () => {
        const job = await newJob(stage);
        await runs.apply(job);
        stage.source.answer = content(entries(10));
        const HOME = await mkdtemp(path.join(stage.plane.directory, 'home-'));
        await writeFile(path.join(HOME, '.curlrc'), 'interface = no-such-interface\n');
        const env = { HTTPS_PROXY: 'http://127.0.0.1:1', HOME };
        await written(runs, job, await runs.run(job, { env }));
      });

      it('D28: with the same data changes nothing but the time, and restarts nobody', async () => {
        const { job, map } = await withDeployment();
        const { refreshed: before } = facts(map);
        // Times are whole seconds.
        await pause(1000);
        const outcome = await runs.run(job);
        const after = await written(runs, job, outcome);
        assert.doesNotMatch(outcome.stdout, /Restarted/);
        assert.match(
          outcome.stdout,
          /^Unchanged: key mappings.json of n-\d+\/some-cache, 10 entries/,
        );
        const { refreshed, ...rest } = facts(after);
        assert.ok((refreshed ?? '') > (before ?? ''));
        assert.deepEqual({ ...rest, refreshed: before }, facts(map));
        assert.deepEqual(after.data, map.data);
      });

      it('D7: changed data is written; other keys, labels and annotations stay, also of a map that kubectl applied', async () => {
        const job = await newJob(stage);
        await runs.apply(job);
        const { name, namespace } = job.cache;
        const metadata = { name, namespace, labels: { team: 'a' }, annotations: { note: 'b' } };
        const data = { 'mappings.json': entries(10), 'other.json': '{}' };
        const input = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
        await stage.plane.kubectl(['apply', '-f', '-'], { input });
        stage.source.answer = content(entries(11));
        for (let run = 0; run < 2; run++) {
          const map = await written(runs, job, await runs.run(job));
          assert.deepEqual(map.data, { ...data, 'mappings.json': entries(11) });
          assert.deepEqual(map.metadata.labels, { team: 'a' });
          assert.equal(map.metadata.annotations?.['note'], 'b');
          assert.ok(
            map.metadata.managedFields?.some(
              ({ manager }) => manager === 'kubectl-client-side-apply',
            ),
          );
        }
      });

      it('D9: bytes that are not UTF-8 come into binaryData, and every byte of text into data', async () => {
        const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
        const binary = await newJob(stage, { key: 'table.bin', format: 'binary' });
        await runs.apply(binary);
        stage.source.answer = content(bytes, 'application/octet-stream');
        const map = await written(runs, binary, await runs.run(binary));
        assert.deepEqual(map.binaryData, { 'table.bin': bytes.toString('base64') });
        const text = `\ufeff${'é€😀 \t"\\$(x) `y`\r\n'.repeat(40_000)}no end`;
        const job = await newJob(stage, { key: 'words', format: 'text' });
        await runs.apply(job);
        stage.source.answer = content(text, 'text/plain');
        assert.equal((await written(runs, job, await runs.run(job))).data?.['words'], text);
      });

      const formats: readonly (readonly [RefreshJob['format'], string, number])[] = [
        ['JSON', '\ufeff{"items": [1, 2, null]}', 3],
        ['YAML', '# words\r\n%YAML 1.1\n---\na: null\nb: |\n  x\n   y\n"c": {d: 1}\n...\n', 3],
        ['YAML', 'wrapped:\n- 1\n- 2\n', 2],
        ['YAML', '--- {a: 1, b: 2}\n---\n- 3\n---\n', 2],
        // Of a name that is given twice, the last one counts.
        ['YAML', 'a: 1\nb: 2\na: 3\n', 2],
        ['properties', '\ufeff# words\n! more\r\na = 1\rb: x=2\na=3\n c\n\n', 3],
      ];
      for (const [format, body, count] of formats) {
        it(`counts ${count} entries in ${format} ${JSON.stringify(body)}`, async () => {
          const job = await newJob(stage, { format, key: 'some.key', maxAge: undefined });
          await runs.apply(job);
          stage.source.answer = content(body, 'text/plain');
          const outcome = await runs.run(job);
          const map = await written(runs, job, outcome);
          assert.match(outcome.stdout, new RegExp(`^Written: .*, ${count} entries\\.\n$`));
          assert.equal(map.data?.['some.key'], body);
          assert.equal(facts(map, 'some.key').maxAge, undefined);
        });
      }

      it('D14: a header from a Secret goes to its origin and to no other, and into no arguments', async () => {
        const other = await SourceServer.start();
        try {
          const header = 'X-Api-Key: s3cr3t "$(x)';
          const job = await newJob(stage, { header: { secret: 'some-secret', key: 'header' } });
          await runs.apply(job);
          await create(stage, [secretOf(job, header)]);
          let seen = '';
          stage.source.answer = (response, request) => {
            assert.equal(request.headers['x-api-key'], 's3cr3t "$(x)');
            seen = argumentsNow();
            redirect(`${other.origin}/elsewhere`)(response, request);
          };
          other.answer = (response, request) => {
            assert.equal(request.headers['x-api-key'], undefined);
            content(entries(3))(response, request);
          };
          await written(runs, job, await runs.run(job));
          assert.equal(other.requests.length, 1);
          if (process.platform === 'linux') assert.match(seen, /--max-filesize/);
          assert.doesNotMatch(seen, /s3cr3t/);
        } finally {
          await other.stop();
        }
      });

      it('D13: asks again after a failure that may pass', async () => {
        const job = await newJob(stage);
        await runs.apply(job);
        let asked = 0;
        stage.source.answer = (response, request) => {
          content(entries(3), 'application/json', asked++ === 0 ? 503 : 200)(response, request);
        };
        await written(runs, job, await runs.run(job, { env: { RETRIES: '1' } }));
        assert.equal(asked, 2);
      });

      it('D10, D11, D32, D33: restarts each kind of reader after a change, and says which it could not', async () => {
        const { job } = await started(entries(10));
        const { namespace } = job.cache;
        const restarts = (['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'] as const).map(
          (kind) => ({ kind, name: `some-${kind.toLowerCase()}` }),
        );
        const items = restarts.map(({ kind, name }) => workload(kind, { name, namespace }));
        await create(stage, items);
        const all = { ...job, restarts };
        stage.source.answer = content(entries(11));
        // D32: the Role has no right to restart anything yet.
        const forbidden = await runs.run(all);
        assert.equal(forbidden.code, 3);
        assert.match(forbidden.message, /DaemonSet\/some-daemonset: .* cannot patch resource/);
        await runs.apply(all);
        stage.source.answer = content(entries(12));
        const map = await written(runs, all, await runs.run(all));
        const names = restarts.map(({ kind, name }) => `${kind}/${name}`);
        const args = ['get', ...names, '-n', namespace, '-o', 'json', '--show-managed-fields'];
        const found = JSON.parse(await stage.plane.kubectl(args)) as { items: readonly Workload[] };
        const times = found.items.map(
          ({ spec }) =>
            spec.restartAt ??
            spec.template.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'],
        );
        assert.deepEqual(times, Array(4).fill(facts(map).refreshed));
        for (const { kind, metadata } of found.items) {
          const own = kind === 'Rollout' ? 'cache-configmaps' : 'kubectl-rollout';
          assert.ok(
            metadata.managedFields.some(({ manager }) => manager === own),
            kind,
          );
        }
        await stage.plane.kubectl(['delete', 'deployment', 'some-deployment', '-n', namespace]);
        stage.source.answer = content(entries(13));
        const outcome = await runs.run(all);
        assert.equal(outcome.code, 3);
        assert.match(
          outcome.message,
          /^The cache was written, but not all of its readers were restarted: Deployment\/some-deployment: deployments.apps "some-deployment" not found\.$/,
        );
        assert.equal((await runs.map(all))?.data?.['mappings.json'], entries(13));
        assert.equal(outcome.stdout.match(/^Restarted/gm)?.length, 3);
        // The next run finds the data as it is, and tries again what is left; the run after it nothing.
        assert.equal((await runs.run(all)).code, 3);
        await create(stage, items.slice(0, 1));
        const next = await runs.run(all);
        await written(runs, all, next);
        assert.match(next.stdout, /^Unchanged: .*\nRestarted: Deployment\/some-deployment\.\n$/);
        const last = await runs.run(all);
        const { data } = await written(runs, all, last);
        assert.doesNotMatch(last.stdout, /Restarted/);
        assert.deepEqual(data, { 'mappings.json': entries(13) });
      });

      it('D10: a run that ends between write and restart leaves the restart to the next one', async () => {
        const { job, map } = await withDeployment();
        const { name, namespace } = job.cache;
        // Changed by hand, so that the content is one for which the reader was restarted before.
        const edit = JSON.stringify({ data: { 'mappings.json': entries(11), other: 'kept' } });
        const args = ['configmap', name, '-n', namespace, '--type=merge', '-p', edit];
        await stage.plane.kubectl(['patch', ...args]);
        // Cut where the second request would begin.
        const { container, ...rest } = podOf(job);
        const command = container.command.map((text) =>
          text.replace('# 5. Restart readers', 'exit 1\n# 5. Restart readers'),
        );
        const cut = await runs.run(job, { of: { ...rest, container: { ...container, command } } });
        assert.equal(cut.code, 1);
        assert.match(cut.stdout, /^Written/);
        // A second end at the same place, and the same of two steps.
        await runs.run(job, { of: { ...rest, container: { ...container, command } } });
        const outcome = await runs.run(job, { env: { STEP: 'detect' } });
        const after = await written(runs, job, outcome);
        assert.equal(outcome.stdout, 'unchanged\n');
        assert.match(outcome.stderr, /^Restarted: Deployment\/some-deployment\.$/m);
        assert.deepEqual(after.data, { ...map.data, other: 'kept' });
        assert.deepEqual({ ...facts(after), refreshed: '' }, { ...facts(map), refreshed: '' });
        assert.doesNotMatch((await runs.run(job)).stdout, /Restarted/);
      });

      it('D10, D11: says of a paused Deployment and of OnDelete that they did not restart', async () => {
        const { job } = await started(entries(10));
        const { namespace } = job.cache;
        const restarts = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).map((kind) => ({
          kind,
          name: 'some-reader',
        }));
        const held = [{ paused: true }, ...Array<object>(2).fill(ON_DELETE)];
        await create(
          stage,
          restarts.map(({ kind, name }, index) =>
            workload(kind, { name, namespace }, held[index] ?? {}),
          ),
        );
        await runs.apply({ ...job, restarts });
        stage.source.answer = content(entries(11));
        const { code, message, stdout } = await runs.run({ ...job, restarts });
        assert.equal(code, 3);
        assert.doesNotMatch(stdout, /Restarted/);
        const kept = 'OnDelete keeps its pods until somebody deletes them.';
        assert.equal(
          message,
          'The cache was written, but not all of its readers were restarted: ' +
            'Deployment/some-reader: it is paused, and restarts when it is resumed. ' +
            `StatefulSet/some-reader: ${kept} DaemonSet/some-reader: ${kept}`,
        );
        // Told once: all three took the patch.
        const next = await runs.run({ ...job, restarts });
        await written(runs, job, next);
        assert.match(next.stdout, /^Unchanged: .*\n$/);
      });
    });
  }

  it('two jobs on two keys of one map keep each other and what is edited by hand, in 20 runs each', async function () {
    const [runs] = stage.runs;
    if (runs === undefined) return this.skip();
    const one = await newJob(stage, { url: `${stage.source.origin}/one` });
    const two = { ...one, key: 'other.json', url: `${stage.source.origin}/two` };
    await runs.apply(one);
    await runs.apply(two);
    let round: number = 0;
    stage.source.answer = (response, request) => {
      content(`{"${request.url ?? ''}": ${round}}`)(response, request);
    };
    const { name, namespace } = one.cache;
    for (; round < 20; round++) {
      const edit = JSON.stringify({ data: { [`by-hand-${round}`]: 'kept' } });
      const args = ['patch', 'configmap', name, '-n', namespace, '--type=merge', '-p', edit];
      const edited = round === 0 ? Promise.resolve('') : stage.plane.kubectl(args);
      const outcomes: readonly Outcome[] = await Promise.all([runs.run(one), runs.run(two)]);
      await edited;
      assert.deepEqual(
        outcomes.map(({ message }) => message),
        ['', ''],
      );
      const data: Map['data'] = (await runs.map(one))?.data;
      assert.equal(data?.['mappings.json'], `{"/one": ${round}}`);
      assert.equal(data['other.json'], `{"/two": ${round}}`);
      assert.equal(Object.keys(data).length, 2 + round);
    }
  });
});

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly managedFields: readonly { readonly manager: string }[] };
  readonly spec: {
    readonly restartAt?: string;
    readonly template: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    };
  };
}

const ON_DELETE = { updateStrategy: { type: 'OnDelete' } };

function secretOf({ cache, header }: RefreshJob, value: string): object {
  const { namespace } = cache;
  const metadata = { name: header?.secret, namespace };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    stringData: { [header?.key ?? '']: value, other: 'x' },
  };
}

/** The arguments of all processes, where the system tells them. */
function argumentsNow(): string {
  if (process.platform !== 'linux') return '';
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(argumentsOf).join('\n');
}

function argumentsOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
