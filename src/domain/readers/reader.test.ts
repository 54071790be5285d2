import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import {
  controlledBy,
  podOf,
  READING,
  readerOf,
  readingWorkload,
  specWith,
  useWith,
  workloadNamed,
} from '../../../test/fakes/workloads.ts';
import { effectOn, restarterOn, Workloads } from './reader.ts';
import { effectWords } from './readerText.ts';
import type { ReloaderMark } from './tools.ts';
import { workloadOf, type Workload, type WorkloadKind } from './workload.ts';

const AUTO = { annotations: { 'reloader.stakater.com/auto': 'true' } };
const BY_NAME = { annotations: { 'configmap.reloader.stakater.com/reload': REF.name } };
const ANY = { isImmutable: false };
const MAIN = { name: 'main', container: READING };

const namesOf = (readers: readonly { workload: Workload }[]) =>
  readers.map(({ workload: { ref } }) => `${ref.kind} ${ref.name}`);
const readersAmong = (...all: readonly Workload[]) => new Workloads(all).readersOf(REF);
const mounting = (map: string) =>
  specWith({ name: 'a', envFrom: [{ configMapRef: { name: map } }] });

describe('Who reads a cache', () => {
  it('is each workload that refers to it, with every place of it that does', () => {
    const web = workloadNamed('Deployment', 'web', {
      spec: specWith(READING, { name: 'no' }, { ...READING, name: 'b' }),
    });
    const other = workloadNamed('Deployment', 'other', { spec: mounting('other-cache') });
    const [reader, ...more] = readersAmong(other, web);
    assert.deepEqual(more, []);
    assert.equal(reader?.workload, web);
    assert.deepEqual(
      reader.uses.map(({ place }) => place),
      ['app', 'b'],
    );
  });

  it('is nobody who refers to one of that name elsewhere, but by naming the namespace', () => {
    const far = workloadNamed('Deployment', 'far', {
      metadata: { namespace: 'other' },
      spec: specWith(READING),
    });
    assert.deepEqual(readersAmong(far), []);
    const semaphore = (namespace?: string) => ({
      synchronization: {
        semaphores: [{ namespace, configMapKeyRef: { name: REF.name, key: 'k' } }],
      },
    });
    const limited = workloadNamed('Workflow', 'limited', {
      metadata: { namespace: 'other' },
      spec: semaphore(REF.namespace),
    });
    const there = workloadNamed('Workflow', 'there', { spec: semaphore('other') });
    assert.deepEqual(namesOf(readersAmong(limited, there)), ['Workflow limited']);
  });

  it('is a template of the whole cluster, in the namespace of whoever uses it', () => {
    const template = workloadNamed('ClusterWorkflowTemplate', 'all', {
      metadata: { namespace: undefined },
      spec: { templates: [MAIN] },
    });
    assert.deepEqual(namesOf(readersAmong(template)), ['ClusterWorkflowTemplate all']);
  });

  it('is a workflow by the template that it takes, of its namespace or of the cluster', () => {
    for (const kind of ['WorkflowTemplate', 'ClusterWorkflowTemplate'] as const) {
      const clusterScope = kind === 'ClusterWorkflowTemplate';
      const template = workloadNamed(kind, 'shared', { spec: { templates: [MAIN] } });
      const spec = { workflowTemplateRef: { name: 'shared', clusterScope } };
      const workflow = workloadNamed('Workflow', 'mine', { spec });
      assert.deepEqual(namesOf(readersAmong(workflow, template)), [
        'Workflow mine',
        `${kind} shared`,
      ]);
      const wrong = { workflowTemplateRef: { name: 'shared', clusterScope: !clusterScope } };
      assert.deepEqual(
        namesOf(readersAmong(workloadNamed('Workflow', 'mine', { spec: wrong }), template)),
        [`${kind} shared`],
      );
    }
  });

  it('is a Rollout by the Deployment whose template it takes, and not that Deployment at rest', () => {
    const workloadRef = { kind: 'Deployment', name: 'web' };
    const rollout = workloadNamed('Rollout', 'web', { spec: { workloadRef } });
    const deployment = (replicas: number, name = 'web') =>
      readingWorkload('Deployment', name, { spec: { replicas } });
    assert.deepEqual(namesOf(readersAmong(rollout, deployment(0))), ['Rollout web']);
    const both = ['Rollout web', 'Deployment web'];
    assert.deepEqual(namesOf(readersAmong(rollout, deployment(2))), both, 'until it has none');
    assert.deepEqual(
      namesOf(readersAmong(deployment(0))),
      ['Deployment web'],
      'it stays one alone',
    );
    assert.deepEqual(namesOf(readersAmong(rollout, deployment(0, 'other'))), ['Deployment other']);
  });

  it('may be a Rollout that takes the template of a kind that is not looked at', () => {
    const workloadRef = { apiVersion: 'v1', kind: 'PodTemplate', name: 'web' };
    const reader = readerOf(workloadNamed('Rollout', 'web', { spec: { workloadRef } }));
    assert.equal(effectOn(reader, ANY), 'unknown');
    assert.match(effectWords(reader, ANY), /unknown: .*template/);
    const ofDeployment = { spec: { workloadRef: { ...workloadRef, kind: 'Deployment' } } };
    assert.deepEqual(readersAmong(workloadNamed('Rollout', 'web', ofDeployment)), []);
  });

  it('is restarted with the Deployment whose template it takes, and never by its own annotations', () => {
    const by = (ofRollout: object, ofDeployment: object) => {
      const spec = { workloadRef: { kind: 'Deployment', name: 'web' } };
      const rollout = workloadNamed('Rollout', 'web', { spec, metadata: ofRollout });
      const web = { metadata: ofDeployment, spec: { replicas: 0 } };
      return restarterOn(readerOf(rollout, readingWorkload('Deployment', 'web', web)), ANY);
    };
    assert.equal(by({}, AUTO), 'Reloader');
    assert.equal(by({}, BY_NAME), 'Reloader');
    assert.equal(by(AUTO, {}), undefined);
    assert.equal(by(BY_NAME, {}), undefined);
    assert.equal(by({}, {}), undefined);
    const spec = { workloadRef: { kind: 'Deployment', name: 'gone' } };
    const alone = workloadNamed('Rollout', 'alone', { spec, metadata: BY_NAME });
    assert.deepEqual(
      readerOf(alone).uses.map(({ way }) => way),
      ['declared'],
    );
  });

  it('is the controller, and not its pods, nor its ReplicaSets', () => {
    const web = readingWorkload('Deployment', 'web');
    const set = readingWorkload('ReplicaSet', 'web-1', {
      metadata: controlledBy('Deployment', 'web'),
    });
    const pod = workloadNamed('Pod', 'web-1-a', {
      metadata: controlledBy('ReplicaSet', 'web-1'),
      spec: specWith(READING).template.spec,
    });
    assert.deepEqual(namesOf(readersAmong(pod, set, web)), ['Deployment web']);
  });

  it('is whoever an annotation says, though its template does not show it', () => {
    const declared = workloadNamed('Deployment', 'api', { metadata: BY_NAME });
    const [reader] = readersAmong(declared);
    assert.deepEqual(
      reader?.uses.map(({ way, maps }) => [way, maps]),
      [['declared', [REF.name]]],
    );
    assert.equal(restarterOn(reader, ANY), 'Reloader');
  });

  it('is declared whatever controls it, unless that made it by its own template', () => {
    const by = (kind: WorkloadKind, owner: string) =>
      workloadNamed(kind, 'api', { metadata: { ...BY_NAME, ...controlledBy(owner, 'main') } });
    const operated = [by('Deployment', 'Shop'), by('StatefulSet', 'Shop'), by('CronJob', 'Shop')];
    const names = ['Deployment api', 'StatefulSet api', 'CronJob api'];
    assert.deepEqual(namesOf(readersAmong(...operated, by('Job', 'CronJob'))), names);
    assert.deepEqual(namesOf(readersAmong(by('Job', 'Workflow'))), ['Job api']);
  });

  it('tells what restarts it by itself', () => {
    const auto = readingWorkload('Deployment', 'auto', { metadata: AUTO });
    const search = { annotations: { 'reloader.stakater.com/search': 'true' } };
    const searching = readingWorkload('Deployment', 'searching', { metadata: search });
    const by = (workload: Workload, mark: ReloaderMark) =>
      restarterOn(readerOf(workload), { ...ANY, mark });
    assert.equal(restarterOn(readerOf(auto), ANY), 'Reloader');
    assert.deepEqual([by(auto, 'match'), by(auto, 'ignore')], ['Reloader', undefined]);
    assert.deepEqual([by(searching, 'match'), by(searching, 'none')], ['Reloader', undefined]);
    assert.equal('restarters' in readerOf(readingWorkload('Deployment', 'web')), false);
    assert.deepEqual(readersAmong(workloadNamed('Deployment', 'no', { metadata: AUTO })), []);
  });

  it('is nobody where there is nothing', () => {
    assert.deepEqual(readersAmong(), []);
    assert.deepEqual(readersAmong(workloadOf(REF.context, 'Pod', 4)), []);
  });
});

