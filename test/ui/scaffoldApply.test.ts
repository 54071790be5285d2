import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { scaffoldCronJobReader } from './readerSteps.ts';
import { setStage, showFailures, TYPING, type Stage } from './stage.ts';

const FILE = 'k8s/reader-workflow-cache-mappings-json-cronjob.yaml';

describe('applying a scaffold that somebody else has a hand in, on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ settings: TYPING });
    await stage.workbench.openContainer('Caches');
    await stage.workbench.row('argo').waitFor();
  });
  after(() => stage.clear());
  showFailures(() => stage);

  const asked = (text: string | RegExp) =>
    stage.workbench.page.locator('.quick-input-widget:visible', { hasText: text });
  const chooses = (placeholder: string) => stage.workbench.page.getByPlaceholder(placeholder);
  const kubectl = (args: readonly string[], input = '') =>
    stage.plane.kubectl([...args, '-n', 'argo'], { input });
  const schedule = () =>
    kubectl([
      'get',
      'cronjob',
      'reader-workflow-cache-mappings-json',
      '-o',
      'jsonpath={.spec.schedule}',
    ]);
  /** Up to the question of what becomes of the files. */
  const scaffoldReader = async () => {
    const { workbench } = stage;
    await scaffoldCronJobReader(workbench);
    await workbench.offers('k8s');
    await workbench.page.keyboard.press('Enter');
  };

  it('says whose fields it would take, and copies a command that takes them', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await scaffoldReader();
    await chooses('1 file: 1 new').waitFor();
    await workbench.pick('Write to Workspace');
    await workbench.row('reader-workflow-cache-mappings-json-cronjob.yaml').waitFor();
    const written = await readFile(path.join(stage.workspace, FILE), 'utf8');
    const theirs = written.replace('"0 * * * *"', '"5 * * * *"');
    assert.notEqual(theirs, written);
    await kubectl(['apply', '--server-side', '--field-manager=deployer', '-f', '-'], theirs);
    await scaffoldReader();
    await workbench.pick('Apply to Cluster');
    await asked('from deployer: .spec.schedule').waitFor();
    await chooses('1 object: 1 to change').waitFor();
    await page.locator('.multiDiffEntry').getByText('deployer has set .spec.schedule').waitFor();
    await workbench.screenshot('scaffold-conflict');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await workbench.toast('A kubectl command for namespace argo in context demo').waitFor();
    assert.equal(await schedule(), '5 * * * *');
    await workbench.runCommand('File: New Untitled Text File');
    await page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
    await page.keyboard.press('Control+V');
    await page.locator('.tab.active.dirty').waitFor();
    await page.keyboard.press('Control+Home');
    await workbench.text.getByText('kubectl --context=demo --namespace=argo apply').waitFor();
    await workbench.text.getByText('--force-conflicts').waitFor();
    await workbench.screenshot('scaffold-kubectl');
  });

  it('an object that changes between the plan and its apply stays as it is, until the person has looked again', async () => {
    const { workbench } = stage;
    await scaffoldReader();
    await workbench.pick('Apply to Cluster');
    await asked('from deployer: .spec.schedule').waitFor();
    const change = JSON.stringify({ spec: { schedule: '7 * * * *' } });
    await kubectl(['patch', 'cronjob', 'reader-workflow-cache-mappings-json', '-p', change]);
    await workbench.pick('Apply, and Take Over Their Fields');
    const words =
      /CronJob argo\/reader-workflow-cache-mappings-json was not applied: somebody else changed it/;
    await workbench.toast(words).waitFor();
    await workbench.screenshot('scaffold-moved');
    assert.equal(await schedule(), '7 * * * *');
    await workbench.pressOnToast(words, 'Look Again');
    await asked('from kubectl-patch: .spec.schedule').waitFor();
    await workbench.oldSide.getByText('7 * * * *').waitFor();
    await workbench.pick('Apply, and Take Over Their Fields');
    const taken = '--for=jsonpath={.spec.schedule}=0 * * * *';
    await kubectl(['wait', taken, 'cronjob/reader-workflow-cache-mappings-json', '--timeout=30s']);
  });
});
