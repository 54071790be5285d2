import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { chance } from '../../../test/fakes/chance.ts';
import {
  controlledBy,
  objectNamed,
  READING,
  readingWorkload,
  specWith,
  uidOf,
  workloadNamed,
} from '../../../test/fakes/workloads.ts';
import {
  printWorkload,
  textsIn,
  WORKLOAD_KINDS,
  workloadId,
  workloadOf,
  type WorkloadKind,
} from './workload.ts';
import type { Life } from './life.ts';
import { Workloads } from './reader.ts';

const POD = specWith(READING).template.spec;
const MAIN = { name: 'main', container: READING };

/** Where each kind keeps the containers of its pods, by the API reference. */
function specOf(kind: WorkloadKind): object {
  const argo = { templates: [MAIN] };
  switch (kind) {
    case 'Pod':
      return POD;
    case 'CronJob':
      return { jobTemplate: { spec: specWith(READING) } };
    case 'Workflow':
    case 'WorkflowTemplate':
    case 'ClusterWorkflowTemplate':
      return argo;
    case 'CronWorkflow':
      return { workflowSpec: argo };
    default:
      return specWith(READING);
  }
}

describe('A workload', () => {
  for (const kind of WORKLOAD_KINDS) {
    it(`of kind ${kind} reads what its containers read`, () => {
      const workload = workloadNamed(kind, 'one', { spec: specOf(kind) });
      const [reader, ...more] = new Workloads([workload]).readersOf(REF);
      assert.deepEqual(more, []);
      assert.deepEqual(
        reader?.uses.map(({ way, maps }) => [way, maps]),
        [['envFrom', [REF.name]]],
      );
      assert.equal(workload.argo !== undefined, kind.includes('Workflow'));
    });

    it(`of kind ${kind} that has nothing at all is read as well`, () => {
      const workload = workloadOf(REF.context, kind, undefined);
      assert.deepEqual(workload.ref, { context: REF.context, namespace: '', kind, name: '' });
      assert.deepEqual([workload.uid, workload.uses], ['', []]);
      assert.equal(workload.controller, undefined);
      assert.equal(workload.pod !== undefined, kind === 'Pod');
    });
  }

  it('is known by its context, namespace, kind, name and uid', () => {
    const { ref, uid } = workloadNamed('Deployment', 'web');
    const { context, namespace } = REF;
    assert.deepEqual(ref, { context, namespace, kind: 'Deployment', name: 'web' });
    assert.equal(uid, uidOf('Deployment', 'web'));
    assert.equal(printWorkload(ref), 'Deployment web');
  });

  it('has an id of its own, whatever characters its context has', () => {
    const { ref } = workloadNamed('Deployment', 'web');
    const others = [
      { ...ref, context: 'other' },
      { ...ref, namespace: 'other' },
      { ...ref, kind: 'StatefulSet' as const },
      { ...ref, name: 'other' },
      { ...ref, context: `${ref.context}","${ref.namespace}`, namespace: '' },
    ];
    assert.equal(new Set([ref, ...others].map(workloadId)).size, others.length + 1);
    assert.equal(workloadId({ ...ref }), workloadId(ref));
  });

  /** What a controller makes by its own template, by the API reference and the controllers of Argo. */
  const MADE: readonly (readonly [WorkloadKind, string])[] = [
    ['Pod', 'ReplicaSet'],
    ['Pod', 'ReplicationController'],
    ['Pod', 'StatefulSet'],
    ['Pod', 'DaemonSet'],
    ['Pod', 'Job'],
    ['Pod', 'Workflow'],
    ['ReplicaSet', 'Deployment'],
    ['ReplicaSet', 'Rollout'],
    ['Job', 'CronJob'],
  ];
  for (const kind of WORKLOAD_KINDS) {
    for (const owner of WORKLOAD_KINDS) {
      const isCopy = MADE.some(([made, by]) => made === kind && by === owner);
      it(`of kind ${kind} that a ${owner} controls ${isCopy ? 'leaves reading to it' : 'reads by itself all the same'}`, () => {
        const metadata = controlledBy(owner, 'owner');
        const workload = workloadNamed(kind, 'one', { metadata, spec: specOf(kind) });
        const { controller } = workload;
        assert.deepEqual([controller?.kind, controller?.uid], [owner, uidOf(owner, 'owner')]);
        assert.equal(new Workloads([workload]).readersOf(REF).length, isCopy ? 0 : 1);
        assert.ok(!isCopy || workload.rollout === undefined, 'nor is it rolled out by itself');
      });
    }

    it(`of kind ${kind} reads by itself where nobody knows the kind that controls it`, () => {
      const metadata = controlledBy('Shop', 'owner');
      const workload = workloadNamed(kind, 'one', { metadata, spec: specOf(kind) });
      assert.equal(workload.controller?.kind, 'Shop');
      assert.equal(new Workloads([workload]).readersOf(REF).length, 1);
    });
  }

  it('reads by itself where what controls it only bears the name of a kind that is known', () => {
    const namesakes = [
      ['Job', 'batch.volcano.sh/v1alpha1'],
      ['StatefulSet', 'apps.kruise.io/v1beta1'],
      ['DaemonSet', 'apps.kruise.io/v1alpha1'],
      ['ReplicaSet', 'v1'],
      ['ReplicationController', 'example.com/v1'],
    ] as const;
    for (const [owner, api] of namesakes) {
      const metadata = controlledBy(owner, 'owner', api);
      const pod = workloadNamed('Pod', 'one', { metadata, spec: POD });
      assert.equal(new Workloads([pod]).readersOf(REF).length, 1, `${owner} of ${api}`);
      assert.equal(pod.attempt, undefined, 'nor is it an attempt of a run that is known');
    }
  });

  it('of kind Pod that is controlled reads by itself what was put into it: no template has that', () => {
    const spec = { ...POD, ephemeralContainers: [{ ...READING, name: 'shell' }] };
    const metadata = controlledBy('ReplicaSet', 'owner');
    const { uses } = workloadNamed('Pod', 'one', { metadata, spec });
    assert.deepEqual(
      uses.map(({ place, role }) => [place, role]),
      [['shell', 'ephemeral']],
    );
    const free = workloadNamed('Pod', 'one', { spec });
    assert.deepEqual(
      free.uses.map(({ role }) => role),
      ['container', 'ephemeral'],
    );
  });

  it('is not controlled by an owner that does not say so', () => {
    const ownerReferences = [{ kind: 'Shop', name: 'owner', uid: '1' }, 'strange'];
    const { controller, uses } = workloadNamed('Pod', 'one', {
      metadata: { ownerReferences },
      spec: POD,
    });
    assert.deepEqual([controller, uses.length], [undefined, 1]);
  });

  it('is deployed by whom its marks name, and by nobody without them', () => {
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps', strange: 4 };
    const { deployers } = workloadNamed('Deployment', 'one', { metadata: { labels } });
    assert.deepEqual(deployers, [{ kind: 'flux', object: 'Kustomization', name: 'apps' }]);
    assert.equal('deployers' in workloadNamed('Deployment', 'one'), false);
    const byWriter = workloadNamed('Deployment', 'one', {
      metadata: {
        labels: { 'app.kubernetes.io/instance': 'shop' },
        managedFields: [{ manager: 'argocd-controller' }, {}],
      },
    });
    assert.deepEqual(byWriter.deployers, [{ kind: 'argoCd', application: 'shop' }]);
  });

  it('may be restarted by what the annotations of its pod template name', () => {
    const annotations = { 'reloader.stakater.com/auto': 'true' };
    const spec = { template: { ...specWith(READING).template, metadata: { annotations } } };
    assert.ok(workloadNamed('Deployment', 'one', { spec }).tools?.reloaderAuto);
    assert.equal('tools' in workloadNamed('Deployment', 'one'), false);
  });

  it('has as labels and annotations only what is a text', () => {
    assert.deepEqual(textsIn({ a: 'x', b: 4, c: null, d: ['y'], e: '' }), { a: 'x', e: '' });
    for (const value of [undefined, null, 'x', 4, ['x']]) assert.deepEqual(textsIn(value), {});
  });
});

