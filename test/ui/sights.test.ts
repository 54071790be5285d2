import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FaultProxy } from '../cluster/faultProxy.ts';
import type { Fault } from '../cluster/passing.ts';
import { createUser, READ_CONFIGMAPS, type PolicyRule } from '../cluster/users.ts';
import { freePorts } from '../freePorts.ts';
import { setStage, showFailures, type Stage } from './stage.ts';

describe('what stands in place of the caches', () => {
  let folder: string;
  let kubeconfig: string;
  let stage: Stage;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sights-'));
    kubeconfig = path.join(folder, 'config');
    stage = await setStage({ kubeconfig });
  });
  after(async () => {
    await stage.clear();
    await rm(folder, { recursive: true, force: true });
  });
  showFailures(() => stage);

  /** Puts a kubeconfig in the place that the editor reads, and reads it anew. */
  const use = async (file: string) => {
    await copyFile(file, kubeconfig);
    await reload();
  };
  const useText = async (text: string) => {
    await writeFile(kubeconfig, text);
    await reload();
  };
  const copyBeside = async (file: string) => {
    await copyFile(file, `${kubeconfig}.new`);
    return `${kubeconfig}.new`;
  };
  /** Everything goes through the proxy, which does not let it be known who reads the caches of argo. */
  const holdReaders = async (proxy: FaultProxy, fault: Fault) => {
    const isAsked = ({ url }: { url: string }) => url.includes('/namespaces/argo/deployments');
    proxy.break(isAsked, fault, Infinity);
    await use(proxy.kubeconfig);
    await stage.workbench.row('argo').waitFor();
  };
  const reload = () => stage.workbench.runCommand('Cache: Reload');
  /** A row in the place of caches, once nothing is loaded any more that would draw it anew under a click. */
  const sight = async (label: string, words: RegExp) => {
    await stage.workbench.row(label).getByText(words).waitFor();
    const loading = stage.workbench.page.locator('.sidebar .monaco-progress-container.active');
    await loading.waitFor({ state: 'detached' });
  };
  /** The welcome content of the view. */
  const welcome = (words: RegExp) =>
    stage.workbench.page.locator('.sidebar .welcome-view-content').getByText(words).waitFor();

  it('no kubeconfig: says where it was looked for, and leads to the setting', async () => {
    await stage.workbench.openContainer('Caches');
    await welcome(/No kubeconfig was found/);
    await stage.workbench.page
      .locator('.sidebar .welcome-view-content')
      .getByRole('button', { name: 'Name a Kubeconfig' })
      .waitFor();
    await stage.workbench.screenshot('sight-no-kubeconfig');
  });

  it('an empty kubeconfig: nothing is chosen, and nothing is contacted', async () => {
    await useText('');
    await welcome(/No context is chosen/);
    await stage.workbench.screenshot('sight-empty-kubeconfig');
  });

  it('a kubeconfig that is broken YAML: named, and opened with a click', async () => {
    const { workbench } = stage;
    await useText('apiVersion: v1\nclusters: [\n');
    await sight('Could not be read', new RegExp(`The kubeconfig ${kubeconfig} is not valid YAML`));
    await workbench.screenshot('sight-broken-kubeconfig');
    await workbench.row('Could not be read').click();
    await workbench.page.locator('.tab.active[data-resource-name="config"]').waitFor();
  });

  it('a context without a user: the server does not let it in', async () => {
    const whole = JSON.parse(await readFile(stage.plane.kubeconfig, 'utf8')) as {
      contexts: { context: { user?: string } }[];
    };
    for (const { context } of whole.contexts) delete context.user;
    await useText(JSON.stringify(whole));
    await sight('Not allowed', /In demo you may not list namespaces/);
  });

  it('loading: the view says that it is at work', async () => {
    const { plane, workbench } = stage;
    const proxy = await FaultProxy.start(plane);
    try {
      proxy.break(() => true, { kind: 'hold' }, Infinity);
      await use(proxy.kubeconfig);
      await workbench.page.locator('.sidebar .monaco-progress-container.active').waitFor();
      await workbench.screenshot('sight-loading');
    } finally {
      await proxy.stop();
    }
  });

  it('a kubeconfig that is written or replaced is noticed by itself', async () => {
    const { plane, workbench } = stage;
    await rename(await copyBeside(plane.kubeconfig), kubeconfig);
    await workbench.row('argo').waitFor();
    await rm(kubeconfig);
    await welcome(/No kubeconfig was found/);
    await copyFile(plane.kubeconfig, kubeconfig);
    await workbench.row('argo').waitFor();
  });

  it('a server that is not there: says so and leads back when it is', async () => {
    const { plane, workbench } = stage;
    const [port = 0] = await freePorts(1);
    const text = await readFile(plane.kubeconfig, 'utf8');
    await useText(text.replace(plane.server, `https://127.0.0.1:${port}`));
    await sight('Cannot be reached', /The API server of demo cannot be reached/);
    await workbench.screenshot('sight-unreachable');
    await copyFile(plane.kubeconfig, kubeconfig);
    await workbench.row('Cannot be reached').click();
    await workbench.row('argo').waitFor();
    await workbench.screenshot('sight-back');
  });

  it('a server that goes away: the rows stay, and the view says since when it is not live', async () => {
    const { plane, workbench } = stage;
    const message = workbench.page.locator('.sidebar .message');
    await plane.stopApiServer();
    await message.getByText(/demo is not live since .*\d/).waitFor();
    await workbench.row('argo').waitFor();
    await workbench.screenshot('sight-not-live');
    await plane.startApiServer();
    await message.getByText(/^Context demo$/).waitFor();
  });

  it('readers that are slow to be found: it is said that they are looked for, and that can be left', async () => {
    const { plane, workbench } = stage;
    const proxy = await FaultProxy.start(plane);
    try {
      await holdReaders(proxy, { kind: 'hold' });
      await workbench.runCommand('Cache: Restart Readers...');
      await workbench.pick('workflow-cache');
      const looking = /Looking for the readers of argo\/workflow-cache in context demo/;
      await workbench.toast(looking).waitFor();
      // An extension host that has answered this can hear of a cancellation, too.
      await workbench.expand('argo');
      await workbench.row('workflow-cache').waitFor();
      await workbench.pressOnToast(looking, 'Cancel');
      await workbench.toast(looking).waitFor({ state: 'detached' });
      proxy.mend();
      proxy.cutAll();
      await workbench.expand('workflow-cache');
      await workbench.expand('Readers');
      await workbench.row('Deployment web').waitFor();
      const later = workbench.page.locator(
        '.quick-input-widget:visible, .notifications-toasts .notification-list-item',
      );
      assert.equal(await later.count(), 0, 'who has left is neither asked nor told');
      await use(plane.kubeconfig);
      await workbench.row('argo').waitFor();
    } finally {
      await proxy.stop();
    }
  });

  it('a plan waits until it is known who reads the cache, or is asked about without that', async () => {
    const { plane, workbench } = stage;
    const proxy = await FaultProxy.start(plane);
    const comparison = workbench.page.locator('.tab', { hasText: 'mappings.json: deleted' });
    const ask = async () => {
      // What is held is answered never; this is asked again, until it is answered.
      const headers = { 'Retry-After': '5' };
      await holdReaders(proxy, { kind: 'answer', status: 429, headers, body: '' });
      await workbench.runCommand('Cache: Delete Key...');
      await workbench.pick('workflow-cache');
      await workbench.toast(/Looking for the readers of argo\/workflow-cache/).waitFor();
    };
    try {
      await ask();
      proxy.mend();
      await workbench.toast(/Read by Deployment .*Without mappings\.json, new pods of/).waitFor();
      await workbench.pressOnToast(/Without mappings\.json/, 'Discard');
      // Its end takes the focus, and with it whatever is typed into.
      await comparison.waitFor({ state: 'detached' });
      await use(plane.kubeconfig);
      await workbench.row('argo').waitFor();
      await ask();
      await workbench.expand('argo');
      await workbench.row('workflow-cache').waitFor();
      await workbench.pressOnToast(/Looking for the readers/, 'Cancel');
      await workbench.pressOnToast(/Who reads it is not known: that was not waited for/, 'Discard');
      await comparison.waitFor({ state: 'detached' });
      await use(plane.kubeconfig);
      await workbench.row('argo').waitFor();
    } finally {
      await proxy.stop();
    }
  });

  it('namespaces that may not be listed: the person names one, and it is remembered', async () => {
    const { plane, workbench } = stage;
    const grants = [{ namespace: 'argo', rules: READ_CONFIGMAPS }];
    await use(await createUser(plane, { name: 'argo-reader', credential: 'token', grants }));
    await sight('Not allowed', /In argo-reader you may not list namespaces/);
    await workbench.screenshot('sight-forbidden');
    await workbench.row('Not allowed').click();
    await workbench.answer('argo');
    await workbench.expand('argo');
    await workbench.row('workflow-cache').waitFor();
    await workbench.screenshot('sight-one-namespace');
    await workbench.page.reload();
    await workbench.row('argo').waitFor();
  });

  it('caches that may not be listed: the person names one, and what may not be done is not offered', async () => {
    const { plane, workbench } = stage;
    const [rule] = READ_CONFIGMAPS;
    const rules = [{ ...rule, verbs: ['get'], resourceNames: ['workflow-cache'] }] as PolicyRule[];
    const grants = [{ namespace: 'argo', rules }];
    await use(await createUser(plane, { name: 'one-reader', credential: 'token', grants }));
    await workbench.row('Not allowed').click();
    await workbench.answer('argo');
    await workbench.expand('argo');
    await sight('Not allowed', /In one-reader you may not list ConfigMaps in namespace argo/);
    await workbench.screenshot('sight-forbidden-caches');
    await workbench.row('Not allowed').click();
    await workbench.answer('workflow-cache');
    await sight('workflow-cache', /read-only/);
    await workbench.row('workflow-cache').click({ button: 'right' });
    const entries = workbench.page.locator('.monaco-menu:visible .action-menu-item');
    await entries.filter({ hasText: 'Copy Access Request' }).waitFor();
    await workbench.screenshot('sight-read-only');
    assert.equal(await entries.filter({ hasText: 'Refresh from' }).count(), 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('a namespace without caches: says so and how to get one', async () => {
    const { plane, workbench } = stage;
    await plane.kubectl(['create', 'namespace', 'bare']);
    const grants = [{ namespace: 'bare', rules: READ_CONFIGMAPS }];
    await use(await createUser(plane, { name: 'bare-reader', credential: 'certificate', grants }));
    await workbench.row('Not allowed').click();
    await workbench.answer('bare');
    await workbench.expand('bare');
    await sight('No caches here', /show all ConfigMaps to track one/);
    await workbench.screenshot('sight-empty');
  });
});
