import assert from 'node:assert/strict';
import { mappings } from '../../demo/lookups.ts';
import { refreshJobName } from '../../src/domain/manifests/jobNames.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { TestKubelet } from '../cluster/testKubelet.ts';
import {
  endedWorkflow,
  eventRefresh,
  failedFor,
  manifestOf,
  manifestsOf,
  nameOf,
  TRIGGERS,
} from '../scaffold/eventRefreshes.ts';
import { RefreshRuns } from '../scaffold/refreshRuns.ts';
import { ensureShells } from '../scaffold/shells.ts';
import { content, SourceServer } from '../scaffold/sourceServer.ts';
import { scaffoldRefreshJob } from './refreshJobSteps.ts';
import { setStage, showFailures, type Stage } from './stage.ts';

const KEY = 'mappings.json';
const CACHE = { namespace: 'argo', name: 'workflow-cache' };
const NAME = refreshJobName(CACHE.name, KEY);
const ROW = `CronJob ${NAME}`;

describe('refresh jobs on the screen, their scripts run by the test', function () {
  let stage: Stage;
  let source: SourceServer;
  let kubelet: TestKubelet;
  let job: RefreshJob;
  before(async function () {
    stage = await setStage({ workloads: true });
    const { plane, workbench } = stage;
    const [shell] = await ensureShells(plane.directory, plane.binaries.path('kubectl'));
    if (shell === undefined) {
      await stage.clear();
      this.skip();
    }
    source = await SourceServer.start();
    const runs = new RefreshRuns(plane, shell);
    job = {
      cache: CACHE,
      key: KEY,
      format: 'JSON',
      url: `${source.origin}/${KEY}`,
      // Half a day away, so that it does not come while the test runs.
      schedule: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`,
      timeZone: 'UTC',
      header: undefined,
      maxAge: '24h',
      restarts: [],
      image: 'registry.example/refresh:1',
    };
    await plane.kubectl(['cordon', 'node']);
    await installArgoKinds(plane);
    kubelet = await TestKubelet.start(plane, 'job-name', async (pod, write) => {
      const of = await runs.runnableOf(pod);
      const { code, message, stdout, stderr } = await runs.run(job, { of });
      for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) write(line);
      return { code, message };
    });
    await workbench.openContainer('Caches');
    await workbench.expand('argo');
    await workbench.expand(CACHE.name);
  });
  after(async () => {
    await kubelet.stop();
    await source.stop();
    await stage.clear();
  });
  showFailures(() => stage);
  afterEach(() => stage.workbench.runCommand('Notifications: Clear All Notifications'));

  it('are scaffolded and applied; one is run, and the age of the cache changes', async () => {
    const { workbench } = stage;
    await scaffoldRefreshJob(workbench, {
      ...{ key: KEY, url: job.url, schedule: job.schedule },
      folder: 'k8s/workflow-cache-refresh',
    });
    await workbench.page.getByPlaceholder('5 files: 5 new').waitFor();
    // Write and Apply to Cluster: what is said of the first row lies over the second.
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.getByPlaceholder('4 objects: 4 to create').waitFor();
    await workbench.pick('Apply to Cluster');
    await workbench.openContainer('Caches');
    await workbench.expand('Refresh jobs');
    source.answer = content(JSON.stringify(mappings(1)));
    const row = workbench.row(ROW);
    await row.getByText(/^daily at \d\d:00 UTC · next in 1[12] h · has not run yet$/).waitFor();
    await workbench
      .row(CACHE.name)
      .getByText(/refreshed 3 h ago/)
      .waitFor();
    await workbench.screenshot('refresh-jobs');
    await workbench.chooseOnRow(ROW, 'Run Job Now');
    await row.getByText(/last run succeeded just now/).waitFor();
    await workbench
      .row(CACHE.name)
      .getByText(/refreshed just now/)
      .waitFor();
    await workbench.screenshot('refresh-job-succeeded');
  });

  it('one that fails says why, in its row, at its cache and in its log', async () => {
    const { workbench } = stage;
    source.answer = content('gone', 'text/plain', 404);
    await workbench.chooseOnRow(ROW, 'Run Job Now');
    await workbench
      .row(ROW)
      .getByText(/· running ·/)
      .waitFor();
    // From the palette: VS Code forgets on which row a menu was opened when that is drawn again meanwhile.
    await workbench.runCommand('Cache: Show Job Log');
    await workbench.pick(CACHE.name);
    // Editors draw each space as one that does not break.
    await workbench.text.getByText(/^---\sJob\s.*\sfailed\sat\s.*404/).waitFor({ timeout: 90_000 });
    await workbench.text.getByText(/^---\sPod\s.*,\stry\s2:\slog\sof/).waitFor();
    await workbench.screenshot('refresh-job-log');
    await workbench
      .row(ROW)
      .getByText(/last run failed [^:]*: .*could not be fetched/)
      .waitFor();
    await workbench
      .row(CACHE.name)
      .getByText(/refresh job failed/)
      .waitFor();
    await workbench.screenshot('refresh-job-failed');
  });

  it('is suspended, and resumed from the palette', async () => {
    const { workbench, plane } = stage;
    const isSuspended = async () => {
      const args = ['get', 'cronjob', NAME, '-n', CACHE.namespace, '-o=jsonpath={.spec.suspend}'];
      return await plane.kubectl(args);
    };
    await workbench.chooseOnRow(ROW, 'Suspend Job');
    await workbench
      .row(ROW)
      .getByText(/UTC · suspended ·/)
      .waitFor();
    assert.equal(await isSuspended(), 'true');
    await workbench.screenshot('refresh-job-suspended');
    await workbench.runCommand('Cache: Resume Job');
    await workbench.pick(CACHE.name);
    await workbench
      .row(ROW)
      .getByText(/UTC · next in/)
      .waitFor();
    assert.equal(await isSuspended(), 'false');
  });

  it('what an event started and has failed marks its cache; it is run by hand from its row', async () => {
    const { workbench, plane } = stage;
    const create = (object: object) =>
      plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
    const cache = workbench.row(CACHE.name);
    await plane.kubectl(['delete', 'cronjob', NAME, '-n', CACHE.namespace]);
    await cache.getByText(/refresh job failed/).waitFor({ state: 'detached' });
    const [webhook] = TRIGGERS;
    assert.ok(webhook !== undefined);
    const parts = manifestsOf(eventRefresh(webhook, { cache: CACHE, key: KEY }));
    const template = manifestOf(parts, 'WorkflowTemplate');
    const label = `WorkflowTemplate ${nameOf(template)}`;
    await create(template);
    await workbench.expand('Refresh jobs');
    const row = workbench.row(label);
    await row.getByText('on an event · no run is known').waitFor();
    await create(endedWorkflow(parts, 'started', failedFor('It answered 404.')));
    await row.getByText(/^on an event · last run failed [^:]*: It answered 404\.$/).waitFor();
    await cache.getByText(/refresh job failed/).waitFor();
    await workbench.screenshot('event-job-failed');
    await workbench.runCommand('Cache: Show Job Log');
    await workbench.pick(CACHE.name);
    await workbench.text.getByText(/^---\sWorkflow\sstarted\sfailed\sat\s.*404/).waitFor();
    await workbench.chooseOnRow(label, 'Run Job Now');
    await row.getByText(/on an event · running ·/).waitFor();
    const made = ['workflows', '-n', CACHE.namespace, '--field-selector=metadata.name!=started'];
    const name = await plane.kubectl(['get', ...made, '-o=jsonpath={.items[0].metadata.name}']);
    const finishedAt = new Date().toISOString();
    const status = JSON.stringify({ status: { phase: 'Succeeded', finishedAt } });
    const patch = ['patch', 'workflow', name, '-n', CACHE.namespace, '--type=merge', '-p', status];
    await plane.kubectl(patch);
    await row.getByText('on an event · last run succeeded just now').waitFor();
    await cache.getByText(/refresh job failed/).waitFor({ state: 'detached' });
  });
});
