import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { refreshJobObjects } from '../../src/domain/manifests/refreshJobObjects.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';
import { at, type Manifest } from './argoRules.ts';
import { eventRefresh, manifestOf, manifestsOf, TRIGGERS } from './eventRefreshes.ts';
import { lesserRoles } from './lesserRoles.ts';
import { podOf, stepOf, type RefreshRuns, type Runnable } from './refreshRuns.ts';
import { content } from './sourceServer.ts';
import { entries, newJob, setUp, tearDown, workload, type Stage } from './stage.ts';

/** What is scaffolded: its manifests, the one Role of what runs the script, and that. */
interface Scaffold {
  readonly manifests: readonly Manifest[];
  readonly of: Runnable;
}

const RESTARTS = (['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'] as const).map((kind) => ({
  kind,
  name: `some-${kind.toLowerCase()}`,
}));

const byCronJob = (job: RefreshJob): Scaffold => ({
  manifests: Object.values(refreshJobObjects(job)),
  of: podOf(job),
});
const byWorkflow = (index: number) => (job: RefreshJob) => {
  const manifests = manifestsOf(eventRefresh(TRIGGERS[index] ?? assert.fail(), job));
  return { manifests, of: stepOf(manifests) };
};

const VARIANTS: readonly (readonly [string, Partial<RefreshJob>, (job: RefreshJob) => Scaffold])[] =
  [
    ['a CronJob', {}, byCronJob],
    ['a CronJob that asks with If-None-Match', { conditional: true }, byCronJob],
    ['a CronJob that restarts readers', { restarts: RESTARTS }, byCronJob],
    ['a workflow on an event', { restarts: RESTARTS.slice(0, 1) }, byWorkflow(0)],
    ['a CronWorkflow', {}, byWorkflow(3)],
  ];

describe('the rights of a refresh: all are enough, and with any less it fails (D19, D32)', () => {
  let stage: Stage;

  before(async () => {
    stage = await setUp();
    await installArgoKinds(stage.plane);
  });
  after(() => tearDown(stage));

  for (const [title, wanted, scaffoldOf] of VARIANTS) {
    it(title, async function () {
      const [runs] = stage.runs;
      if (runs === undefined) return this.skip();
      const tried = async (choose: (role: Manifest) => Manifest) => {
        const job = await newJob(stage, wanted);
        const { manifests, of } = scaffoldOf(job);
        const role = choose(manifestOf(manifests, 'Role', roleOf(manifests)));
        const { namespace } = job.cache;
        await apply(stage, [
          ...manifests.filter((each) => each['kind'] !== 'Role'),
          role,
          ...job.restarts.map(({ kind, name }) => workload(kind, { name, namespace })),
        ]);
        return await refusals(stage, runs, { job, of });
      };
      assert.deepEqual(await tried((role) => role), []);
      const { manifests } = scaffoldOf(await newJob(stage, wanted));
      const lesser = lesserRoles(manifestOf(manifests, 'Role', roleOf(manifests)));
      assert.ok(lesser.length >= 2);
      for (const [index, { refusal }] of lesser.entries()) {
        const found = await tried((role) => lesserRoles(role)[index]?.role ?? assert.fail());
        assert.ok(found.join('\n').includes(refusal), `${refusal}: ${found.join('\n')}`);
      }
    });
  }
});

/** The Role of what runs the script has the name of what starts it. */
function roleOf(manifests: readonly Manifest[]): string {
  const kind = manifests.some((each) => each['kind'] === 'CronJob')
    ? 'CronJob'
    : 'WorkflowTemplate';
  return String(at(manifestOf(manifests, kind), 'metadata', 'name'));
}

async function apply({ plane }: Stage, items: readonly object[]): Promise<void> {
  const args = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
  await plane.kubectl(args, {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
}

/** What is refused in a first run, in one that finds other data, and to the executor of Argo. */
async function refusals(
  stage: Stage,
  runs: RefreshRuns,
  { job, of }: { job: RefreshJob; of: Runnable },
): Promise<readonly string[]> {
  const isStep = of.container.env.some(({ name }) => name === 'STEP');
  const env: Record<string, string> = isStep ? { STEP: 'update' } : {};
  const found: string[] = [];
  for (const count of [10, 11]) {
    stage.source.answer = content(entries(count));
    found.push((await runs.run(job, { of, env })).message);
  }
  if (isStep) found.push(...(await toldResults(stage.plane, job.cache.namespace, of.account)));
  return found.filter((message) => message !== '');
}

/**
 * What is refused to the executor, which tells the result of a step and then more of it. Source: `upsertTaskResult` in
 * workflow/executor/taskresult.go of Argo Workflows 4.
 */
async function toldResults(plane: ControlPlane, namespace: string, account: string) {
  const token = await plane.kubectl(['create', 'token', account, '-n', namespace]);
  const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowTaskResult' };
  const ask = async (method: string, place: string, body: object): Promise<string> => {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflowtaskresults${place}`;
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const asked = request(`${plane.server}${path}`, {
      method,
      ca: plane.authority.cert,
      headers: { authorization: `Bearer ${token.trim()}`, 'content-type': type },
    }).end(JSON.stringify(body));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const answer = JSON.parse(await text(response)) as { message?: string };
    return (response.statusCode ?? 0) < 300 ? '' : (answer.message ?? 'no reason');
  };
  return [
    await ask('POST', '', { ...kind, metadata: { name: 'some-node' }, phase: 'Running' }),
    await ask('PATCH', '/some-node', { ...kind, phase: 'Succeeded' }),
  ];
}
