import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { setStage, showFailures, type Stage } from './stage.ts';

const KEY = 'prices.json';

describe('files as sources on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage();
    await stage.workbench.openContainer('Caches');
    await stage.workbench.expand('team-b');
    await stage.workbench.expand('price-cache');
  });
  after(() => stage.clear());
  showFailures(() => stage);
  afterEach(() => stage.workbench.runCommand('Notifications: Clear All Notifications'));

  const stored = async () =>
    JSON.parse(
      await stage.plane.kubectl(['get', 'configmap', 'price-cache', '-n', 'team-b', '-o', 'json']),
    ) as { data?: Record<string, string>; binaryData?: Record<string, string> };
  const write = async (name: string, content: unknown, indent: number): Promise<string> => {
    const file = path.join(stage.workspace, name);
    await writeFile(file, JSON.stringify(content, null, indent));
    return file;
  };
  /** Refreshes the key from a file that is open in the active editor. */
  const refreshFrom = async (file: string) => {
    await stage.workbench.openFile(file);
    await stage.workbench.chooseOnRow(KEY, 'Refresh from File');
    await stage.workbench.pick(path.basename(file));
  };

  it('what is too large can be minified or gzipped, and is shown before it is written', async () => {
    const { workbench } = stage;
    const content = Object.fromEntries(
      Array.from({ length: 40_000 }, (_, index) => [`product-${index}`, { price: index }]),
    );
    const file = await write('too-wide.json', content, 4);
    const before = await stored();
    await refreshFrom(file);
    const refusal =
      /As JSON without white space: .* less.* Gzipped as prices.json.gz: .* Split: at least 3 ConfigMaps/;
    await workbench.toast(refusal).waitFor();
    await workbench.screenshot('too-large-proposals');
    assert.deepEqual(await stored(), before);
    await workbench.pressOnToast(refusal, 'Gzip It');
    await workbench.titleAction('Apply').waitFor();
    await workbench.screenshot('too-large-gzipped');
    await workbench.titleAction('Apply').click();
    await workbench.pressInDialog('Apply Anyway');
    await workbench.row(`${KEY}.gz`).waitFor();
    const { data, binaryData } = await stored();
    assert.equal(data, undefined);
    const packed = Buffer.from(binaryData?.[`${KEY}.gz`] ?? '', 'base64');
    assert.deepEqual(JSON.parse(gunzipSync(packed).toString()), content);
    await workbench.chooseOnRow('price-cache', 'Undo Last Refresh');
    await workbench.titleAction('Apply').click();
    await workbench.pressInDialog('Apply Anyway');
    await workbench.row(KEY).waitFor();
    assert.deepEqual((await stored()).data, before.data);
  });

  it('a cache that is deployed from a file of the workspace leads to that file', async () => {
    const { workbench, plane } = stage;
    const mark = 'argocd.argoproj.io/tracking-id=shop:/ConfigMap:team-b/price-cache';
    await plane.kubectl(['annotate', 'configmap', 'price-cache', '-n', 'team-b', mark]);
    const { data } = await stored();
    const content = data?.[KEY] ?? '';
    const manifest = `apiVersion: v1\nkind: ConfigMap\ndata:\n  ${KEY}: ${JSON.stringify(content)}\n`;
    await writeFile(path.join(stage.workspace, 'price-cache.yaml'), manifest);
    await refreshFrom(await write('new.json', { small: 1, medium: 2, large: 4 }, 2));
    const words = /The Argo CD application shop deploys it/;
    await workbench.toast(words).waitFor();
    await workbench.screenshot('edit-the-source');
    await workbench.pressOnToast(words, 'Edit the Source Instead');
    await workbench.page.locator('.tab.active[data-resource-name="price-cache.yaml"]').waitFor();
    await workbench.page.getByText(/Ln 4, Col 1/).waitFor();
    assert.deepEqual((await stored()).data, data);
    await plane.kubectl([
      ...['annotate', 'configmap', 'price-cache', '-n', 'team-b'],
      'argocd.argoproj.io/tracking-id-',
    ]);
  });

  it('a file is dropped on a key, and shown before it is written', async () => {
    const { workbench } = stage;
    const content = { small: 7, medium: 8, large: 9 };
    await workbench.openFile(await write('dropped.json', content, 2));
    const before = await stored();
    await workbench.page.locator('.tab.active').dragTo(workbench.row(KEY));
    await workbench.titleAction('Apply').waitFor();
    await workbench.screenshot('dropped');
    assert.deepEqual(await stored(), before);
    await workbench.titleAction('Apply').click();
    await workbench.toast(/was refreshed/).waitFor();
    assert.deepEqual(JSON.parse((await stored()).data?.[KEY] ?? ''), content);
  });

  it('a file is dropped on a cache, and goes to the key of its name', async () => {
    const { workbench } = stage;
    const content = { small: 10, medium: 11, large: 12 };
    await workbench.openFile(await write(KEY, content, 2));
    await workbench.page.locator('.tab.active').dragTo(workbench.row('price-cache'));
    await workbench.titleAction('Apply').click();
    await workbench.toast(/was refreshed/).waitFor();
    assert.deepEqual(JSON.parse((await stored()).data?.[KEY] ?? ''), content);
  });

  it('a file that comes without its place, as into a browser, is chosen instead', async () => {
    const { workbench } = stage;
    const data = await workbench.page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(new File(['{}'], 'outside.json')); return data; })()`,
    );
    for (const event of ['dragenter', 'dragover', 'drop']) {
      await workbench.row(KEY).dispatchEvent(event, { dataTransfer: data });
    }
    const words = /not told where outside.json is/;
    await workbench.toast(words).waitFor();
    await workbench.screenshot('dropped-without-place');
    await workbench.pressOnToast(words, 'Choose a File...');
    await workbench.pick('Choose a file...');
    await workbench.typePath(path.join(stage.workspace, 'dropped.json'));
    await workbench.pick('dropped.json');
    await workbench.titleAction('Apply').waitFor();
    await workbench.titleAction('Discard').click();
    await workbench.titleAction('Discard').waitFor({ state: 'detached' });
  });

  it('all keys are exported into a folder, after a yes where files are replaced', async () => {
    const { workbench } = stage;
    const folder = path.join(stage.workspace, 'export');
    await mkdir(folder);
    await stage.plane.kubectl([
      ...['patch', 'configmap', 'price-cache', '-n', 'team-b', '--type=merge', '-p'],
      JSON.stringify({ binaryData: { 'more.bin': 'AP8=' } }),
    ]);
    await workbench.row('more.bin').waitFor();
    const exportAll = async () => {
      await workbench.chooseOnRow('price-cache', 'Export to File');
      await workbench.typePath(`${folder}/`);
      await workbench.page.getByRole('button', { name: 'Export Here' }).click();
    };
    await exportAll();
    await workbench.toast(/2 keys of team-b\/price-cache in context demo were exported/).waitFor();
    assert.equal(await readFile(path.join(folder, KEY), 'utf8'), (await stored()).data?.[KEY]);
    assert.deepEqual([...(await readFile(path.join(folder, 'more.bin')))], [0, 255]);
    await writeFile(path.join(folder, KEY), 'mine');
    await workbench.runCommand('Notifications: Clear All Notifications');
    await exportAll();
    await workbench.dialog.getByText('Replace 2 files in that folder?').waitFor();
    await workbench.screenshot('export-replace');
    await workbench.pressInDialog('Cancel');
    assert.equal(await readFile(path.join(folder, KEY), 'utf8'), 'mine');
  });

  it('a key is exported to a file, byte by byte', async () => {
    const { workbench } = stage;
    await workbench.chooseOnRow(KEY, 'Export to File');
    const file = path.join(stage.workspace, 'exported.json');
    await workbench.offers(path.join(stage.workspace, KEY));
    await workbench.answer(file);
    await workbench
      .toast(/prices.json of team-b\/price-cache in context demo was exported/)
      .waitFor();
    assert.equal(await readFile(file, 'utf8'), (await stored()).data?.[KEY]);
  });

  it('of a file that is dropped beside caches it is asked where to', async () => {
    const { workbench } = stage;
    const before = await stored();
    await workbench.openFile(path.join(stage.workspace, 'dropped.json'));
    await workbench.page.locator('.tab.active').dragTo(workbench.row('team-b'));
    const asked = (words: string) => workbench.page.getByPlaceholder(words).waitFor();
    await asked('Cache');
    await workbench.pick('price-cache');
    await asked('Key of team-b/price-cache in context demo');
    await workbench.screenshot('dropped-beside-caches');
    await workbench.pick(KEY);
    await workbench.titleAction('Apply').waitFor();
    assert.deepEqual(await stored(), before);
  });
});
