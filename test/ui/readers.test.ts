import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { HOSTILE_WORDS } from '../fakes/hostileTexts.ts';
import { isRefused, noPodsOf } from '../gateway/refusedPods.ts';
import { setStage, showFailures, type Stage } from './stage.ts';

const KEY = 'mappings.json';

describe('readers on the screen', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage({ workloads: true });
    for (const name of ['web', 'my-app', 'reports']) await rolledOut(name);
    await stage.workbench.openContainer('Caches');
    await stage.workbench.expand('argo');
    await stage.workbench.expand('workflow-cache');
  });
  after(() => stage.clear());
  showFailures(() => stage);
  afterEach(() => stage.workbench.runCommand('Notifications: Clear All Notifications'));

  const rolledOut = (name: string) =>
    stage.plane.kubectl(['rollout', 'status', `deployment/${name}`, '-n', 'argo', '--timeout=60s']);
  const content = async () =>
    await stage.plane.kubectl([
      ...['get', 'configmap', 'workflow-cache', '-n', 'argo', '-o', `jsonpath={.data}`],
    ]);
  const podsOf = async (app: string) => {
    const args = ['get', 'pods', '-n', 'argo', '-l', `app=${app}`, '-o'];
    const uids = await stage.plane.kubectl([...args, 'jsonpath={.items[*].metadata.uid}']);
    return uids.split(' ').sort();
  };
  const refresh = async () => {
    const { workbench } = stage;
    await workbench.chooseOnRow(KEY, 'Refresh from URL');
    await workbench.offers(`${stage.source.url}/${KEY}`);
    await workbench.page.keyboard.press('Enter');
    await workbench.toast(/Refresh argo\/workflow-cache in context demo\?/).waitFor();
  };
  const onNodes = async (deed: 'cordon' | 'uncordon') => {
    const nodes = await stage.plane.kubectl(['get', 'nodes', '-o', 'name']);
    for (const node of nodes.trim().split('\n')) await stage.plane.kubectl([deed, node]);
  };
  /** From then on new pods find no node. */
  const cordon = () => onNodes('cordon');
  const uncordon = () => onNodes('uncordon');
  /** A row of the list of what can be restarted. */
  const choice = (name: string) =>
    stage.workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: name });
  const isTicked = async (name: string) =>
    (await choice(name).getAttribute('aria-checked')) === 'true';

  it('stand under their cache, each with what a change takes', async () => {
    const { workbench } = stage;
    await workbench.expand('Readers');
    await workbench.row('Deployment web').getByText('reads it live · 3 replicas').waitFor();
    await workbench
      .row('Deployment my-app')
      .getByText('restart needed: subPath · 3 replicas')
      .waitFor();
    await workbench.row('Deployment reports').getByText('restart needed: env').waitFor();
    await workbench.row('Readers').getByText('3', { exact: true }).waitFor();
    await workbench.row('Deployment my-app').hover();
    await workbench.page.getByText('only mappings.json of it (subPath)').waitFor();
    await workbench.screenshot('readers');
  });

  it('are named before a refresh is applied, and offered after it: one of three is restarted', async () => {
    const { workbench } = stage;
    const [before, untouched] = [await podsOf('my-app'), await podsOf('reports')];
    await refresh();
    await workbench
      .toast(/Read by .*Deployment my-app \(restart needed: subPath\).*web \(reads it live\)/)
      .waitFor();
    await workbench.titleAction('Apply').click();
    const offer = /was refreshed.*Deployment my-app and Deployment reports need a restart/;
    await workbench.toast(offer).waitFor();
    await workbench.row('Deployment my-app').getByText('3 of 3 pods from before').waitFor();
    await workbench.screenshot('restart-offered');
    await workbench.pressOnToast(offer, 'Restart Readers...');
    await choice('Deployment web').waitFor();
    assert.deepEqual(
      [await isTicked('my-app'), await isTicked('reports'), await isTicked('web')],
      [true, true, false],
    );
    await choice('Deployment reports').click();
    await workbench.screenshot('restart-pick');
    await workbench.page.keyboard.press('Enter');
    await workbench.toast(/Deployment my-app: every pod started after the write/).waitFor();
    await workbench.screenshot('restarted');
    assert.deepEqual(await podsOf('reports'), untouched);
    const after = await podsOf('my-app');
    assert.ok(before.every((uid) => !after.includes(uid)));
    await workbench
      .row('Deployment my-app')
      .getByText(/^restart needed: subPath · 3 replicas$/)
      .waitFor();
    await workbench.row('Deployment reports').getByText('3 of 3 pods from before').waitFor();
  });

  it('one after the other stops at the first that fails, says why, and is undone with its content and its readers', async () => {
    const { workbench, plane } = stage;
    const [good, untouched] = [await content(), await podsOf('reports')];
    const deadline = JSON.stringify({ spec: { progressDeadlineSeconds: 10 } });
    await plane.kubectl(['patch', 'deployment', 'my-app', '-n', 'argo', '-p', deadline]);
    await rolledOut('my-app');
    await refresh();
    await workbench.titleAction('Apply').click();
    await workbench.pressOnToast(/was refreshed/, 'Restart Readers...');
    await choice('Deployment reports').waitFor();
    await workbench.page.getByLabel('Restart one after the other').click();
    await workbench.page.getByPlaceholder('One after the other, until one fails').waitFor();
    await workbench.screenshot('restart-order');
    await cordon();
    await workbench.page.keyboard.press('Enter');
    await workbench.toast(/Restarting readers of .*details.*0 of 2 done/).waitFor();
    await workbench.screenshot('restarting');
    await workbench
      .toast(/Restarting readers of/)
      .getByText('details')
      .click();
    await workbench.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'Deployment reports' })
      .waitFor();
    await workbench.page.keyboard.press('Escape');
    const failed =
      /my-app made no progress within its deadline: pod .* cannot be scheduled.* Not restarted: Deployment reports\./;
    await workbench.toast(failed).waitFor();
    await workbench.screenshot('restart-failed');
    assert.deepEqual(await podsOf('reports'), untouched);
    await uncordon();
    await workbench.pressOnToast(failed, 'Undo');
    await workbench.toast(/Restore argo\/workflow-cache in context demo\?/).waitFor();
    await workbench.titleAction('Apply').click();
    await choice('Deployment my-app').waitFor();
    assert.deepEqual([await isTicked('my-app'), await isTicked('reports')], [true, false]);
    await workbench.page.keyboard.press('Enter');
    // Not the notification: VS Code shows no fourth one within 800 ms.
    await workbench
      .row('Deployment my-app')
      .getByText(/^restart needed: subPath · 3 replicas$/)
      .waitFor();
    assert.equal(await content(), good);
  });

  it('a restart that is left goes on, and the notification says so', async () => {
    const { workbench } = stage;
    const before = await podsOf('reports');
    await cordon();
    await workbench.chooseOnRow('Deployment reports', 'Restart Readers...');
    await choice('Deployment reports').waitFor();
    assert.ok(await isTicked('reports'));
    await workbench.page.keyboard.press('Enter');
    // Once it says how far it is, the request was sent: before that nothing would be restarted.
    await workbench.toast(/Restarting readers of .*reports: /).waitFor();
    await workbench.pressOnToast(/Restarting readers of/, 'Cancel');
    await workbench
      .toast(/Deployment reports is no longer followed; its rollout goes on/)
      .waitFor();
    await workbench.row('Deployment reports').getByText('1 of 3 new pods made').waitFor();
    await workbench.screenshot('restart-left');
    await uncordon();
    await workbench
      .row('Deployment reports')
      .getByText(/^restart needed: env · 3 replicas$/)
      .waitFor();
    const after = await podsOf('reports');
    assert.ok(before.every((uid) => !after.includes(uid)));
  });

  it('are shown from the palette, with each place, also those of other namespaces; events can be read', async () => {
    const { workbench, plane } = stage;
    const annotations = {
      'wave.pusher.com/update-on-config-change': 'true',
      'wave.pusher.com/extra-configmaps': 'argo/workflow-cache',
    };
    const containers = [{ name: 'app', image: 'registry.example/app:1' }];
    const selector = { matchLabels: { app: 'waved' } };
    const template = { metadata: { labels: selector.matchLabels }, spec: { containers } };
    const metadata = { name: 'waved', namespace: 'team-b', annotations };
    const spec = { replicas: 0, selector, template };
    await plane.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }),
    });
    await workbench.runCommand('Cache: Show Readers');
    await workbench.pick('workflow-cache');
    await choice('Deployment web').waitFor();
    const far = choice('Deployment waved in namespace team-b');
    await far.getByText('wave restarts it').waitFor();
    await workbench.screenshot('show-readers');
    await workbench.pick('Deployment my-app');
    await workbench.pick('Show Events');
    await workbench.text.getByText('ScalingReplicaSet').first().waitFor();
    await workbench.screenshot('events');
  });

  it('a CronJob that reads it is run now', async () => {
    const { workbench, plane } = stage;
    const from = { configMapRef: { name: 'workflow-cache' } };
    const containers = [{ name: 'run', image: 'registry.example/app:1', envFrom: [from] }];
    const template = { spec: { restartPolicy: 'Never', containers } };
    const spec = { schedule: '0 2 * * *', jobTemplate: { spec: { template } } };
    const metadata = { name: 'nightly', namespace: 'argo' };
    await plane.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec }),
    });
    await workbench.row('CronJob nightly').getByText('next run').waitFor();
    await workbench.chooseOnRow('CronJob nightly', 'Run Job Now');
    await workbench.toast(/Job nightly-.* was made from CronJob nightly/).waitFor();
    const owners = await plane.kubectl([
      ...[
        'get',
        'jobs',
        '-n',
        'argo',
        '-o',
        'jsonpath={.items[*].metadata.ownerReferences[0].name}',
      ],
    ]);
    assert.equal(owners, 'nightly');
  });

  it('that have ended are counted apart', async () => {
    const { workbench, plane } = stage;
    const from = { configMapRef: { name: 'workflow-cache' } };
    const containers = [{ name: 'run', image: 'registry.example/app:1', envFrom: [from] }];
    const metadata = { name: 'import', namespace: 'argo' };
    const spec = { template: { spec: { restartPolicy: 'Never', containers } } };
    await plane.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec }),
    });
    await workbench.row('1 more has ended').waitFor();
    await workbench.row('Readers').getByText('4', { exact: true }).waitFor();
    await workbench.row('Job import').waitFor({ state: 'detached' });
  });

  it('what somebody has the cluster say is seen as text: no link, icon or line is made of it', async () => {
    const { workbench, plane } = stage;
    const { page } = workbench;
    const create = (...objects: readonly object[]) =>
      plane.kubectl(['create', '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
      });
    const link = (text: string) => `:is(a[href], a[data-href]):has-text("${text}")`;
    const made = ['.codicon-flame', link('Click'), link('example'), 'img', 'strong'];
    /** Waits for words in a place, and fails where VS Code has made something of them. */
    const isText = async (place: Locator, words: string | RegExp) => {
      await place.filter({ hasText: words }).first().waitFor();
      for (const one of made) assert.equal(await place.locator(one).count(), 0, one);
    };
    await create(hostileReader());
    await rolledOut('hostile');
    await workbench.expand('Readers');
    // Its tooltip is held by `hostileWords.test.ts`: a row that is drawn anew loses it.
    const row = workbench.row('Deployment hostile');
    await row.getByText(/^restart needed: subPath · 1 replica$/).waitFor();
    const uid = await plane.kubectl([
      ...['get', 'deployment', 'hostile', '-n', 'argo', '-o', 'jsonpath={.metadata.uid}'],
    ]);
    const namespace = 'argo';
    await create(
      ...noPodsOf(['hostile'], ': [Click](command:workbench.action.quit) $(flame) **b**'),
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'hostile', namespace },
        involvedObject: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'hostile',
          namespace,
          uid,
        },
        ...{ type: 'Warning', reason: 'Unusual', message: HOSTILE_WORDS },
        ...{ firstTimestamp: '2026-11-24T02:00:00Z', lastTimestamp: '2026-11-24T02:00:00Z' },
      },
    );
    await isRefused(plane, 'hostile');
    await workbench.chooseOnRow('Deployment hostile', 'Restart Readers...');
    await isText(choice('Deployment hostile'), /The Helm release said \[Click\].* \$\(flame\)/);
    await workbench.screenshot('hostile-choice');
    await page.keyboard.press('Enter');
    const toasts = page.locator('.notifications-toasts');
    await isText(toasts, /Restarting readers of.*hostile: .*no pods today: \[Click\] \(command:/);
    const failed =
      /hostile made no progress within its deadline: .*no pods today: \[Click\] \(comm/;
    await workbench.toast(failed).waitFor();
    await isText(toasts, failed);
    await workbench.screenshot('hostile-failure');
    await workbench.pressOnToast(failed, 'Show Events');
    // In one line, so that nobody makes up another event.
    const told = workbench.text.locator('.view-line', { hasText: 'Unusual' });
    await told.filter({ hasText: 'Nothing failed.' }).waitFor();
    await workbench.runCommand('Cache: Show Readers');
    await workbench.pick('workflow-cache');
    await isText(choice('Deployment hostile'), /only said \[Click\].* \$\(flame\)/);
    await page.keyboard.press('Escape');
    await plane.kubectl([
      'delete',
      'validatingadmissionpolicy,validatingadmissionpolicybinding',
      'no-pods',
    ]);
  });
});

/** A Deployment that reads the cache and whose texts are hostile where the API server takes any text. */
function hostileReader(): object {
  const labels = { app: 'hostile' };
  const annotations = { 'meta.helm.sh/release-name': HOSTILE_WORDS };
  const volume = { name: 'cache', configMap: { name: 'workflow-cache' } };
  const mount = { name: 'cache', mountPath: '/cache', subPath: HOSTILE_WORDS };
  const container = { name: 'app', image: 'registry.example/app:1', volumeMounts: [mount] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'hostile', namespace: 'argo', annotations },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 10,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], volumes: [volume] } },
    },
  };
}
