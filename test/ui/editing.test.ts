import assert from 'node:assert/strict';
import { setStage, showFailures, TYPING, type Stage } from './stage.ts';

const KEY = 'prices.json';

interface ConfigMap {
  readonly metadata: {
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

describe('keys as files on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ settings: TYPING });
    await stage.workbench.openContainer('Caches');
  });
  after(() => stage.clear());
  showFailures(() => stage);
  afterEach(() => stage.workbench.runCommand('Notifications: Clear All Notifications'));

  const stored = async (name = 'price-cache', namespace = 'team-b'): Promise<ConfigMap> =>
    JSON.parse(
      await stage.plane.kubectl(['get', 'configmap', name, '-n', namespace, '-o', 'json']),
    ) as ConfigMap;
  const patch = (text: string) =>
    stage.plane.kubectl([
      ...['patch', 'configmap', 'price-cache', '-n', 'team-b', '--type=merge', '-p'],
      JSON.stringify({ data: { [KEY]: text } }),
    ]);
  const open = async (key: string) => {
    const { workbench } = stage;
    await workbench.row(key).dblclick();
    await workbench.page.locator(`.tab.active[data-resource-name="${key}"]`).waitFor();
    await workbench.text.first().waitFor();
  };
  /** Replaces the text of the active editor. */
  const type = async (text: string) => {
    const { page } = stage.workbench;
    await stage.workbench.text.first().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text);
    await page.locator('.tab.active.dirty').waitFor();
  };
  const save = () => stage.workbench.page.keyboard.press('Control+s');
  const saved = () => stage.workbench.page.locator('.tab.active:not(.dirty)').waitFor();
  /** Closes the comparisons that are open, and no key. */
  const closeComparisons = async () => {
    const tabs = stage.workbench.page.locator('.tab', { hasText: `${KEY}: ` });
    for (let left = await tabs.count(); left > 0; left -= 1) {
      await tabs.last().click({ button: 'middle' });
      await tabs.nth(left - 1).waitFor({ state: 'detached' });
    }
  };

  it('a key opens as a file, and a save writes that key alone', async () => {
    const { workbench } = stage;
    await workbench.expand('team-b');
    await workbench.expand('price-cache');
    await open(KEY);
    await workbench.page.getByText('JSON', { exact: true }).first().waitFor();
    const before = await stored();
    await type('{"small": 10, "medium": 20, "large": 30}\n');
    await workbench.screenshot('editing');
    assert.deepEqual(await stored(), before, 'nothing is written before it is saved');
    await save();
    await saved();
    const after = await stored();
    assert.equal(after.data?.[KEY], '{"small": 10, "medium": 20, "large": 30}\n');
    assert.deepEqual(after.metadata.annotations, before.metadata.annotations);
    assert.equal(after.metadata.uid, before.metadata.uid);
  });

  it('an editor without changes follows the cluster', async () => {
    await patch('{"small": 11}');
    await stage.workbench.text.getByText('"small"').first().waitFor();
    await stage.workbench.text.getByText('11').first().waitFor();
    await stage.workbench.page.locator('.tab.active:not(.dirty)').waitFor();
  });

  it('a save of what was changed meanwhile is not made; the three versions can be compared', async () => {
    const { workbench } = stage;
    await type('{"small": 12}');
    await patch('{"small": 999}');
    await workbench.toast(/changed in the cluster while you edit it/).waitFor();
    await save();
    await workbench.toast(/The content of the file is newer/).waitFor();
    await workbench.screenshot('newer-in-the-cluster');
    assert.equal((await stored()).data?.[KEY], '{"small": 999}');
    await workbench.pressOnToast(
      /changed in the cluster while you edit it/,
      'Compare the Three Versions',
    );
    await workbench.page.locator('.multiDiffEntry').nth(1).waitFor();
    await workbench.screenshot('three-versions');
    await workbench.page.keyboard.press('Control+w');
    await workbench.page.locator(`.tab.active[data-resource-name="${KEY}"]`).waitFor();
    await workbench.runCommand('File: Revert File');
    await saved();
    await workbench.text.getByText('999').first().waitFor();
  });

  it('a change of as many bytes, of which the editor says nothing, is asked about, and its readers are named', async () => {
    const { workbench } = stage;
    const { kubectl } = stage.plane;
    await kubectl(['create', 'deployment', 'shop', '--image=app:1', '-n', 'team-b']);
    await kubectl(['set', 'env', 'deployment/shop', '--from=cm/price-cache', '-n', 'team-b']);
    await type('{"small": 112}');
    await patch('{"small": 199}');
    await save();
    await workbench.dialog
      .getByText(/Somebody changed it since you opened.*kubectl-patch wrote it last, at 2/s)
      .waitFor();
    await workbench.dialog.getByText('Read by Deployment shop (restart needed: env).').waitFor();
    await workbench.screenshot('overwrite');
    await workbench.pressInDialog('Cancel');
    await kubectl(['delete', 'deployment', 'shop', '-n', 'team-b']);
    await workbench.toast(/was not written/).waitFor();
    assert.equal((await stored()).data?.[KEY], '{"small": 199}');
    await workbench.runCommand('File: Revert File');
    await patch('{"small": 99}');
    await workbench.text.getByText('99', { exact: true }).first().waitFor();
  });

  it('a text that is not readable is asked about, and not written without a yes', async () => {
    const { workbench } = stage;
    await type('{"small": ');
    await save();
    await workbench.dialog.getByText(/not readable as JSON/).waitFor();
    await workbench.pressInDialog('Cancel');
    await workbench.toast(/was not written/).waitFor();
    assert.equal((await stored()).data?.[KEY], '{"small": 99}');
    await save();
    await workbench.pressInDialog('Apply Anyway');
    await saved();
    assert.equal((await stored()).data?.[KEY], '{"small": ');
  });

  it('the last write is undone, with a preview, and the undo can be undone', async () => {
    const { workbench } = stage;
    for (const [held, restored] of [
      ['{"small": ', '{"small": 99}'],
      ['{"small": 99}', '{"small": '],
    ]) {
      assert.equal((await stored()).data?.[KEY], held);
      await workbench.chooseOnRow('price-cache', 'Undo Last Refresh');
      await workbench.titleAction('Apply').click();
      if (restored === '{"small": ') await workbench.pressInDialog('Apply Anyway');
      await workbench.toast(/was restored/).waitFor();
      assert.equal((await stored()).data?.[KEY], restored);
      await workbench.runCommand('Notifications: Clear All Notifications');
    }
  });

  it('the history shows every content, by whom and what it changed, and restores any', async () => {
    const { workbench } = stage;
    await workbench.chooseOnRow(KEY, 'Show History');
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'by kubectl-patch' }).first().waitFor();
    await rows
      .filter({ hasText: /3 entries/ })
      .first()
      .waitFor();
    await workbench.screenshot('history');
    await rows
      .filter({ hasText: /3 entries · / })
      .first()
      .click();
    await workbench.pick('Restore...');
    await workbench.titleAction('Apply').click();
    await workbench.toast(/was restored/).waitFor();
    assert.deepEqual(Object.keys(JSON.parse((await stored()).data?.[KEY] ?? '') as object), [
      'small',
      'medium',
      'large',
    ]);
  });

  it('any content is compared with the cluster, with the one before, and with any other', async () => {
    const { workbench } = stage;
    /** Chooses the newest version of which its row says this; rows stand in the page in any order. */
    const choose = async (words: string) => {
      await workbench.page.getByPlaceholder('A content to compare or restore').fill(words);
      const row = workbench.page.locator('.quick-input-list .monaco-list-row.focused');
      await row.filter({ hasText: words }).waitFor();
      await workbench.page.keyboard.press('Enter');
    };
    const compare = async (deed: string) => {
      await workbench.chooseOnRow(KEY, 'Show History');
      await choose('by kubectl-patch');
      await workbench.pick(deed);
    };
    try {
      await compare('Compare with the Cluster');
      await workbench.newSide.getByText('30').first().waitFor();
      await workbench.screenshot('compare-with-the-cluster');
      await closeComparisons();
      await compare('Compare with the One Before');
      await workbench.oldSide.getByText('199').first().waitFor();
      await workbench.newSide.getByText('99', { exact: true }).first().waitFor();
      await closeComparisons();
      await compare('Compare with Another...');
      await choose('in the cluster now');
      await workbench.oldSide.getByText('30').first().waitFor();
      await workbench.newSide.getByText('99', { exact: true }).first().waitFor();
    } finally {
      await closeComparisons();
    }
  });

  it('a deleted cache comes back with its labels and keys', async () => {
    const { workbench } = stage;
    await stage.plane.kubectl(['label', 'configmap', 'price-cache', '-n', 'team-b', 'team=b']);
    await patch('{"small": 1}');
    await workbench.chooseOnRow('price-cache', 'Show History');
    await workbench.page.keyboard.press('Escape');
    const before = await stored();
    await stage.plane.kubectl(['delete', 'configmap', 'price-cache', '-n', 'team-b']);
    await workbench.row('price-cache').waitFor({ state: 'detached' });
    await workbench.page.locator('.tab .strikethrough[aria-label*=Deleted]').waitFor();
    await workbench.chooseOnRow('team-b', 'Show History');
    await workbench.pick('price-cache');
    await workbench.pick('Restore the Deleted Cache');
    await workbench.titleAction('Apply').click();
    await workbench.toast(/was created/).waitFor();
    const after = await stored();
    assert.deepEqual(after.data, before.data);
    assert.deepEqual(after.metadata.labels, before.metadata.labels);
    assert.notEqual(after.metadata.uid, before.metadata.uid);
  });

  it('the tab of the deleted one does not write the new one', async () => {
    const { workbench } = stage;
    await workbench.page.locator(`.tab[data-resource-name="${KEY}"]`).first().click();
    await workbench.page.locator('.tab .strikethrough[aria-label*=Deleted]').waitFor();
    await workbench.screenshot('deleted-and-created-again');
    const before = await stored();
    await type('{"small": 5}');
    await save();
    await workbench.toast(/deleted and created again/).waitFor();
    assert.deepEqual(await stored(), before);
    // There is nothing to revert to.
    await workbench.pressOnToast(/deleted and created again/, 'Revert');
    await workbench.runCommand('View: Revert and Close Editor');
  });

  it('auto-save does not write to a cluster', async () => {
    const { workbench } = stage;
    await workbench.expand('price-cache');
    await open(KEY);
    const before = await stored();
    await workbench.runCommand('File: Toggle Auto Save');
    await type('{"small": 7}');
    await workbench.toast(/Auto-save does not write to a cluster/).waitFor();
    assert.deepEqual(await stored(), before);
    await save();
    await saved();
    assert.equal((await stored()).data?.[KEY], '{"small": 7}');
    await workbench.runCommand('File: Toggle Auto Save');
  });

  it('keys are added, copied, renamed and deleted, each with a preview', async () => {
    const { workbench } = stage;
    const apply = () => workbench.titleAction('Apply').click();
    const keys = async () => Object.keys((await stored()).data ?? {}).sort();
    await workbench.chooseOnRow('price-cache', 'Add Key');
    await workbench.answer('notes.txt');
    await apply();
    await workbench.row('notes.txt').waitFor();
    await workbench.chooseOnRow(KEY, 'Copy Key');
    await workbench.answer('copy.json');
    await apply();
    await workbench.row('copy.json').waitFor();
    await workbench.chooseOnRow('copy.json', 'Rename Key');
    await workbench.answer('renamed.json');
    await apply();
    await workbench.row('renamed.json').waitFor();
    await workbench.row('copy.json').waitFor({ state: 'detached' });
    assert.deepEqual(await keys(), ['notes.txt', KEY, 'renamed.json']);
    await workbench.chooseOnRow('renamed.json', 'Delete Key');
    await apply();
    await workbench.dialog.getByText(/the key is deleted/).waitFor();
    await workbench.screenshot('delete-key');
    await workbench.pressInDialog('Apply Anyway');
    await workbench.row('renamed.json').waitFor({ state: 'detached' });
    assert.deepEqual(await keys(), ['notes.txt', KEY]);
  });

  it('on a key its own last write is undone, though others were made after it', async () => {
    const { workbench } = stage;
    const before = await stored();
    await workbench.chooseOnRow(KEY, 'Undo Last Refresh');
    await workbench.newSide.getByText('1', { exact: true }).first().waitFor();
    await workbench.screenshot('undo-key');
    assert.deepEqual(await stored(), before, 'it is shown before it is written');
    await workbench.titleAction('Apply').click();
    await workbench.titleAction('Apply').waitFor({ state: 'detached' });
    assert.deepEqual((await stored()).data, { ...before.data, [KEY]: '{"small": 1}' });
  });

  it('an immutable cache opens read-only, and is made anew after its name was typed', async () => {
    const { workbench } = stage;
    const before = await stored('frozen-cache', 'argo');
    await workbench.expand('argo');
    await workbench.expand('frozen-cache');
    await workbench.row('mappings.json').first().dblclick();
    await workbench.toast(/is read-only: the ConfigMap is immutable/).waitFor();
    await workbench.screenshot('read-only-key');
    await workbench.pressOnToast(/is read-only/, 'Recreate...');
    await workbench.dialog.getByText(/Pods that run go on/).waitFor();
    await workbench.screenshot('recreate');
    await workbench.pressInDialog('Recreate...');
    await workbench.answer('frozen-cache');
    await workbench.toast(/was recreated/).waitFor();
    const after = await stored('frozen-cache', 'argo');
    assert.deepEqual([after.data, after.immutable], [before.data, undefined]);
    assert.notEqual(after.metadata.uid, before.metadata.uid);
  });

  it('a cache is created with a preview', async () => {
    const { workbench } = stage;
    await workbench.chooseOnRow('team-b', 'Create Cache');
    await workbench.answer('fresh-cache');
    await workbench.offers('mappings.json');
    await workbench.page.keyboard.press('Enter');
    await workbench.titleAction('Apply').click();
    await workbench.expand('team-b');
    await workbench.row('fresh-cache').waitFor();
    const { data, metadata } = await stored('fresh-cache');
    assert.deepEqual(data, { 'mappings.json': '{}\n' });
    assert.deepEqual(metadata.labels, { 'cache-configmaps.dev/cache': 'true' });
  });

  it('the copy that kubectl apply left is removed, and the data stays', async () => {
    const { workbench } = stage;
    const labels = { 'cache-configmaps.dev/cache': 'true' };
    const metadata = { name: 'applied-cache', namespace: 'team-b', labels };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: '{"small": 1}' } };
    await stage.plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(map) });
    await workbench.expand('applied-cache');
    // Its copy is known when it was read.
    await workbench.row('applied-cache').getByText(/bytes/).waitFor();
    await workbench.chooseOnRow('applied-cache', 'Remove Last-Applied Copy');
    await workbench.screenshot('last-applied');
    await workbench.pressInDialog('Remove It');
    await workbench.toast(/The last-applied copy was removed/).waitFor();
    const { data, metadata: after } = await stored('applied-cache');
    assert.deepEqual(data, map.data);
    assert.deepEqual(after.annotations, undefined);
  });

  it('a save that is too large is told what would help; one that is near the limit is told so', async () => {
    const { workbench } = stage;
    const metadata = { name: 'full-cache', namespace: 'team-b' };
    const data = { filler: 'x'.repeat(1_048_576 - 100), 'few.json': '{"few": 1}' };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
    await stage.plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(map) });
    await workbench.expand('full-cache');
    await open('few.json');
    await type(`{"few": ${' '.repeat(200)}2}`);
    await save();
    const words = /As JSON without white space: .* Split: at least 2 ConfigMaps/;
    await workbench.toast(words).waitFor();
    await workbench.screenshot('save-too-large');
    assert.equal((await stored('full-cache')).data?.['few.json'], '{"few": 1}');
    await workbench.pressOnToast(words, 'Minify the JSON');
    await workbench.titleAction('Apply').click();
    // Not the notification: VS Code shows no fourth one within 800 ms.
    await workbench.titleAction('Apply').waitFor({ state: 'detached' });
    await workbench.row('few.json').getByText('1 entry · 9 bytes').waitFor();
    assert.equal((await stored('full-cache')).data?.['few.json'], '{"few":2}');
    await workbench.page.locator('.tab[data-resource-name="few.json"]').click();
    // The editor takes the focus when it is there, which would close the palette.
    await workbench.page.locator('.tab.active[data-resource-name="few.json"]').waitFor();
    await workbench.page.locator('.monaco-editor.focused').first().waitFor();
    await workbench.runCommand('File: Revert File');
    await type('{"few":33}');
    await save();
    await workbench.toast(/was written. The ConfigMap will hold 1.0 MB of 1.0 MB/).waitFor();
    assert.equal((await stored('full-cache')).data?.['few.json'], '{"few":33}');
  });

  it('what was kept of a cache is forgotten after a yes', async () => {
    const { workbench } = stage;
    await workbench.runCommand('Cache: Show History');
    await workbench.page.getByLabel(/^team-b, has a history/).waitFor();
    await workbench.screenshot('history-from-palette');
    await workbench.page.keyboard.press('Escape');
    await workbench.chooseOnRow('price-cache', 'Forget History');
    await workbench.pressInDialog('Forget');
    await workbench.toast(/The history was forgotten/).waitFor();
    await workbench.chooseOnRow('price-cache', 'Undo Last Refresh');
    await workbench.toast(/knows no refresh of team-b\/price-cache/).waitFor();
    await workbench.screenshot('forgotten');
  });
});