describe('The pods of a workload', () => {
  const condition = (type: string, status = 'True') => ({ conditions: [{ type, status }] });
  const table: readonly (readonly [WorkloadKind, string, object, Life])[] = [
    ...(['Deployment', 'StatefulSet', 'DaemonSet'] as const).map(
      (kind) => [kind, 'as ever', {}, 'lasting'] as const,
    ),
    ...(['ReplicaSet', 'ReplicationController', 'Rollout'] as const).map(
      (kind) => [kind, 'as ever', {}, 'lasting'] as const,
    ),
    ...(['WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow', 'CronJob'] as const).map(
      (kind) => [kind, 'as ever', {}, 'toCome'] as const,
    ),
    ['Pod', 'pending', { status: { phase: 'Pending' } }, 'bare'],
    ['Pod', 'running', { status: { phase: 'Running' } }, 'bare'],
    ['Pod', 'succeeded', { status: { phase: 'Succeeded' } }, 'ended'],
    ['Pod', 'failed', { status: { phase: 'Failed' } }, 'ended'],
    ['Job', 'begun', {}, 'bare'],
    ['Job', 'suspended', { spec: { suspend: true } }, 'toCome'],
    ['Job', 'complete', { status: condition('Complete') }, 'ended'],
    ['Job', 'failed', { status: condition('Failed') }, 'ended'],
    ['Job', 'not complete', { status: condition('Complete', 'False') }, 'bare'],
    ['Job', 'about to succeed', { status: condition('SuccessCriteriaMet') }, 'bare'],
    ['Job', 'about to fail', { status: condition('FailureTarget') }, 'bare'],
    [
      'Job',
      'suspended after its end',
      { spec: { suspend: true }, status: condition('Complete') },
      'ended',
    ],
    ['Workflow', 'not begun', {}, 'running'],
    ['Workflow', 'running', { status: { phase: 'Running' } }, 'running'],
    ['Workflow', 'succeeded', { status: { phase: 'Succeeded' } }, 'ended'],
    ['Workflow', 'failed', { status: { phase: 'Failed' } }, 'ended'],
    ['Workflow', 'in error', { status: { phase: 'Error' } }, 'ended'],
  ];
  for (const [kind, state, parts, life] of table) {
    it(`are ${life} where a ${kind} is ${state}`, () => {
      assert.equal(workloadNamed(kind, 'one', parts).life, life);
    });
  }
});

