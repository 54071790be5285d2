import assert from 'node:assert/strict';
import { effectOf } from '../../src/domain/readers/effect.ts';
import { FAR_KINDS } from '../../src/domain/readers/elsewhere.ts';
import { effectOn, restarterOn, type Reader } from '../../src/domain/readers/reader.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { farReadersOf } from '../../src/operations/readers/farReaders.ts';
import { Readers } from '../../src/operations/readers/readers.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { createUser } from '../cluster/users.ts';
import { casesOf, tables, type ReaderCase } from './readerCases.ts';

const CACHE = 'workflow-cache';
const CHANGE = { isImmutable: false };
const never = new AbortController().signal;
const TABLES = await tables();

describe('who reads a cache, on a real API server', () => {
  let plane: ControlPlane;
  let cluster: KubernetesCluster;
  let readers: Readers;

  before(async () => {
    plane = await startControlPlane();
    cluster = new KubernetesCluster(() => [plane.kubeconfig]);
    readers = new Readers(cluster.workloads, Date.now);
  });
  after(async () => {
    readers.reset();
    cluster.reset();
    await plane.stop();
  });

  const create = (items: readonly object[]) =>
    plane.kubectl(['create', '--validate=strict', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
  const namespace = (name: string) => [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: CACHE, namespace: name } },
  ];

  it('a cluster that knows none of the kinds of Argo has none of them, and that is no error', async () => {
    await create(namespace('plain'));
    const picture = await readers.of({ context: 'demo', namespace: 'plain', name: CACHE });
    assert.deepEqual([picture.readers, picture.unknown], [[], []]);
    // Who may do little is forbidden to list what does not exist; that is no error, either.
    const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] }];
    const grants = [{ namespace: 'plain', rules }];
    const user = { name: 'little', credential: 'certificate', grants } as const;
    const kubeconfig = await createUser(plane, user);
    const theirs = new KubernetesCluster(() => [kubeconfig]);
    const seen = new Readers(theirs.workloads, Date.now);
    const { unknown } = await seen.of({ context: 'little', namespace: 'plain', name: CACHE });
    const kinds = unknown.map(({ kind }) => kind);
    assert.ok(kinds.includes('Pod'));
    assert.deepEqual(
      kinds.filter((kind) => /Rollout|Workflow/.test(kind)),
      [],
    );
    seen.reset();
    const far = await farReadersOf(
      { context: 'little', namespace: 'plain', name: CACHE },
      theirs.workloads,
      never,
    );
    assert.deepEqual(
      far.unknown.map(({ kind }) => kind),
      ['Deployment', 'StatefulSet', 'DaemonSet'],
    );
    theirs.reset();
    await installArgoKinds(plane);
  });

  for (const table of TABLES) {
    const home = `cases-${table}`;

    describe(`the table of ${table}`, () => {
      let cases: readonly ReaderCase[];
      let found: ReadonlyMap<string, Reader>;

      before(async () => {
        cases = await casesOf(table, home);
        const objects = cases.flatMap((each) => [each.object, ...(each.with ?? [])]);
        await create(namespace(home));
        await create(objects.map((object) => withNamespace(object, home)));
        for (const { kind, metadata, status, apiVersion } of objects) {
          // Those of Argo have it from the start.
          if (status === undefined || apiVersion.startsWith('argoproj.io')) continue;
          const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
          await plane.kubectl(['patch', kind, metadata.name, '-n', home, ...patch]);
        }
        const picture = await readers.of({ context: 'demo', namespace: home, name: CACHE });
        assert.deepEqual(picture.unknown, []);
        found = new Map(
          picture.workloads.readersOf({ namespace: home, name: CACHE }).map((reader) => {
            const { kind, name } = reader.workload.ref;
            return [`${kind} ${name}`, reader];
          }),
        );
      });

      it('holds for each case', () => {
        const wrong = cases.flatMap((each) => {
          const { kind, metadata } = each.object;
          const problems = problemsOf(each, found.get(`${kind} ${metadata.name}`));
          return problems.map((problem) => `${each.name}: ${problem}`);
        });
        assert.deepEqual(wrong, []);
      });
    });
  }

  it('the tables have at least 120 cases', async () => {
    const all = await Promise.all(TABLES.map((table) => casesOf(table, 'any')));
    const count = all.reduce((sum, cases) => sum + cases.length, 0);
    process.stdout.write(`      ${count} cases\n`);
    assert.ok(count >= 120);
  });

  it('an ephemeral container reads, too, also in a pod of a controller: nothing makes it see a variable anew', async () => {
    const home = 'ephemeral';
    const spec = { containers: [{ name: 'app', image: 'registry.example/app:1' }] };
    const labels = { app: 'shop' };
    const template = { metadata: { labels }, spec };
    const set = { replicas: 0, selector: { matchLabels: labels }, template };
    const pod = (called: string, more: object) => ({
      ...{ apiVersion: 'v1', kind: 'Pod', spec },
      metadata: { name: called, namespace: home, ...more },
    });
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'shop' };
    const { apiVersion, kind, name } = owner;
    await create([
      ...namespace(home),
      { apiVersion, kind, metadata: { name, namespace: home }, spec: set },
      pod('alone', {}),
    ]);
    const uid = await plane.kubectl([
      'get',
      'rs',
      'shop',
      '-n',
      home,
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    const ownerReferences = [{ ...owner, uid, controller: true }];
    await create([pod('owned', { ownerReferences }), pod('untouched', { ownerReferences })]);
    const ephemeralContainers = [
      {
        name: 'shell',
        image: 'registry.example/shell:1',
        envFrom: [{ configMapRef: { name: CACHE } }],
      },
    ];
    for (const debugged of ['alone', 'owned']) {
      await plane.kubectl([
        ...['patch', 'pod', debugged, '-n', home, '--subresource=ephemeralcontainers'],
        ...['-p', JSON.stringify({ spec: { ephemeralContainers } })],
      ]);
    }
    const picture = await readers.of({ context: 'demo', namespace: home, name: CACHE });
    const found = picture.readers.map((reader) => [
      reader.workload.ref.name,
      effectOn(reader, CHANGE),
    ]);
    assert.deepEqual(found.sort(), [
      ['alone', 'never'],
      ['owned', 'never'],
    ]);
  });

  // After the tables, so that there are more Deployments than are asked for at a time.
  describe('from other namespaces', () => {
    it('is who asks for a semaphore or is restarted by wave, and nobody that has ended; what may not be listed is named', async () => {
      const where = { context: 'demo', namespace: 'near', name: CACHE };
      const semaphore = { configMapKeyRef: { name: CACHE, key: 'limit' }, namespace: 'near' };
      const workflow = (name: string, labels: object) => ({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { name, namespace: 'far', labels },
        spec: { synchronization: { semaphores: [semaphore] } },
      });
      const [first] = await casesOf('workloads', 'far');
      const annotations = {
        'wave.pusher.com/update-on-config-change': 'true',
        'wave.pusher.com/extra-configmaps': `near/${CACHE}`,
      };
      const { metadata, ...rest } = first?.object ?? assert.fail('there is no case');
      await create([
        ...namespace('near'),
        ...namespace('far'),
        workflow('asks', {}),
        workflow('ended', { 'workflows.argoproj.io/completed': 'true' }),
        { ...rest, metadata: { ...metadata, namespace: 'far', name: 'waved', annotations } },
      ]);
      const found = await farReadersOf(where, cluster.workloads, never);
      const words = found.readers.map((reader) => {
        const { namespace: home, name } = reader.workload.ref;
        return [`${home}/${name}`, effectOn(reader, CHANGE), restarterOn(reader, CHANGE)];
      });
      assert.deepEqual(words, [
        ['far/waved', 'unknown', 'wave'],
        ['far/asks', 'live', undefined],
      ]);
      assert.deepEqual(found.unknown, []);
      const user = { name: 'near', credential: 'certificate', grants: [] } as const;
      const kubeconfig = await createUser(plane, user);
      const theirs = new KubernetesCluster(() => [kubeconfig]);
      const blind = await farReadersOf({ ...where, context: 'near' }, theirs.workloads, never);
      assert.deepEqual(blind.readers, []);
      const unknown = blind.unknown.map(({ kind, failure }) => `${kind} ${failure.reason}`);
      assert.deepEqual(
        unknown,
        FAR_KINDS.map((kind) => `${kind} Forbidden`),
      );
      theirs.reset();
    });
  });

  it('follows what comes and goes while somebody looks', async () => {
    const where = { context: 'demo', namespace: 'followed', name: CACHE };
    await create(namespace('followed'));
    const end = new AbortController();
    readers.hold(where, end.signal);
    const count = () => readers.known(where)?.readers.length;
    assert.equal((await readers.of(where)).readers.length, 0);
    const [first] = await casesOf('workloads', 'followed');
    assert.equal(first?.effect, 'live');
    await create([withNamespace(first.object, 'followed')]);
    await readers.until(where, () => count() === 1, end.signal);
    await plane.kubectl(['delete', 'deployment', first.object.metadata.name, '-n', 'followed']);
    await readers.until(where, () => count() === 0, end.signal);
    end.abort();
  });

  it('kinds that may not be listed are named, and the others are found', async () => {
    await create(namespace('few'));
    const all = await casesOf('workloads', 'few');
    const some = all.filter(({ effect }) => effect === 'restart').map(({ object }) => object);
    await create(some.map((object) => withNamespace(object, 'few')));
    const kubeconfig = await createUser(plane, {
      name: 'few',
      credential: 'certificate',
      grants: [
        {
          namespace: 'few',
          rules: [
            { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] },
            { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: ['list', 'watch'] },
          ],
        },
      ],
    });
    const theirs = new KubernetesCluster(() => [kubeconfig]);
    const seen = new Readers(theirs.workloads, Date.now);
    const picture = await seen.of({ context: 'few', namespace: 'few', name: CACHE });
    const kinds = new Set(picture.readers.map(({ workload }) => workload.ref.kind));
    assert.deepEqual([...kinds], ['Deployment']);
    const unknown = picture.unknown.map(({ kind, failure }) => `${kind}: ${failure.reason}`);
    assert.ok(unknown.includes('StatefulSet: Forbidden'));
    assert.ok(unknown.includes('Pod: Forbidden'));
    assert.ok(!unknown.some((each) => each.startsWith('Deployment')));
    seen.reset();
    theirs.reset();
  });
});

