import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scaffoldCronJobReader } from './readerSteps.ts';
import { scaffoldRefreshJob } from './refreshJobSteps.ts';
import { setStage, showFailures, TYPING, type Stage } from './stage.ts';

const KEY = 'mappings.json';
const FOLDER = 'k8s/workflow-cache-refresh';
const UNSAVED = '# Not saved yet.\n';

describe('what is scaffolded into a workspace, on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ settings: TYPING });
    await stage.workbench.openContainer('Caches');
    await stage.workbench.expand('argo');
    await stage.workbench.expand('workflow-cache');
  });
  after(() => stage.clear());
  showFailures(() => stage);

  const inWorkspace = (name: string) => path.join(stage.workspace, name);
  const file = (name: string) => inWorkspace(`${FOLDER}/${name}`);
  const asked = (text: string | RegExp) =>
    stage.workbench.page.locator('.quick-input-widget:visible', { hasText: text });
  const chooses = (placeholder: string) => stage.workbench.page.getByPlaceholder(placeholder);
  const goBack = () =>
    stage.workbench.page.locator('.quick-input-widget:visible [aria-label^="Back"]').click();
  const scaffold = async (schedule: string) => {
    const url = `${stage.source.url}/${KEY}`;
    await scaffoldRefreshJob(stage.workbench, { key: KEY, url, schedule, folder: FOLDER });
  };
  const typeAtTop = async (name: string) => {
    const { workbench } = stage;
    await workbench.openFile(file(name));
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.type(UNSAVED);
    await workbench.page.locator(`.tab.active.dirty[data-resource-name="${name}"]`).waitFor();
  };

  it('from the preview the way back leads to the folder, and to the last question before', async () => {
    const { workbench } = stage;
    await scaffold('0 2 * * *');
    await chooses('5 files: 5 new').waitFor();
    await goBack();
    await workbench.offers(FOLDER);
    await goBack();
    await asked('One file').waitFor();
    await workbench.screenshot('scaffold-back');
    await workbench.pick('A folder of files');
    await workbench.offers(FOLDER);
    await workbench.page.keyboard.press('Enter');
    await chooses('5 files: 5 new').waitFor();
    await workbench.pick('Write to Workspace');
    await workbench.row('cronjob.yaml').waitFor();
    await workbench.openContainer('Caches');
  });

  it('where both changed the same lines the person chooses, and the rest of what was changed by hand stays', async () => {
    const { workbench } = stage;
    const written = await readFile(file('cronjob.yaml'), 'utf8');
    const byHand = written
      .replace(/schedule: .*/, 'schedule: "5 5 * * *"')
      .replace('backoffLimit: 1', 'backoffLimit: 2');
    await writeFile(file('cronjob.yaml'), byHand);
    await scaffold('0 4 * * *');
    await chooses('cronjob.yaml was changed by hand in the same lines as the scaffold').waitFor();
    await workbench.oldSide.getByText('5 5 * * *').waitFor();
    await workbench.newSide.getByText('0 4 * * *').waitFor();
    await workbench.screenshot('scaffold-collision');
    await asked('Take the Scaffold').waitFor();
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Enter');
    await chooses('5 files: 1 changed, 4 as it was').waitFor();
    // Nothing is written before that is said.
    assert.equal(await readFile(file('cronjob.yaml'), 'utf8'), byHand);
    await workbench.pick('Write to Workspace');
    await workbench.toast(`Written to ${FOLDER} (5 files: 1 changed, 4 as it was).`).waitFor();
    await workbench.openContainer('Caches');
    assert.equal(
      await readFile(file('cronjob.yaml'), 'utf8'),
      byHand.replace(/schedule: .*/, 'schedule: "0 4 * * *" # daily at 04:00, UTC'),
    );
  });

  it('what editors hold unsaved counts as it is there, and is saved only where the file is written', async () => {
    const { workbench } = stage;
    const role = await readFile(file('role.yaml'), 'utf8');
    const cronJob = await readFile(file('cronjob.yaml'), 'utf8');
    await workbench.runCommand('Notifications: Clear All Notifications');
    await typeAtTop('role.yaml');
    await typeAtTop('cronjob.yaml');
    await scaffold('0 6 * * *');
    await chooses('5 files: 1 changed, 4 as it was').waitFor();
    await workbench.screenshot('scaffold-unsaved');
    await workbench.pick('Write to Workspace');
    await workbench.page.locator('.tab.dirty[data-resource-name="role.yaml"]').waitFor();
    await workbench.page.locator('.tab:not(.dirty)[data-resource-name="cronjob.yaml"]').waitFor();
    // Before that, the Explorer takes the focus, and a palette that is open is closed.
    await workbench.toast(`Written to ${FOLDER} (5 files: 1 changed, 4 as it was).`).waitFor();
    assert.equal(
      await readFile(file('cronjob.yaml'), 'utf8'),
      UNSAVED + cronJob.replace(/schedule: .*/, 'schedule: "0 6 * * *" # daily at 06:00, UTC'),
    );
    assert.equal(await readFile(file('role.yaml'), 'utf8'), role);
    await workbench.runCommand('View: Revert and Close Editor');
    await workbench.runCommand('View: Close All Editors');
    await workbench.pressInDialog('Don');
  });

  it('from a folder of the Explorer it is asked for a cache once, and that folder is offered', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await workbench.runCommand('View: Show Explorer');
    await workbench.chooseOnRow('bad', 'Cache ConfigMaps', 'Choose a Refresh Strategy');
    await asked('workflow-cache').waitFor();
    await workbench.pick('workflow-cache');
    await workbench.pick('Less than once a week');
    await workbench.pick('The person who changes it');
    await workbench.pick('A day');
    await asked(/By hand.*recommended/).waitFor();
    await workbench.pick('By hand');
    await asked('URL of the source').waitFor();
    await workbench.answer(`${stage.source.url}/${KEY}`);
    await chooses('Key to refresh').waitFor();
    await workbench.pick(KEY);
    await chooses('is checked as').waitFor();
    await page.keyboard.press('Enter');
    await asked('counts as stale').waitFor();
    await page.keyboard.press('Enter');
    await chooses('Readers that are restarted after a change').waitFor();
    await page.keyboard.press('Enter');
    await workbench.offers('bad/scripts');
    await page.keyboard.press('Enter');
    await chooses('1 file: 1 new').waitFor();
    await workbench.pick('Write to Workspace');
    await workbench.row('refresh-workflow-cache-mappings-json.sh').waitFor();
    const script = inWorkspace('bad/scripts/refresh-workflow-cache-mappings-json.sh');
    assert.match(await readFile(script, 'utf8'), /^export CACHE=workflow-cache$/m);
  });

  it('in the other form it goes where that form belongs, and only files are told that are left', async () => {
    const { workbench } = stage;
    await workbench.openContainer('Caches');
    const url = `${stage.source.url}/${KEY}`;
    const wanted = { key: KEY, url, schedule: '0 6 * * *', folder: 'k8s', form: 'One file' };
    await scaffoldRefreshJob(workbench, wanted);
    await chooses('1 file: 1 new').waitFor();
    await workbench.pick('Write to Workspace');
    const left = 'No part of it any more, and still in the workspace: ';
    const told = workbench.toast(left);
    await told.waitFor();
    const words = await told.innerText();
    for (const name of await readdir(inWorkspace(FOLDER))) {
      assert.ok(words.includes(`${FOLDER}/${name}`), words);
    }
    // Each object is in the one file now: nothing of the job is to be deleted in the cluster.
    assert.doesNotMatch(words, /cluster/);
    await workbench.screenshot('scaffold-other-form');
    await workbench.pressOnToast(left, 'Delete These Files');
    await workbench.toast('Deleted: ').waitFor();
    assert.deepEqual(await readdir(inWorkspace(FOLDER)), []);
    const [file = ''] = await readdir(inWorkspace('k8s')).then((names) =>
      names.filter((name) => name.endsWith('.yaml')),
    );
    assert.match(await readFile(inWorkspace(`k8s/${file}`), 'utf8'), /^kind: CronJob$/m);
  });
});

describe('scaffolding where several folders are open, on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ folders: ['team-a', 'team-b'] });
    await stage.workbench.openContainer('Caches');
    await stage.workbench.row('argo').waitFor();
  });
  after(() => stage.clear());
  showFailures(() => stage);

  it('asks which one it is for, and writes there', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    const asked = (text: string) =>
      page.locator('.quick-input-widget:visible', { hasText: text }).waitFor();
    await scaffoldCronJobReader(workbench);
    await asked('team-a');
    await workbench.screenshot('scaffold-folders');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await asked('Folder for the files, within team-b');
    await page.keyboard.press('Enter');
    await asked('Write to Workspace');
    await workbench.pick('Write to Workspace');
    await workbench.row('reader-workflow-cache-mappings-json-cronjob.yaml').waitFor();
    const file = path.join(
      stage.workspace,
      'team-b/k8s/reader-workflow-cache-mappings-json-cronjob.yaml',
    );
    assert.match(await readFile(file, 'utf8'), /^kind: CronJob$/m);
  });
});