describe('What a workload takes from others', () => {
  it('is the template of a Deployment, for a Rollout that names it', () => {
    const spec = { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } };
    const { templateOf } = workloadNamed('Rollout', 'one', { spec });
    assert.deepEqual(templateOf, { kind: 'Deployment', name: 'web' });
    assert.equal('templateOf' in workloadNamed('Rollout', 'one', { spec: {} }), false);
  });

  it('is stored in a Workflow once it runs, and stands there instead of its spec', () => {
    const stored = specOf('Workflow');
    const from = { workflowTemplateRef: { name: 'changed-since' } };
    const running = workloadNamed('Workflow', 'one', {
      spec: from,
      status: { storedWorkflowTemplateSpec: { ...stored, ...from } },
    });
    assert.equal(running.argo?.from, undefined);
    assert.equal(new Workloads([running]).readersOf(REF).length, 1);
  });
});

describe('A name at a place that is not known', () => {
  it('is told as such, beside what is known', () => {
    const spec = { ...specWith(READING), newThing: { configMapSource: { name: 'strange' } } };
    const { uses } = workloadNamed('Deployment', 'one', { spec });
    assert.deepEqual(
      uses.map(({ way, maps }) => [way, maps]),
      [
        ['envFrom', [REF.name]],
        ['unrecognized', ['strange']],
      ],
    );
  });

  it('is not told of a volume that nobody mounts: its meaning is known', () => {
    const volumes = [
      { name: 'a', configMap: { name: 'one' } },
      { name: 'b', projected: { sources: [{ configMap: { name: 'two' } }] } },
    ];
    const spec = { template: { spec: { volumes, containers: [] } } };
    assert.deepEqual(workloadNamed('Deployment', 'one', { spec }).uses, []);
  });

  it('is told where a field has another type than ever before', () => {
    const spec = { template: { spec: { volumes: { a: { configMap: { name: 'one' } } } } } };
    const { uses } = workloadNamed('Deployment', 'one', { spec });
    assert.deepEqual(
      uses.map(({ way, maps }) => [way, maps]),
      [['unrecognized', ['one']]],
    );
  });
});