function withNamespace(object: ReaderCase['object'], namespace: string): object {
  if (object.kind === 'ClusterWorkflowTemplate') return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Where what was found is not what the case expects. */
function problemsOf(each: ReaderCase, reader: Reader | undefined): readonly string[] {
  const isImmutable = each.immutable === true;
  const effect = (keys?: readonly string[]) =>
    (reader && effectOn(reader, { isImmutable, ...(keys ? { keys } : {}) })) ?? 'none';
  const mark = each.mark ?? 'none';
  const restarter = reader && restarterOn(reader, { isImmutable, mark });
  const life = reader?.workload.life ?? 'ended';
  const uses = reader?.uses.map((use) => {
    return `${placeOf(use.way, use.place)} ${use.way} ${effectOf(use, life, isImmutable)}`;
  });
  const expected = each.uses?.map((use) => `${placeOf(use.way, use.in)} ${use.way} ${use.effect}`);
  return [
    ...differ('as a whole', effect(), each.effect),
    ...Object.entries(each.effects ?? {}).flatMap(([key, wanted]) =>
      differ(key, effect([key]), wanted),
    ),
    ...(expected === undefined ? [] : differ('places', sorted(uses ?? []), sorted(expected))),
    ...(each.restartedBy === undefined
      ? []
      : differ('restarted by', restarter ?? 'nobody', each.restartedBy)),
  ];
}

/** What is not at a place that is known has none of its own. */
function placeOf(way: string, place: string): string {
  return way === 'unrecognized' || way === 'declared' ? '' : place;
}

function sorted(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join('; ');
}

function differ(what: string, found: string, wanted: string): readonly string[] {
  return found === wanted ? [] : [`${what}: ${found}, and not ${wanted}`];
}
