import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { workloadNamed } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import { FAR_KINDS } from '../../domain/readers/elsewhere.ts';
import { farReadersOf } from './farReaders.ts';

const never = new AbortController().signal;
const semaphore = { configMapKeyRef: { name: REF.name, key: 'a' }, namespace: REF.namespace };
const FAR = workloadNamed('Workflow', 'far', {
  metadata: { namespace: 'other' },
  spec: { synchronization: { semaphores: [semaphore] } },
});

describe('Looking through other namespaces', () => {
  it('asks once for each kind that can refer to them, and follows none', async () => {
    const cluster = new FakeWorkloads(FAR);
    const { readers, unknown } = await farReadersOf(REF, cluster, never);
    assert.deepEqual(
      readers.map(({ workload }) => workload),
      [FAR],
    );
    assert.deepEqual(unknown, []);
    assert.equal(cluster.following, 0);
    assert.deepEqual(
      cluster.asked,
      FAR_KINDS.map((kind) => `list ${kind} everywhere`),
    );
  });

  it('names the kinds that may not be listed, and finds the others', async () => {
    const cluster = new FakeWorkloads(FAR);
    const failure = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });
    cluster.unlisted.set('Deployment', failure);
    const { readers, unknown } = await farReadersOf(REF, cluster, never);
    assert.equal(readers.length, 1);
    assert.deepEqual(unknown, [{ kind: 'Deployment', failure }]);
  });

  it('does not hide what is no failure', async () => {
    const cluster = new FakeWorkloads();
    cluster.unlisted.set('Workflow', new Error('a fault of ours'));
    await assert.rejects(farReadersOf(REF, cluster, never), /a fault of ours/);
  });
});
