import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scaffoldRefreshJob } from './refreshJobSteps.ts';
import { setStage, showFailures, type Stage } from './stage.ts';

const KEY = 'mappings.json';
const FOLDER = 'k8s/workflow-cache-refresh';

describe('scaffolding on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage();
    await stage.workbench.openContainer('Caches');
    await stage.workbench.expand('argo');
    await stage.workbench.expand('workflow-cache');
  });
  after(() => stage.clear());
  showFailures(() => stage);

  const file = (name: string) => path.join(stage.workspace, FOLDER, name);
  const chooses = (placeholder: string) => stage.workbench.page.getByPlaceholder(placeholder);
  const asked = (text: string | RegExp) =>
    stage.workbench.page.locator('.quick-input-widget:visible', { hasText: text });

  it('a refresh job is asked for step by step, shown, and written into the workspace', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await workbench.chooseOnRow(KEY, 'Scaffold Refresh Job');
    await asked('URL of the source').waitFor();
    await workbench.answer(`${stage.source.url}/${KEY}`);
    await chooses('is checked as').waitFor();
    await workbench.screenshot('scaffold-format');
    await workbench.pick('JSON');
    await chooses('Time zone of the schedule').waitFor();
    await workbench.pick('UTC');
    await asked('daily at 04:30, UTC; next').waitFor();
    await workbench.quickInput.fill('0 2 * *');
    await asked(/Not allowed/).waitFor();
    await workbench.quickInput.fill('*/15 * * * *');
    await asked('every 15 minutes, UTC; next').waitFor();
    await workbench.screenshot('scaffold-schedule');
    await page.keyboard.press('Enter');
    await workbench.pick('No credentials');
    await asked('counts as stale').waitFor();
    await workbench.answer('24h');
    await chooses('Readers that are restarted after a change').waitFor();
    await workbench.screenshot('scaffold-restarts');
    await page.keyboard.press('Enter');
    await workbench.pick('A folder of files');
    await workbench.offers(FOLDER);
    await page.keyboard.press('Enter');
    await chooses('5 files: 5 new').waitFor();
    await workbench.screenshot('scaffold-preview');
    await workbench.pick('Write to Workspace');
    await workbench.row('cronjob.yaml').waitFor();
    await workbench.screenshot('scaffold-written');
    assert.deepEqual((await readdir(path.join(stage.workspace, FOLDER))).sort(), [
      'cronjob.yaml',
      'kustomization.yaml',
      'role.yaml',
      'rolebinding.yaml',
      'serviceaccount.yaml',
    ]);
    assert.match(await readFile(file('cronjob.yaml'), 'utf8'), /schedule: "\*\/15 \* \* \* \*"/);
  });

  it('again with a change by hand in a file: that is kept, and all of it is applied', async () => {
    const { workbench, plane } = stage;
    const { page } = workbench;
    const written = await readFile(file('cronjob.yaml'), 'utf8');
    const changed = `# Ask team-b first.\n${written.replace('backoffLimit: 1', 'backoffLimit: 2')}`;
    await writeFile(file('cronjob.yaml'), changed);
    await workbench.openContainer('Caches');
    const url = `${stage.source.url}/${KEY}`;
    await scaffoldRefreshJob(workbench, { key: KEY, url, schedule: '0 4 * * *', folder: FOLDER });
    await chooses('5 files: 1 changed, 4 as it was').waitFor();
    await workbench.screenshot('scaffold-kept');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await chooses('4 objects: 4 to create').waitFor();
    await workbench.screenshot('scaffold-apply');
    await workbench.pick('Apply to Cluster');
    // Not the notification: VS Code leaves some out.
    const job = 'cronjob/refresh-workflow-cache-mappings-json';
    await plane.kubectl(['wait', '--for=create', job, '-n', 'argo', '--timeout=30s']);
    await workbench.screenshot('scaffold-applied');
    const now = await readFile(file('cronjob.yaml'), 'utf8');
    assert.equal(
      now,
      changed.replace(/schedule: .*/, 'schedule: "0 4 * * *" # daily at 04:00, UTC'),
    );
    const printed = await plane.kubectl([
      ...['get', job, '-n', 'argo', '-o'],
      'jsonpath={.spec.schedule} {.spec.jobTemplate.spec.backoffLimit}',
    ]);
    assert.equal(printed, '0 4 * * * 2');
  });

  /** The questions of every refresh on an event, from its source to its folder. */
  const answerForEvents = async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await workbench.offers(`${stage.source.url}/${KEY}`);
    await page.keyboard.press('Enter');
    await chooses('is checked as').waitFor();
    await workbench.pick('JSON');
    await workbench.pick('No credentials');
    await asked('counts as stale').waitFor();
    await workbench.answer('24h');
    await chooses('Readers that are restarted after a change').waitFor();
    await page.keyboard.press('Enter');
    await workbench.offers('k8s/workflow-cache-event-refresh');
    await page.keyboard.press('Enter');
  };

  it('a refresh on an event: what the cluster has for it is said, and its manifests are written', async () => {
    const { workbench } = stage;
    await workbench.openContainer('Caches');
    await workbench.chooseOnRow(KEY, 'Scaffold Event-Driven Refresh');
    await asked('this cluster has no Argo Events and no Argo Workflows').waitFor();
    await workbench.screenshot('scaffold-start');
    await workbench.pick('A Webhook');
    await asked('the token that callers send').waitFor();
    await workbench.answer('refresh-token');
    await asked('Key of Secret refresh-token').waitFor();
    await workbench.answer('token');
    await answerForEvents();
    await chooses('8 files: 8 new').waitFor();
    await workbench.screenshot('scaffold-event');
    await workbench.pick('Write to Workspace');
    await workbench.row('eventsource.yaml').waitFor();
    const folder = path.join(stage.workspace, 'k8s/workflow-cache-event-refresh');
    const kinds = (await readdir(folder)).map(async (name) =>
      [...(await readFile(path.join(folder, name), 'utf8')).matchAll(/^kind: (\w+)/gm)].map(
        ([, kind]) => kind,
      ),
    );
    const bound = ['ServiceAccount', 'Role', 'RoleBinding'];
    assert.deepEqual(
      (await Promise.all(kinds)).flat().sort(),
      [
        ...[...bound, 'WorkflowTemplate', 'EventBus', 'ServiceAccount', 'EventSource'],
        ...[...bound, 'Sensor', 'Kustomization'],
      ].sort(),
    );
  });

  it('with another start it goes where it was, and tells and deletes what is no part of it any more', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await workbench.openContainer('Caches');
    await workbench.chooseOnRow(KEY, 'Scaffold Event-Driven Refresh');
    await workbench.pick('A Schedule of Argo Workflows');
    await workbench.pick('UTC');
    await workbench.offers('*/15 * * * *');
    await page.keyboard.press('Enter');
    await answerForEvents();
    await workbench.pick('Write to Workspace');
    const told = workbench.toast('No part of it any more');
    await told.waitFor();
    const words = await told.innerText();
    assert.match(words, /eventbus\.yaml/);
    assert.match(words, /stays in the cluster.*EventBus argo\/default.*Sensor argo\//s);
    await workbench.screenshot('scaffold-left-behind');
    await workbench.pressOnToast('No part of it any more', 'Delete These Files');
    await workbench.toast('Deleted: ').waitFor();
    const folder = path.join(stage.workspace, 'k8s/workflow-cache-event-refresh');
    const names = await readdir(folder);
    const kustomization = await readFile(path.join(folder, 'kustomization.yaml'), 'utf8');
    const listed = [...kustomization.matchAll(/^ *- (.*\.yaml)$/gm)].map(([, name]) => name);
    assert.deepEqual(names.sort(), [...listed, 'kustomization.yaml'].sort());
    assert.ok(names.includes('cronworkflow.yaml'), names.join());
  });
});
