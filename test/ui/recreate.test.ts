import assert from 'node:assert/strict';
import { setStage, showFailures, type Stage } from './stage.ts';

const NAME = 'frozen-cache';
const KEY = 'mappings.json';

interface ConfigMap {
  readonly metadata: { readonly uid: string; readonly annotations?: object };
  readonly data: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

describe('what is asked where a change goes beyond the content', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ workloads: true });
    await stage.workbench.openContainer('Caches');
    await stage.workbench.expand('argo');
    await stage.workbench.row(NAME).waitFor();
  });
  after(() => stage.clear());
  showFailures(() => stage);
  afterEach(() => stage.workbench.runCommand('Notifications: Clear All Notifications'));

  const stored = async (name: string) =>
    JSON.parse(
      await stage.plane.kubectl(['get', 'configmap', name, '-n', 'argo', '-o', 'json']),
    ) as ConfigMap;

  /** A Deployment that has the keys of a cache as environment variables. */
  const createReader = async (name: string, cache: string) => {
    const { kubectl } = stage.plane;
    await kubectl(['create', 'deployment', name, '--image=app:1', '-n', 'argo']);
    await kubectl(['set', 'env', `deployment/${name}`, `--from=configmap/${cache}`, '-n', 'argo']);
  };

  it('an immutable cache: the difference is shown, and what is lost and who owns it is named', async () => {
    const { plane, source, workbench } = stage;
    const helm = 'meta.helm.sh/release-name=shop';
    await plane.kubectl(['annotate', 'configmap', NAME, '-n', 'argo', helm]);
    await createReader('shop', NAME);
    const before = await stored(NAME);
    await workbench.runCommand('Cache: Refresh from URL...');
    await workbench.pick(NAME);
    await workbench.answer(`${source.url}/empty`);
    await workbench.pick(KEY);
    await workbench.pressOnToast(/the ConfigMap is immutable/, 'Recreate...');
    await workbench
      .toast(/Recreate argo\/frozen-cache in context demo with this content\?/)
      .waitFor();
    // The check mark of the preview asks the same.
    await workbench.titleAction('Apply').click();
    await workbench.dialog.getByText(/the new content is empty; .* will be lost/).waitFor();
    await workbench.dialog.getByText(/The Helm release shop contains it/).waitFor();
    await workbench.dialog
      .getByText(/Read by Deployment shop \(recreate needed: env\)\./)
      .waitFor();
    await workbench.screenshot('recreate-losses');
    await workbench.pressInDialog('Cancel');
    assert.deepEqual(await stored(NAME), before);
    await workbench.pressOnToast(/with this content\?/, 'Recreate...');
    await workbench.pressInDialog('Recreate...');
    await workbench.answer(NAME);
    await workbench.toast(/argo\/frozen-cache in context demo was recreated/).waitFor();
    const after = await stored(NAME);
    assert.notEqual(after.metadata.uid, before.metadata.uid);
    assert.deepEqual([after.data, after.immutable], [{ [KEY]: '' }, true]);
    await workbench.titleAction('Apply').waitFor({ state: 'detached' });
  });

  it('an immutable cache that would not be gone: said before anything is asked', async () => {
    const { plane, workbench } = stage;
    const patch = (finalizers: readonly string[]) =>
      plane.kubectl([
        ...['patch', 'configmap', NAME, '-n', 'argo', '--type=merge', '-p'],
        JSON.stringify({ metadata: { finalizers } }),
      ]);
    await patch(['example.com/keep']);
    await workbench.runCommand('Cache: Recreate...');
    await workbench.pick(NAME);
    await workbench.toast(/It was not deleted/).waitFor();
    await patch([]);
  });

  it('pods that keep what an immutable cache held: the row says so, the list ticks them, and they are new after it', async () => {
    const { plane, workbench } = stage;
    const name = 'held';
    const labels = { app: name };
    const volumeMounts = [{ name: 'cache', mountPath: '/cache' }];
    const containers = [{ name: 'app', image: 'registry.example/app:1', volumeMounts }];
    const volumes = [{ name: 'cache', configMap: { name: NAME } }];
    const template = { metadata: { labels }, spec: { containers, volumes } };
    const spec = { replicas: 2, selector: { matchLabels: labels }, template };
    const metadata = { name, namespace: 'argo' };
    await plane.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }),
    });
    const env = ['set', 'env', 'deployment/other', '-n', 'argo', `--from=configmap/${NAME}`];
    const image = '--image=registry.example/app:1';
    await plane.kubectl(['create', 'deployment', 'other', '-n', 'argo', image, '--replicas=0']);
    await plane.kubectl(env);
    await plane.kubectl(['scale', 'deployment/other', '-n', 'argo', '--replicas=1']);
    const rollout = ['rollout', 'status', `deployment/${name}`, '-n', 'argo', '--timeout=60s'];
    await plane.kubectl(rollout);
    await workbench.runCommand('Cache: Recreate...');
    await workbench.pick(NAME);
    await workbench.pressInDialog('Recreate...');
    await workbench.answer(NAME);
    await workbench
      .toast(/was recreated\. Deployment held needs a restart to follow it from now on\./)
      .waitFor();
    assert.equal((await stored(NAME)).immutable, undefined);
    await plane.kubectl(['delete', 'deployment', 'other', '-n', 'argo']);
    await workbench.expand(NAME);
    await workbench.expand('Readers');
    const row = workbench.row('Deployment held');
    const words =
      'recreate needed: was immutable · 2 replicas · 2 of 2 pods from before the change';
    await row.getByText(words).waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
    const line = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: name });
    await workbench.runCommand('Cache: Show Readers');
    await workbench.pick(NAME);
    await line.getByText(/before was immutable: pods that began with it keep/).waitFor();
    await workbench.screenshot('recreate-readers');
    await workbench.page.keyboard.press('Escape');
    // Not from the offer, which knows what it was made for.
    await workbench.runCommand('Cache: Restart Readers...');
    await workbench.pick(NAME);
    await line.getByText(/recreate needed: was immutable/).waitFor();
    assert.equal(await line.getAttribute('aria-checked'), 'true');
    await workbench.page.keyboard.press('Enter');
    await workbench
      .toast(/Deployment held: every pod started after the write\..*scale to 0 and back/)
      .waitFor();
    await row.getByText(/^reads it live · 2 replicas$/).waitFor();
  });

  it('the copy that kubectl apply left: who applies it is named, and a cache that is gone is said to be', async () => {
    const { plane, workbench } = stage;
    const labels = {
      'cache-configmaps.dev/cache': 'true',
      'kustomize.toolkit.fluxcd.io/name': 'team-a',
    };
    const metadata = { name: 'applied-cache', namespace: 'argo', labels };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: '{"small": 1}' } };
    await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(map) });
    await workbench.row('applied-cache').waitFor();
    await workbench.runCommand('Cache: Remove Last-Applied Copy');
    await workbench.pick('applied-cache');
    await workbench.dialog.getByText(/The Flux Kustomization team-a deploys it/).waitFor();
    await plane.kubectl(['delete', 'configmap', 'applied-cache', '-n', 'argo']);
    await workbench.pressInDialog('Remove It');
    await workbench.toast(/argo\/applied-cache in context demo does not exist any more/).waitFor();
  });
});
