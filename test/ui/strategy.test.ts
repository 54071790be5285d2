import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setStage, showFailures, TYPING, type Stage } from './stage.ts';

const KEY = 'mappings.json';
const MANIFEST = `kind: Deployment
apiVersion: apps/v1
metadata:
  name: shop # of team a
spec:
  selector:
    matchLabels: { app: shop }
  template:
    metadata:
      labels: { app: shop }
    spec:
      containers:
      - name: shop
        image: registry.example/shop:1
`;

describe('strategies, scripts and readers on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ settings: TYPING });
    await writeFile(path.join(stage.workspace, 'shop.yaml'), MANIFEST);
    await stage.workbench.openContainer('Caches');
    await stage.workbench.expand('argo');
    await stage.workbench.expand('workflow-cache');
  });
  after(() => stage.clear());
  showFailures(() => stage);

  const asked = (text: string | RegExp) =>
    stage.workbench.page.locator('.quick-input-widget:visible', { hasText: text });
  const inWorkspace = (name: string) => readFile(path.join(stage.workspace, name), 'utf8');

  it('three questions lead to a recommendation, and to the script for a refresh by hand', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await workbench.chooseOnRow(KEY, 'Choose a Refresh Strategy');
    await workbench.pick('Less than once a week');
    await workbench.pick('The person who changes it');
    await workbench.pick('A day');
    await asked(/By hand.*recommended/).waitFor();
    const preview = page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await preview.getByText('Recommended: by hand.').waitFor();
    await workbench.screenshot('strategy');
    await workbench.pick('By hand');
    await asked('URL of the source').waitFor();
    await workbench.answer(`${stage.source.url}/${KEY}`);
    await workbench.pick('JSON');
    await asked('Age from which').waitFor();
    await workbench.answer('7d');
    await asked('Deployment my-app').waitFor();
    await page.keyboard.press('Enter');
    await workbench.offers('scripts');
    await page.keyboard.press('Enter');
    await asked('Write to Workspace').waitFor();
    assert.equal(await asked('Apply to Cluster').count(), 0);
    await workbench.screenshot('strategy-script');
    await workbench.pick('Write to Workspace');
    await workbench.row('refresh-workflow-cache-mappings-json.sh').waitFor();
    await workbench.openContainer('Caches');
    const script = await inWorkspace('scripts/refresh-workflow-cache-mappings-json.sh');
    assert.match(
      script,
      /^#!\/bin\/sh\n[^]*export CONTEXT=demo\nexport SERVER=https:.*\nexport NAMESPACE=argo\n/,
    );
  });

  it('a job that asks as often as was recommended, and not an address of this machine', async () => {
    const { workbench } = stage;
    await workbench.chooseOnRow(KEY, 'Choose a Refresh Strategy');
    await workbench.pick('At any time');
    await workbench.pick('Nobody');
    await workbench.pick('An hour');
    await asked(/On a schedule.*recommended/).waitFor();
    await workbench.pick('On a schedule');
    await asked('URL of the source').waitFor();
    await workbench.quickInput.fill(`${stage.source.url}/${KEY}`);
    await asked('127.0.0.1 is the pod itself').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.pick('JSON');
    await workbench.pick('UTC');
    await workbench.offers('0 * * * *');
    await asked('hourly').waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('a reader is put into the manifest at the cursor, after it was shown', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await workbench.openFile(path.join(stage.workspace, 'shop.yaml'));
    await workbench.chooseOnRow(KEY, 'Scaffold Reader');
    await asked('The workload at the cursor').waitFor();
    await workbench.screenshot('reader-place');
    await workbench.pick('The workload at the cursor');
    await asked('Put It into shop.yaml').waitFor();
    await page.locator('.multiDiffEntry').getByText('volumeMounts').waitFor();
    await workbench.screenshot('reader-preview');
    await workbench.pick('Put It into shop.yaml');
    await workbench.text.getByText('volumeMounts:').waitFor();
    await workbench.screenshot('reader-put');
    assert.equal(await inWorkspace('shop.yaml'), MANIFEST);
    await page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
    await page.locator('.tab.active.dirty[data-resource-name="shop.yaml"]').waitFor();
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)[data-resource-name="shop.yaml"]').waitFor();
    const saved = await inWorkspace('shop.yaml');
    assert.ok(saved.startsWith(MANIFEST) && saved.includes('workflow-cache'), saved);
    await stage.plane.kubectl(['create', '--validate=strict', '-n', 'argo', '-f', '-'], {
      input: saved,
    });
    await workbench.expand('Readers');
    await workbench.row('Deployment shop').getByText('reads it live').waitFor();
  });

  it('what a refresh would do is copied as a kubectl command', async () => {
    const { workbench } = stage;
    const { page } = workbench;
    await workbench.chooseOnRow(KEY, 'Copy as kubectl Command');
    await workbench.pick('From a URL');
    await workbench.offers(`${stage.source.url}/${KEY}`);
    await page.keyboard.press('Enter');
    // The demo's cache was written by kubectl: whoever writes it is named before.
    await workbench.pressInDialog('Copy Anyway');
    await workbench
      .toast(/A kubectl command for argo\/workflow-cache in context demo was copied/)
      .waitFor();
    await workbench.screenshot('kubectl-copied');
    await workbench.runCommand('File: New Untitled Text File');
    await page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
    await page.keyboard.press('Control+V');
    await workbench.text.getByText('kubectl --context=demo --namespace=argo patch').waitFor();
    await workbench.screenshot('kubectl-pasted');
  });
});