describe('A workload of any shape', () => {
  /** The names of fields that are looked at anywhere, so that chance finds the way inside. */
  const FIELDS =
    `metadata spec status template name namespace uid labels annotations managedFields manager
    ownerReferences controller kind conditions type reason message phase startTime deletionTimestamp
    containerStatuses initContainerStatuses state waiting suspend replicas strategy updateStrategy
    rollingUpdate partition observedGeneration generation jobTemplate workflowSpec templates steps dag
    tasks arguments inputs parameters valueFrom configMapKeyRef configMap configMapRef volumes projected
    sources items key path containers initContainers volumeMounts mountPath subPath subPathExpr env
    envFrom workflowTemplateRef templateRef synchronization semaphore semaphores memoize cache container
    script containerSet sidecars resource manifest podSpecPatch artifactRepositoryRef workloadRef
    storedWorkflowTemplateSpec clusterScope restartPolicy inline hooks templateDefaults template optional
    strategy restartAt restartedAt`.split(/\s+/);
  const LEAVES: readonly unknown[] = [
    ...[
      null,
      true,
      false,
      0,
      -1,
      1e300,
      '',
      'x',
      'a-name',
      '{{',
      '{{x}}',
      'a{{x}}b{{',
      '__proto__',
    ],
    ...['True', 'Always', 'Failed', '2026-01-02T03:04:05Z', 'name: a-name\n'],
  ];

  function shape(below: (limit: number) => number, depth: number): unknown {
    const kind = depth === 0 ? 0 : below(5);
    if (kind === 0) return LEAVES[below(LEAVES.length)];
    const inner = Array.from({ length: below(7) }, () => shape(below, depth - 1));
    if (kind === 1) return inner;
    // As from the wire, so that `__proto__` is a field like any other.
    return JSON.parse(
      `{${inner.map((each) => `${JSON.stringify(FIELDS[below(FIELDS.length)])}:${JSON.stringify(each)}`).join(',')}}`,
    );
  }

  /** A real object of that kind, one part of which is anything. */
  function broken(kind: WorkloadKind, below: (limit: number) => number): unknown {
    const whole = objectNamed(kind, 'one', { spec: specOf(kind), status: {} });
    const paths: (readonly [Record<string, unknown>, string])[] = [];
    const copy = structuredClone(whole) as Record<string, unknown>;
    const visit = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      for (const [field, inner] of Object.entries(value)) {
        paths.push([value as Record<string, unknown>, field]);
        visit(inner);
      }
    };
    visit(copy);
    const [holder, field] = paths[below(paths.length)] ?? assert.fail();
    holder[field] = shape(below, 3);
    return copy;
  }

  it('is read without a fault, and the same each time: 2,000 shapes by chance', () => {
    const below = chance(20);
    let readers = 0;
    for (let round = 0; round < 2000; round++) {
      const kind = WORKLOAD_KINDS[round % WORKLOAD_KINDS.length] ?? assert.fail();
      const object = round % 2 === 0 ? shape(below, 6) : broken(kind, below);
      const text = JSON.stringify(object);
      const workload = workloadOf(REF.context, kind, object);
      assert.equal(workload.ref.kind, kind);
      assert.ok(workload.uses.every(({ maps }) => maps.every((map) => typeof map === 'string')));
      const found = new Workloads([workload]).readersOf(REF);
      readers += found.length;
      assert.equal(JSON.stringify(object), text, 'it stays as it was');
      assert.deepEqual(workloadOf(REF.context, kind, JSON.parse(text)), workload);
    }
    assert.ok(readers > 100 && readers < 1900, `${readers} are readers, and others are not`);
  });

  it('is read however deep its nesting is, as far as the API server takes it', () => {
    // Source: `maxNestingDepth` of the API server's JSON decoder.
    for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ configMap: inner })]) {
      let nested: unknown = { name: REF.name };
      for (let depth = 0; depth < 9990; depth++) nested = wrap(nested);
      const spec = { ...specWith(READING), templates: nested, deep: nested };
      for (const kind of WORKLOAD_KINDS) workloadNamed(kind, 'deep', { spec });
    }
    let inline: object = MAIN;
    for (let depth = 0; depth < 3330; depth++) inline = { name: 'x', steps: [{ inline }] };
    const deep = workloadNamed('Workflow', 'deep', { spec: { templates: [inline] } });
    assert.equal(new Workloads([deep]).readersOf(REF).length, 1);
  });

  it('is a reader where only the parts beside it are strange', () => {
    const workload = readingWorkload('Deployment', 'one', { metadata: { labels: 4 }, status: [] });
    assert.equal(new Workloads([workload]).readersOf(REF).length, 1);
  });
});
