import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { READING, specWith, workloadNamed } from '../../../test/fakes/workloads.ts';
import { readersElsewhere } from './elsewhere.ts';
import type { Workload } from './workload.ts';

const { namespace: HOME, name: CACHE } = REF;

/** What asks for a semaphore of the cache, whose namespace is named or not. */
const locked = (namespace?: string) => ({
  synchronization: { semaphores: [{ configMapKeyRef: { name: CACHE, key: 'a' }, namespace }] },
});
/** What wave restarts for ConfigMaps beside those of its template. */
const waved = (extra: string, namespace: string) => ({
  namespace,
  annotations: {
    'wave.pusher.com/update-on-config-change': 'true',
    'wave.pusher.com/extra-configmaps': extra,
  },
});

const namesOf = (...all: readonly Workload[]) =>
  readersElsewhere(all, REF).map(({ workload: { ref } }) => `${ref.namespace}/${ref.name}`);

describe('Who reads a cache of another namespace', () => {
  it('is who names that namespace for a semaphore', () => {
    const there = { namespace: 'other' };
    const found = namesOf(
      workloadNamed('Workflow', 'named', { metadata: there, spec: locked(HOME) }),
      workloadNamed('Workflow', 'own', { metadata: there, spec: locked() }),
      workloadNamed('Workflow', 'third', { metadata: there, spec: locked('third') }),
      workloadNamed('WorkflowTemplate', 'steps', {
        metadata: there,
        spec: { templates: [{ name: 'a', ...locked(HOME) }] },
      }),
      workloadNamed('CronWorkflow', 'nightly', {
        metadata: { namespace: 'another' },
        spec: { workflowSpec: locked(HOME) },
      }),
    );
    assert.deepEqual(found, ['another/nightly', 'other/named', 'other/steps']);
  });

  it('is who names it for wave, and not who names a ConfigMap of its own', () => {
    const found = namesOf(
      workloadNamed('Deployment', 'yes', { metadata: waved(`a,${HOME}/${CACHE}`, 'other') }),
      workloadNamed('DaemonSet', 'own', { metadata: waved(CACHE, 'other') }),
      workloadNamed('StatefulSet', 'third', { metadata: waved(`third/${CACHE}`, 'other') }),
    );
    assert.deepEqual(found, ['other/yes']);
  });

  it('is who takes such a template, of its own namespace or of none', () => {
    const from = (name: string, clusterScope: boolean) => ({
      workflowTemplateRef: { name, clusterScope },
    });
    const found = namesOf(
      workloadNamed('WorkflowTemplate', 'here', {
        metadata: { namespace: 'one' },
        spec: locked(HOME),
      }),
      workloadNamed('ClusterWorkflowTemplate', 'all', {
        metadata: { namespace: undefined },
        spec: locked(HOME),
      }),
      workloadNamed('Workflow', 'of-here', {
        metadata: { namespace: 'one' },
        spec: from('here', false),
      }),
      workloadNamed('Workflow', 'not-there', {
        metadata: { namespace: 'two' },
        spec: from('here', false),
      }),
      workloadNamed('Workflow', 'of-all', {
        metadata: { namespace: 'two' },
        spec: from('all', true),
      }),
    );
    assert.deepEqual(found, ['one/here', 'one/of-here', 'two/of-all']);
  });

  it('is nobody of its own namespace, nor whose pods refer to a ConfigMap of the same name', () => {
    const found = namesOf(
      workloadNamed('Workflow', 'home', { spec: locked(HOME) }),
      workloadNamed('Deployment', 'pods', {
        metadata: { namespace: 'other' },
        spec: specWith(READING),
      }),
    );
    assert.deepEqual(found, []);
  });
});