describe('The workloads of a namespace', () => {
  const web = readingWorkload('Deployment', 'web');
  const set = (name: string, of = 'web') =>
    workloadNamed('ReplicaSet', name, { metadata: controlledBy('Deployment', of) });
  const pods = [
    podOf('ReplicaSet', 'web-1', { pod: 'old' }),
    podOf('ReplicaSet', 'web-2', { pod: 'new' }),
    podOf('ReplicaSet', 'other-1', { pod: 'theirs' }),
    podOf('Deployment', 'web', { pod: 'direct' }),
    podOf('StatefulSet', 'web', { pod: 'namesake' }),
    workloadNamed('Pod', 'alone'),
  ];
  const all = new Workloads([web, set('web-1'), set('web-2'), set('other-1', 'other'), ...pods]);

  it('know the pods of each: its own, and those of its ReplicaSets', () => {
    const names = all.podsOf(web).map(({ ref }) => ref.name);
    assert.deepEqual(names, ['old', 'new', 'direct']);
    const stateful = workloadNamed('StatefulSet', 'web');
    assert.deepEqual(
      all.podsOf(stateful).map(({ ref }) => ref.name),
      ['namesake'],
    );
    assert.deepEqual(all.podsOf(workloadNamed('Deployment', 'none')), []);
  });

  it('know what each of them controls itself', () => {
    assert.deepEqual(namesOf(all.childrenOf(web.uid).map((workload) => ({ workload }))), [
      'ReplicaSet web-1',
      'ReplicaSet web-2',
      'Pod direct',
    ]);
  });

  it('are found by kind and name', () => {
    assert.equal(all.named({ kind: 'Deployment', name: 'web' }), web);
    assert.equal(all.named({ kind: 'StatefulSet', name: 'web' }), undefined);
  });
});

