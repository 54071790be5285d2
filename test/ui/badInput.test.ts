import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEMO_TOKEN } from '../../demo/source.ts';
import { createUser, READ_CONFIGMAPS } from '../cluster/users.ts';
import { setStage, showFailures, type Stage } from './stage.ts';

const KEY = 'mappings.json';

describe('what cannot be refreshed', () => {
  let folder: string;
  let kubeconfig: string;
  let stage: Stage;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bad-input-'));
    kubeconfig = path.join(folder, 'config');
    stage = await setStage({ kubeconfig });
    await copyFile(stage.plane.kubeconfig, kubeconfig);
    await stage.workbench.openContainer('Caches');
    await showKey();
  });
  after(async () => {
    await stage.clear();
    await rm(folder, { recursive: true, force: true });
  });
  showFailures(() => stage);
  afterEach(() => stage.workbench.runCommand('Notifications: Clear All Notifications'));

  const showKey = async () => {
    await stage.workbench.expand('argo');
    await stage.workbench.expand('workflow-cache');
    await stage.workbench.row(KEY).waitFor();
  };
  const stored = (name = 'workflow-cache') =>
    stage.plane.kubectl(['get', 'configmap', name, '-n', 'argo', '-o', 'json']);
  /** Begins a refresh of the key from a path of the source. */
  const refreshFrom = async (where: string) => {
    await stage.workbench.chooseOnRow(KEY, 'Refresh from URL');
    await stage.workbench.answer(`${stage.source.url}${where}`);
  };

  for (const [what, where, words, button] of [
    ['a URL that is not there', '/nowhere.json', /answered 404/, 'Choose Another Source'],
    ['a source that is broken', '/500', /answered 500/, 'Choose Another Source'],
    [
      'a circle of redirects',
      '/redirect-loop',
      /redirects more than 5 times/,
      'Choose Another Source',
    ],
    [
      'a login page',
      '/login',
      /gave an HTML page where data was expected/,
      'Choose Another Source',
    ],
    [
      'JSON that is cut off',
      '/cut-off.json',
      /not readable as JSON.* at line 1, column/,
      'Choose Another Source',
    ],
  ] as const) {
    it(`${what}: said in words, with a next step, and nothing is written`, async () => {
      const before = await stored();
      await refreshFrom(where);
      const toast = stage.workbench.toast(words);
      await toast.getByRole('button', { name: button }).waitFor();
      assert.match(await toast.innerText(), /Nothing was written/);
      assert.equal(await stored(), before);
    });
  }

  it('a source that is slow can be left, and nothing is written', async () => {
    const { workbench } = stage;
    const before = await stored();
    await refreshFrom('/slow');
    await workbench.pressOnToast(/Fetching/, 'Cancel');
    await workbench.toast(/Fetching/).waitFor({ state: 'detached' });
    assert.equal(await workbench.toast(/./).count(), 0, 'who leaves needs no message');
    assert.equal(await stored(), before);
  });

  it('empty content is asked about as what it is: a loss of everything', async () => {
    const { workbench } = stage;
    const before = await stored();
    await refreshFrom('/empty');
    await workbench.toast(/the new content is empty; 200 entries .* will be lost/).waitFor();
    await workbench.titleAction('Apply').click();
    await workbench.pressInDialog('Cancel');
    await workbench.titleAction('Discard').click();
    assert.equal(await stored(), before);
  });

  it('a source that wants credentials is asked again with them, and they are kept for its origin', async () => {
    const { workbench } = stage;
    await refreshFrom('/private');
    await workbench.pressOnToast(/wants credentials|401/, 'Enter Credentials');
    await workbench.pick('Bearer token');
    await workbench.answer(DEMO_TOKEN);
    await workbench.toast(/Refresh argo\/workflow-cache/).waitFor();
    await workbench.titleAction('Discard').click();
    await workbench.runCommand('Notifications: Clear All Notifications');
    await refreshFrom('/private');
    await workbench.toast(/Refresh argo\/workflow-cache/).waitFor();
    await workbench.titleAction('Discard').click();
  });

  it('a cache that was deleted meanwhile is offered to be created', async () => {
    const { plane, workbench } = stage;
    await refreshFrom(`/${KEY}`);
    await workbench.toast(/Refresh argo\/workflow-cache/).waitFor();
    await plane.kubectl(['delete', 'configmap', 'workflow-cache', '-n', 'argo']);
    await workbench.titleAction('Apply').click();
    await workbench.toast(/was deleted meanwhile, and nothing was written/).waitFor();
    assert.equal(
      await plane.kubectl([
        'get',
        'cm',
        '-n',
        'argo',
        '-o',
        'name',
        '--field-selector=metadata.name=workflow-cache',
      ]),
      '',
    );
    await workbench.titleAction('Apply').click();
    await workbench.toast(/argo\/workflow-cache in context demo was created/).waitFor();
    await workbench.row('workflow-cache').waitFor();
    const { metadata, data } = JSON.parse(await stored()) as {
      metadata: { labels: object };
      data: Record<string, string>;
    };
    assert.deepEqual(metadata.labels, { 'cache-configmaps.dev/cache': 'true' });
    assert.deepEqual(Object.keys(data), [KEY]);
  });

  it('a cache that does not exist is created from a file, after the same checks', async () => {
    const { workbench, workspace } = stage;
    await workbench.openFile(path.join(stage.workspace, 'environments.yaml'));
    await workbench.runCommand('Cache: Refresh from File...');
    await workbench.pick('Another ConfigMap');
    await workbench.answer('argo/new-cache');
    await workbench.pick('active editor');
    await workbench.answer('environments.yaml');
    await workbench.toast(/Create argo\/new-cache in context demo\?/).waitFor();
    await workbench.titleAction('Apply').click();
    await workbench.toast(/argo\/new-cache in context demo was created/).waitFor();
    const { data } = JSON.parse(await stored('new-cache')) as { data: Record<string, string> };
    assert.deepEqual(data, {
      'environments.yaml': await readFile(path.join(workspace, 'environments.yaml'), 'utf8'),
    });
  });

  it('a cache that may be read and not written: says what is not allowed', async () => {
    const { plane, workbench } = stage;
    const user = { name: 'only-reader', credential: 'token', context: 'demo' } as const;
    const grants = [
      {
        rules: [
          ...READ_CONFIGMAPS,
          { apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] },
        ],
      },
    ];
    await copyFile(await createUser(plane, { ...user, grants }), kubeconfig);
    await workbench.runCommand('Cache: Reload');
    await showKey();
    const before = await stored();
    // Its row does not offer it; the palette stops nobody from trying.
    await workbench
      .row('workflow-cache')
      .getByText(/read-only/)
      .waitFor();
    await workbench.runCommand('Cache: Refresh from URL...');
    await workbench.pick('workflow-cache');
    await workbench.answer(`${stage.source.url}/${KEY}`);
    await workbench.pick(KEY);
    await workbench.toast(/Refresh argo\/workflow-cache/).waitFor();
    await workbench.titleAction('Apply').click();
    await workbench.toast(/In demo you may not change ConfigMap argo\/workflow-cache/).waitFor();
    await workbench.screenshot('forbidden-write');
    await workbench.pressOnToast(/you may not change ConfigMap/, 'Copy Access Request');
    await workbench.toast(/A Role with what you may not do .* was copied: patch\./).waitFor();
    await workbench.titleAction('Discard').click();
    assert.equal(await stored(), before);
    await writeFile(kubeconfig, await readFile(plane.kubeconfig));
    await workbench.runCommand('Cache: Reload');
  });

  it('a cluster that is gone between preview and apply: nothing is claimed, and it can be tried again', async () => {
    const { plane, workbench } = stage;
    await showKey();
    await refreshFrom(`/${KEY}`);
    // Not the notification: VS Code shows no fourth one within 800 ms, and tests are quick.
    await workbench.titleAction('Apply').waitFor();
    const before = await stored();
    await plane.stopApiServer();
    await workbench.titleAction('Apply').click();
    await workbench.toast(/cannot be reached|cannot be read now/).waitFor();
    await workbench.screenshot('cluster-gone');
    await plane.startApiServer();
    assert.equal(await stored(), before);
    await workbench.pressOnToast(/cannot be reached|cannot be read now/, 'Try Again');
    await workbench.toast(/argo\/workflow-cache in context demo was refreshed/).waitFor();
    assert.notEqual(await stored(), before);
  });
});
