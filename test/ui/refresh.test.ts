import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setStage, showFailures, type Stage } from './stage.ts';

interface ConfigMap {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data: Readonly<Record<string, string>>;
}

const KEY = 'mappings.json';

describe('on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage();
  });
  after(() => stage.clear());
  showFailures(() => stage);

  const stored = async (): Promise<ConfigMap> =>
    JSON.parse(
      await stage.plane.kubectl(['get', 'configmap', 'workflow-cache', '-n', 'argo', '-o', 'json']),
    ) as ConfigMap;

  it('the caches of the current context stand under their namespaces, with keys, sizes and ages', async () => {
    const { workbench } = stage;
    await workbench.openContainer('Caches');
    await workbench.expand('argo');
    await workbench
      .row('workflow-cache')
      .getByText(/1 key · refreshed 3 h ago/)
      .waitFor();
    await workbench
      .row('environment-cache')
      .getByText(/stale: refreshed 3 d ago/)
      .waitFor();
    assert.equal(await workbench.row('app-settings').count(), 0, 'an ordinary ConfigMap is hidden');
    await workbench.expand('workflow-cache');
    await workbench
      .row(KEY)
      .getByText(/200 entries/)
      .waitFor();
    await workbench.screenshot('caches');
  });

  it('a namespace with many caches shows the first ones at once, and then all', async () => {
    const { plane, workbench } = stage;
    const items = Array.from({ length: 300 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `cache-${100 + index}`, namespace: 'many' },
    }));
    await plane.kubectl(['create', 'namespace', 'many']);
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await plane.kubectl(['create', '-f', '-'], { input });
    await workbench
      .row('many')
      .getByText(/300 caches/)
      .waitFor();
    await workbench.expand('many');
    await workbench.row('cache-100').waitFor();
    await workbench.page.locator('.sidebar .monaco-list-row[aria-setsize="300"]').first().waitFor();
    await workbench.page.keyboard.press('End');
    await workbench.row('team-b').waitFor();
    await workbench.row('cache-399').waitFor();
    await plane.kubectl(['delete', '--raw', '/api/v1/namespaces/many/configmaps']);
    await workbench.row('many').waitFor({ state: 'detached' });
  });

  it('a refresh from a URL shows the difference, writes it, and the tree follows', async () => {
    const { workbench } = stage;
    const before = await stored();
    await workbench.chooseOnRow(KEY, 'Refresh from URL');
    await workbench.offers(`${stage.source.url}/${KEY}`);
    await workbench.page.keyboard.press('Enter');
    await workbench.toast(/Refresh argo\/workflow-cache in context demo\?/).waitFor();
    await workbench.newSide.getByText('search-next').first().waitFor();
    await workbench.screenshot('preview');
    assert.deepEqual(await stored(), before, 'nothing is written before it is applied');
    await workbench.titleAction('Apply').click();
    await workbench.toast(/argo\/workflow-cache in context demo was refreshed/).waitFor();
    await workbench
      .row('workflow-cache')
      .getByText(/refreshed just now/)
      .waitFor();
    await workbench.screenshot('refreshed');
    const after = await stored();
    const own = Object.keys(after.metadata.annotations ?? {});
    const facts = ['max-age', 'refreshed', 'sha256', 'source'];
    assert.deepEqual(
      own.sort(),
      facts.map((fact) => `${fact}.cache-configmaps.dev/${KEY}`),
    );
    assert.deepEqual(Object.keys(after.data), [KEY]);
    assert.notEqual(after.data[KEY], before.data[KEY]);
    assert.equal(after.metadata['uid'], before.metadata['uid']);
  });

  it('a refresh from a file of the Explorer writes its bytes', async () => {
    const { workbench, workspace } = stage;
    await workbench.openContainer('Explorer');
    await workbench.row(KEY).waitFor();
    await workbench.chooseOnRow(KEY, 'Cache ConfigMaps', 'Refresh from File');
    await workbench.pick('workflow-cache');
    await workbench.toast(/Refresh argo\/workflow-cache/).waitFor();
    await workbench.page.keyboard.press('Control+Enter');
    await workbench.toast(/was refreshed/).waitFor();
    const { data } = await stored();
    assert.equal(data[KEY], await readFile(path.join(workspace, KEY), 'utf8'));
  });

  it('a cache that changed meanwhile is not written; the new difference is shown and can be applied', async () => {
    const { workbench, workspace } = stage;
    await workbench.openContainer('Caches');
    const patch = (value: string) =>
      stage.plane.kubectl([
        ...['patch', 'configmap', 'workflow-cache', '-n', 'argo', '--type=merge', '-p'],
        JSON.stringify({ data: { [KEY]: value } }),
      ]);
    await patch('{"somebody": "first"}');
    await workbench.chooseOnRow(KEY, 'Refresh from File');
    await workbench.pick('used last');
    await workbench.toast(/Refresh argo\/workflow-cache/).waitFor();
    await patch('{"somebody": "second"}');
    await workbench.titleAction('Apply').click();
    await workbench.toast(/changed meanwhile, and nothing was written/).waitFor();
    assert.equal((await stored()).data[KEY], '{"somebody": "second"}');
    await workbench.oldSide.getByText('second').waitFor();
    await workbench.screenshot('conflict');
    await workbench.titleAction('Apply').click();
    await workbench.toast(/was refreshed/).waitFor();
    assert.equal((await stored()).data[KEY], await readFile(path.join(workspace, KEY), 'utf8'));
  });

  it('a cache that Argo CD deploys: said and asked about, once', async () => {
    const { workbench, source, plane } = stage;
    const mark = 'argocd.argoproj.io/tracking-id';
    const annotate = (value: string) =>
      plane.kubectl(['annotate', 'configmap', 'workflow-cache', '-n', 'argo', value]);
    await annotate(`${mark}=shop:/ConfigMap:argo/workflow-cache`);
    const words = /The Argo CD application shop deploys it/;
    /** Begins a refresh that has something to change, whatever the source gives at this moment. */
    const refresh = async () => {
      const patch = JSON.stringify({ data: { [KEY]: '{"somebody": "else"}' } });
      await plane.kubectl(['patch', 'configmap', 'workflow-cache', '-n', 'argo', '-p', patch]);
      await workbench.chooseOnRow(KEY, 'Refresh from URL');
      await workbench.answer(`${source.url}/${KEY}`);
      // Not the notification: VS Code shows no fourth one within 800 ms, and tests are quick.
      await workbench.titleAction('Apply').click();
    };
    await refresh();
    await workbench.toast(words).waitFor();
    await workbench.dialog.getByText(words).waitFor();
    await workbench.screenshot('owner');
    assert.deepEqual((await stored()).data, { [KEY]: '{"somebody": "else"}' });
    await workbench.pressInDialog('Apply Anyway');
    const done = /workflow-cache in context demo was refreshed/;
    await workbench.toast(done).waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
    await refresh();
    await workbench.titleAction('Apply').waitFor({ state: 'detached' });
    assert.equal(await workbench.dialog.count(), 0);
    assert.notDeepEqual((await stored()).data, { [KEY]: '{"somebody": "else"}' });
    await annotate(`${mark}-`);
  });

  it('a loss is asked about once more, and leaving writes nothing', async () => {
    const { workbench } = stage;
    const before = await stored();
    await workbench.openFile(path.join(stage.workspace, 'bad/half.json'));
    await workbench.runCommand('Cache: Refresh from File...');
    await workbench.pick('workflow-cache');
    await workbench.pick('active editor');
    await workbench.pick(KEY);
    await workbench.toast(/200 entries become 60 entries/).waitFor();
    await workbench.titleAction('Apply').click();
    await workbench.dialog.getByText('200 entries become 60 entries').waitFor();
    await workbench.screenshot('second-question');
    await workbench.pressInDialog('Cancel');
    await workbench.titleAction('Discard').click();
    await workbench.page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    assert.deepEqual(await stored(), before);
  });

  it('too large is refused, with the sizes', async () => {
    const { workbench, workspace } = stage;
    const before = await stored();
    await workbench.openFile(path.join(stage.workspace, 'bad/too-large.json'));
    await workbench.runCommand('Cache: Refresh from File...');
    await workbench.pick('workflow-cache');
    await workbench.pick('active editor');
    await workbench.pick(KEY);
    const { length } = await readFile(path.join(workspace, 'bad/too-large.json'));
    await workbench
      .toast(`would hold ${length.toLocaleString('en-US')} bytes`)
      .getByText(`${(length - 1_048_576).toLocaleString('en-US')} bytes over the limit`)
      .waitFor();
    await workbench.screenshot('too-large');
    assert.deepEqual(await stored(), before);
  });
});