describe('What a change does to a reader', () => {
  const MOUNTED = { way: 'volume', mountPath: '/cache' } as const;
  const workload = readingWorkload('Deployment', 'web');
  const reader = {
    workload,
    uses: [useWith({ ...MOUNTED, keys: ['a', 'b'] }), useWith({ keys: ['b'] })],
  };

  it('is the worst of what it does at its places', () => {
    assert.equal(effectOn(reader, { isImmutable: false }), 'restart');
    assert.equal(effectOn(reader, { isImmutable: true }), 'recreate');
  });

  it('is only what it does at places that read what is changed', () => {
    const effect = (...keys: readonly string[]) => effectOn(reader, { isImmutable: false, keys });
    assert.equal(effect('a'), 'live');
    assert.equal(effect('a', 'b'), 'restart');
    assert.equal(effect('c'), undefined, 'nothing is done to it');
    assert.equal(effect(), undefined);
  });

  it('of the same content is something only to who followed it, and does not follow what takes its place', () => {
    const same = { isImmutable: true, isSame: true };
    const effects = [
      useWith(MOUNTED),
      useWith({ ...MOUNTED, subPath: 'a' }),
      useWith({ ...MOUNTED, role: 'init' }),
      useWith(),
      useWith({ way: 'declared' }),
    ].map((use) => effectOn({ workload, uses: [use] }, same));
    assert.deepEqual(effects, ['recreate', ...Array<undefined>(4)]);
  });

  it('depends on what becomes of its pods', () => {
    const ended = { ...reader, workload: { ...workload, life: 'ended' as const } };
    assert.equal(effectOn(ended, { isImmutable: false }), 'never');
  });
});
