import assert from 'node:assert/strict';
import { isWhole } from '../../src/domain/manifests/applyOutcome.ts';
import { deedOf, ownFields } from '../../src/domain/manifests/applyPlan.ts';
import type { ManifestObject } from '../../src/domain/manifests/manifestObject.ts';
import { REFRESH_IMAGE, type RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import type { Fields } from '../../src/domain/readers/json.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { ApplyObjects } from '../../src/operations/scaffold/applyObjects.ts';
import { scaffolds } from '../../src/operations/scaffold/scaffolds.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { createUser, type PolicyRule } from '../cluster/users.ts';

const never = new AbortController().signal;

/** What it takes to apply the objects of a job, but for what the Role of it gives. */
const APPLYING: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'create', 'patch'] },
  {
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['roles', 'rolebindings'],
    verbs: ['get', 'create', 'patch'],
  },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'patch'] },
];
const CRON_JOBS: PolicyRule = {
  apiGroups: ['batch'],
  resources: ['cronjobs'],
  verbs: ['get', 'create', 'patch'],
};

describe('applying manifests on a real cluster', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let cluster: KubernetesCluster;
  const clusters: KubernetesCluster[] = [];

  before(async () => {
    plane = await startControlPlane();
    proxy = await FaultProxy.start(plane);
    cluster = clusterOf(proxy.kubeconfig);
  });
  after(async () => {
    for (const each of clusters) each.reset();
    await proxy.stop();
    await plane.stop();
  });
  afterEach(() => {
    proxy.mend();
  });

  const clusterOf = (kubeconfig: string) => {
    const made = new KubernetesCluster(() => [kubeconfig]);
    clusters.push(made);
    return made;
  };
  const placeFor = async (namespace: string) => {
    await plane.kubectl(['create', 'namespace', namespace]);
    return { context: 'demo', namespace };
  };
  const filesOf = (namespace: string, schedule = '0 2 * * *') => {
    const job: RefreshJob = {
      cache: { namespace, name: 'workflow-cache' },
      key: 'mappings.json',
      format: 'JSON',
      url: 'https://example.com/mappings.json',
      schedule,
      timeZone: 'UTC',
      header: undefined,
      maxAge: undefined,
      restarts: [],
      image: REFRESH_IMAGE,
    };
    return scaffolds.refreshJobFiles(job);
  };
  const objectsOf = (where: { context: string; namespace: string }, schedule?: string) =>
    scaffolds.manifestObjects(filesOf(where.namespace, schedule), where);
  const applying = (on = cluster) => new ApplyObjects(on.manifests);
  const inCluster = async (namespace: string) => {
    const kinds = 'serviceaccounts,roles,rolebindings,cronjobs';
    const selector = 'app.kubernetes.io/name=cache-refresh';
    const printed = await plane.kubectl([
      'get',
      kinds,
      '-n',
      namespace,
      '-l',
      selector,
      '-o',
      'name',
    ]);
    return printed.split('\n').filter((line) => line !== '');
  };
  const kinds = (objects: readonly { readonly object: ManifestObject }[]) =>
    objects.map(({ object }) => object.kind);
  const schedules = async (namespace: string) =>
    await plane.kubectl(['get', 'cronjobs', '-n', namespace, '-o', 'jsonpath={..spec.schedule}']);

  it('plans what the server says, as kubectl is told it, and writes nothing; then in order, and once', async () => {
    const where = await placeFor('ordinary');
    const plan = await applying().plan(where, objectsOf(where), never);
    assert.deepEqual(kinds(plan.lines), ['ServiceAccount', 'Role', 'RoleBinding', 'CronJob']);
    assert.deepEqual(plan.lines.map(deedOf), Array(4).fill('created'));
    assert.deepEqual(await inCluster(where.namespace), []);
    const args = ['apply', '--server-side', '--dry-run=server', '-o', 'json', '-f', '-'];
    for (const { object, after } of plan.lines) {
      const printed = await plane.kubectl(args, { input: JSON.stringify(object.fields) });
      assert.deepEqual(ownFields(after ?? {}), ownFields(JSON.parse(printed) as Fields));
    }
    const begun: string[] = [];
    const applied = await applying().apply(plan, ({ kind }) => begun.push(kind));
    assert.deepEqual(begun, kinds(plan.lines));
    assert.deepEqual(
      applied.map(({ outcome }) => outcome.kind),
      Array(4).fill('created'),
    );
    assert.equal((await inCluster(where.namespace)).length, 4);
    const again = await applying().plan(where, objectsOf(where), never);
    assert.deepEqual(again.lines.map(deedOf), Array(4).fill('unchanged'));
    const second = await applying().apply(again);
    assert.deepEqual(
      second.map(({ outcome }) => outcome.kind),
      Array(4).fill('unchanged'),
    );
  });

  it('a field that a kind does not have is named before anything is written', async () => {
    const where = await placeFor('strict');
    const files = filesOf(where.namespace).map(({ name, text }) => ({
      name,
      text: text.replace('concurrencyPolicy:', 'concurencyPolicy:'),
    }));
    const objects = scaffolds.manifestObjects(files, where);
    await assert.rejects(applying().plan(where, objects, never), (error: Error) => {
      assert.match(error.message, /refuses to apply CronJob strict\/.*concurencyPolicy/);
      return true;
    });
    assert.deepEqual(await inCluster(where.namespace), []);
  });

  it('a namespace or a kind that is not there is named before anything is written', async () => {
    const where = { context: 'demo', namespace: 'nowhere' };
    await assert.rejects(applying().plan(where, objectsOf(where), never), {
      message: 'The namespace nowhere does not exist in demo.',
    });
    const text = 'apiVersion: example.com/v1\nkind: Oddity\nmetadata: {name: x}\n';
    const odd = scaffolds.manifestObjects([{ name: 'x.yaml', text }], where);
    await assert.rejects(applying().plan(where, odd, never), /knows no kind Oddity of example.com/);
  });

  it('whose fields it would take is named, and they are taken only where that was shown', async () => {
    const where = await placeFor('contested');
    const unseen = await applying().plan(where, objectsOf(where), never);
    const theirs = objectsOf(where, '0 4 * * *').map(({ fields }) => fields);
    const list = { apiVersion: 'v1', kind: 'List', items: theirs };
    await plane.kubectl(['apply', '--server-side', '--field-manager=deployer', '-f', '-'], {
      input: JSON.stringify(list),
    });
    const [, , , refused] = await applying().apply(unseen);
    assert.deepEqual(refused?.outcome, {
      kind: 'failed',
      words: 'fields of it are set by deployer',
    });
    assert.equal(await schedules(where.namespace), '0 4 * * *');
    const fresh = await applying().plan(where, objectsOf(where), never);
    assert.deepEqual(
      fresh.lines.flatMap(({ conflicts }) => conflicts),
      [{ manager: 'deployer', field: '.spec.schedule' }],
    );
    const taken = await applying().apply(fresh);
    assert.equal(taken.at(-1)?.outcome.kind, 'changed');
    assert.equal(await schedules(where.namespace), '0 2 * * *');
  });

  it('what was changed or made anew since it was shown is left alone', async () => {
    const where = await placeFor('moved');
    await applying().apply(await applying().plan(where, objectsOf(where), never));
    const plan = await applying().plan(where, objectsOf(where, '0 3 * * *'), never);
    const patch = JSON.stringify({ spec: { suspend: true } });
    const [name = ''] = plan.lines.map(({ object }) => object.name);
    await plane.kubectl(['patch', 'cronjob', name, '-n', where.namespace, '-p', patch]);
    const moved = { kind: 'failed', words: 'somebody else changed it since it was shown' };
    assert.deepEqual((await applying().apply(plan)).at(-1)?.outcome, moved);
    const later = await applying().plan(where, objectsOf(where, '0 3 * * *'), never);
    await plane.kubectl(['delete', 'cronjob', name, '-n', where.namespace]);
    assert.deepEqual((await applying().apply(later)).at(-1)?.outcome, moved);
    assert.equal(await schedules(where.namespace), '');
  });

  it('a missing right is said before anything is written, and where it is lost meanwhile what was applied', async () => {
    const where = await placeFor('limited');
    const grants = [{ namespace: where.namespace, rules: APPLYING }];
    const user = { name: 'limited', grants, credential: 'certificate', context: 'demo' } as const;
    const limited = clusterOf(await createUser(plane, user));
    await assert.rejects(applying(limited).plan(where, objectsOf(where), never), {
      reason: 'Forbidden',
      message: /CronJob limited\//,
    });
    assert.deepEqual(await inCluster(where.namespace), []);
    const plan = await applying().plan(where, objectsOf(where), never);
    const applied = await applying(limited).apply(plan);
    assert.deepEqual(
      applied.map(({ outcome }) => outcome.kind),
      ['created', 'created', 'created', 'failed'],
    );
    assert.equal((await inCluster(where.namespace)).length, 3);
  });

  it('who may not grant more than he has applies a RoleBinding once its Role is there', async () => {
    const where = await placeFor('later');
    const grants = [{ namespace: where.namespace, rules: [...APPLYING, CRON_JOBS] }];
    const user = { name: 'later', grants, credential: 'certificate', context: 'demo' } as const;
    const theirs = clusterOf(await createUser(plane, user));
    const plan = await applying(theirs).plan(where, objectsOf(where), never);
    const later = plan.lines.filter(({ after }) => after === undefined);
    assert.deepEqual(kinds(later), ['RoleBinding']);
    assert.ok(isWhole(await applying(theirs).apply(plan)));
    assert.equal((await inCluster(where.namespace)).length, 4);
  });

  it('where the answer is lost, reading tells whether it was applied', async () => {
    const where = await placeFor('cut');
    const plan = await applying().plan(where, objectsOf(where), never);
    const isWrite = ({ method, url }: { method: string; url: string }) =>
      method === 'PATCH' && !url.includes('dryRun');
    proxy.break(isWrite, { kind: 'cutAfter' });
    assert.ok(isWhole(await applying().apply(plan)));
    assert.equal((await inCluster(where.namespace)).length, 4);
    const next = await applying().plan(where, objectsOf(where, '0 3 * * *'), never);
    proxy.break(isWrite, { kind: 'cutBefore' }, Infinity);
    assert.deepEqual(
      (await applying().apply(next)).map(({ outcome }) => outcome),
      [
        ...Array.from({ length: 3 }, () => ({ kind: 'unchanged' })),
        { kind: 'failed', words: 'the connection broke, and it was not changed' },
      ],
    );
    assert.equal(await schedules(where.namespace), '0 2 * * *');
  });

  it('kinds of Argo are applied where the cluster knows them', async () => {
    const where = await placeFor('argo');
    await installArgoKinds(plane);
    const text =
      'apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: x}\nspec: {}\n';
    const objects = scaffolds.manifestObjects([{ name: 'x.yaml', text }], where);
    const plan = await applying().plan(where, objects, never);
    assert.ok(isWhole(await applying().apply(plan)));
    const name = await plane.kubectl(['get', 'cronworkflows', '-n', 'argo', '-o', 'name']);
    assert.equal(name.trim(), 'cronworkflow.argoproj.io/x');
  });
});
