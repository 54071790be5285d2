import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { readKubeconfig, writeKubeconfig } from '../cluster/kubeconfigFile.ts';
import { setStage, showFailures, TYPING, type Stage } from './stage.ts';

const KEY = 'prices.json';
// As long as what they replace, so that nothing is asked.
const DEMO = '{"saved": "demo", "small": 1, "medium": 2, "large": 3}';
const OTHER = '{"saved": "other", "small": 4, "medium": 5, "large": 6}';

/** Two clusters in which a cache of the same namespace and name has a key of the same name. */
describe('two contexts on the screen', () => {
  let stage: Stage;
  let other: ControlPlane;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kubeconfigs-'));
    const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
    other = await startControlPlane();
    await writeKubeconfig(second, {
      ...(await readKubeconfig(other.kubeconfig)),
      context: 'other',
    });
    await other.kubectl(['create', 'namespace', 'team-b']);
    await other.kubectl([
      ...['create', 'configmap', 'price-cache', '-n', 'team-b'],
      `--from-literal=${KEY}={"of": "other"}`,
    ]);
    stage = await setStage({ kubeconfig: `${first}:${second}`, settings: TYPING });
    await copyFile(stage.plane.kubeconfig, first);
    await stage.workbench.openContainer('Caches');
  });
  after(async () => {
    await stage.clear();
    await other.stop();
    await rm(folder, { recursive: true, force: true });
  });
  showFailures(() => stage);

  const stored = async ({ kubectl }: ControlPlane): Promise<string | undefined> => {
    const args = ['get', 'configmap', 'price-cache', '-n', 'team-b', '-o', 'json'];
    return (JSON.parse(await kubectl(args)) as { data: Record<string, string> }).data[KEY];
  };
  const tabOf = (context: string): Locator =>
    stage.workbench.page.locator(`.tab[data-resource-name="${KEY}"]`, { hasText: context });
  const open = async (context: string) => {
    const { workbench } = stage;
    await workbench.expand(context);
    await workbench.expand('team-b');
    await workbench.expand('price-cache');
    await workbench.row(KEY).dblclick();
    await workbench.page.locator('.tab.active', { hasText: KEY }).waitFor();
    await workbench.text.first().waitFor();
    // So that the rows of the next one are alone on the screen.
    await workbench.row(context).click();
    await workbench.row('team-b').waitFor({ state: 'detached' });
  };
  const type = async (context: string, text: string) => {
    const { workbench } = stage;
    await tabOf(context).click();
    await workbench.text.first().click();
    await workbench.page.keyboard.press('Control+a');
    await workbench.page.keyboard.insertText(text);
    await workbench.page.locator('.tab.active.dirty').waitFor();
  };
  const choose = async (...contexts: readonly string[]) => {
    const { workbench } = stage;
    await workbench.runCommand('Cache: Choose Contexts...');
    const rows = workbench.page.locator('.quick-input-widget:visible .monaco-list-row');
    for (const context of ['demo', 'other']) {
      const box = rows
        .filter({ hasText: context })
        .locator('input[type=checkbox], .monaco-checkbox');
      await box.first().setChecked(contexts.includes(context));
    }
    await workbench.page
      .locator('.quick-input-widget:visible .monaco-button', { hasText: 'OK' })
      .click();
  };

  const restart = async () => {
    const { workbench } = stage;
    const loaded = workbench.page.waitForEvent('load');
    await workbench.runCommand('Developer: Reload Window');
    await loaded;
    await workbench.page.locator('.activitybar').waitFor();
  };

  it('the same key of both, open and changed: each is saved to its own cluster', async () => {
    await choose('demo', 'other');
    await open('demo');
    await open('other');
    await type('demo', DEMO);
    await type('other', OTHER);
    await stage.workbench.screenshot('two-contexts');
    const before = await Promise.all([stored(stage.plane), stored(other)]);
    assert.equal(before[1], '{"of": "other"}');
    await tabOf('demo').click();
    await stage.workbench.page.keyboard.press('Control+s');
    await stage.workbench.page.locator('.tab.active:not(.dirty)').waitFor();
    assert.deepEqual([await stored(stage.plane), await stored(other)], [DEMO, before[1]]);
    await tabOf('other').click();
    await stage.workbench.page.keyboard.press('Control+s');
    await stage.workbench.page.locator('.tab.active:not(.dirty)').waitFor();
    assert.deepEqual([await stored(stage.plane), await stored(other)], [DEMO, OTHER]);
  });

  it('tabs are there again after a restart, each with the content of its own', async () => {
    const { workbench } = stage;
    await restart();
    for (const context of ['demo', 'other']) {
      await tabOf(context).click();
      await workbench.text.getByText(`"${context}"`).first().waitFor();
    }
  });

  it('a save in a context that is not chosen any more is not made, and is once it is chosen again', async () => {
    const { workbench } = stage;
    const edited = OTHER.replace('6', '7');
    await choose('demo');
    await type('other', edited);
    await workbench.page.keyboard.press('Control+s');
    await workbench.toast(/is not contacted: its context is not among those/).waitFor();
    assert.equal(await stored(other), OTHER);
    await choose('demo', 'other');
    await tabOf('other').click();
    await workbench.page.keyboard.press('Control+s');
    await workbench.page.locator('.tab.active:not(.dirty)').waitFor();
    assert.equal(await stored(other), edited);
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('the tab of a context that is not chosen any more says so, and contacts nothing', async () => {
    const { workbench } = stage;
    await choose('demo');
    await restart();
    await tabOf('other').click();
    const said = /is not contacted: its context is not among those/;
    await workbench.toast(said).waitFor();
    await workbench.screenshot('context-not-chosen');
    await workbench.pressOnToast(said, 'Choose Contexts');
    await workbench.quickInput.waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('the tab of a cache that was deleted and created again says so after a restart', async () => {
    const { workbench } = stage;
    const { kubectl } = stage.plane;
    await kubectl(['delete', 'configmap', 'price-cache', '-n', 'team-b']);
    await kubectl([
      'create',
      'configmap',
      'price-cache',
      '-n',
      'team-b',
      `--from-literal=${KEY}={}`,
    ]);
    await restart();
    await tabOf('demo').click();
    await workbench.toast(/price-cache in context demo was deleted and created again/).waitFor();
  });
});
