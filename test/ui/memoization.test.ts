import assert from 'node:assert/strict';
import { setStage, showFailures, type Stage } from './stage.ts';

const HOUR = 3_600_000;
const MAP = 'memoized-steps';

/** An entry as Argo writes it, with an output of so many characters. */
function entry(node: string, createdHoursAgo: number, hitHoursAgo: number, length = 10): string {
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR - 60_000).toISOString();
  return JSON.stringify({
    nodeID: node,
    outputs: { parameters: [{ name: 'digest', value: 'x'.repeat(length) }] },
    creationTimestamp: ago(createdHoursAgo),
    lastHitTimestamp: ago(hitHoursAgo),
  });
}

describe('memoization maps on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage();
    await patch({
      'resize-images': entry('images-7', 70, 5, 2000),
      'train-model': entry('train-3', 800, 790),
      'fetch-rates': '{"nodeID": "rates-1", "outputs": ',
    });
    await stage.workbench.openContainer('Caches');
    await stage.workbench.expand('team-b');
    await stage.workbench.expand(MAP);
  });
  after(() => stage.clear());
  showFailures(() => stage);

  const patch = (data: Readonly<Record<string, string>>) =>
    stage.plane.kubectl([
      ...['patch', 'configmap', MAP, '-n', 'team-b', '--type=merge', '-p'],
      JSON.stringify({ data }),
    ]);
  const keys = async (): Promise<readonly string[]> => {
    const map = JSON.parse(
      await stage.plane.kubectl(['get', 'configmap', MAP, '-n', 'team-b', '-o', 'json']),
    ) as { data?: Record<string, string> };
    return Object.keys(map.data ?? {}).sort();
  };
  it('show each entry with its last hit, creation and size, and which are not usable', async () => {
    const { workbench } = stage;
    await workbench
      .row('resize-images')
      .getByText(/hit 5 h ago · created 2 d ago · 2\.\d KB/)
      .waitFor();
    await workbench
      .row('train-model')
      .getByText(/hit 32 d ago · created 33 d ago · \d+ bytes/)
      .waitFor();
    await workbench
      .row('fetch-rates')
      .getByText(/not usable: it is not a JSON object/)
      .waitFor();
    await workbench.screenshot('memoization');
  });

  it('are sorted as the person wants', async () => {
    const { workbench } = stage;
    await workbench.runCommand('Cache: Sort Entries...');
    await workbench.pick('Size, largest first');
    // Rows are placed one under the other: only the largest can be right under its map.
    const { page } = workbench;
    const below = page.locator('.monaco-list-row', { hasText: MAP }).locator('+ .monaco-list-row');
    await below.filter({ hasText: 'resize-images' }).waitFor();
  });

  it('lose an entry, after a preview and a yes', async () => {
    const { workbench } = stage;
    await workbench.chooseOnRow('fetch-rates', 'Delete Entry...');
    await workbench.pressOnToast(/fetch-rates: deleted/, 'Apply');
    await workbench.pressInDialog('Apply Anyway');
    await workbench.toast(/was changed/).waitFor();
    assert.deepEqual(await keys(), ['resize-images', 'step-1', 'train-model']);
    await workbench.row('fetch-rates').waitFor({ state: 'detached' });
  });

  it('lose all entries that are older than asked', async () => {
    const { workbench } = stage;
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.chooseOnRow(MAP, 'Delete Entries Older Than...');
    await workbench.answer('30d');
    await workbench.pressOnToast(/train-model: deleted/, 'Apply');
    await workbench.screenshot('memoization-older');
    await workbench.pressInDialog('Apply Anyway');
    await workbench.toast(/was changed/).waitFor();
    assert.deepEqual(await keys(), ['resize-images', 'step-1']);
  });
});
