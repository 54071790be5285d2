import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { readingWorkload } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import { WORKLOAD_KINDS, type Workload } from '../../domain/readers/workload.ts';
import { FollowedNamespace } from './followedNamespace.ts';

const WEB = readingWorkload('Deployment', 'web');
const DB = readingWorkload('StatefulSet', 'web');
const lost = new Failure('It cannot be reached.', { reason: 'Unreachable', nextStep: 'retry' });
const forbidden = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });

function stage({ isSilent = false }, ...workloads: readonly Workload[]) {
  const cluster = new FakeWorkloads(...workloads);
  cluster.isSilent = isSilent;
  const { context, namespace } = REF;
  let changes = 0;
  const changed = () => {
    changes++;
  };
  const where = { context, namespace };
  const kinds = WORKLOAD_KINDS.map((kind) => ({ kind }));
  const followed = new FollowedNamespace(where, cluster, { kinds, changed, now: () => 0 });
  const names = () =>
    followed.workloads.readersOf(REF).map(({ workload: { ref } }) => `${ref.kind} ${ref.name}`);
  return { cluster, followed, names, changes: () => changes };
}

describe('The workloads of a namespace that is followed', () => {
  it('are those of every kind, also where two have one name', async () => {
    const { followed, names } = stage({}, DB, WEB);
    await followed.first;
    assert.ok(followed.isKnown);
    assert.deepEqual(names(), ['Deployment web', 'StatefulSet web']);
  });

  it('are known once each kind has said something, be it that it cannot be had', async () => {
    for (const last of WORKLOAD_KINDS) {
      const { cluster, followed, changes } = stage({ isSilent: true }, WEB);
      cluster.tellAll(last);
      cluster.tell(last, { kind: 'begun', items: [] });
      await Promise.resolve();
      assert.ok(!followed.isKnown);
      cluster.tell(last, { kind: 'failed', failure: lost });
      await followed.first;
      assert.ok(followed.isKnown);
      assert.deepEqual(followed.unknown, [{ kind: last, failure: lost }]);
      assert.equal(changes(), 0, 'who waits for the first is not told twice');
    }
  });

  it('are heard of again as a whole after a break, and what is missing then is gone', async () => {
    const { cluster, followed, names, changes } = stage({}, WEB, DB);
    await followed.first;
    cluster.tell('Deployment', { kind: 'failed', failure: lost });
    assert.deepEqual(names(), ['Deployment web', 'StatefulSet web'], 'meanwhile they are kept');
    cluster.tell('Deployment', { kind: 'all', items: [] });
    assert.deepEqual([names(), followed.unknown], [['StatefulSet web'], []]);
    assert.equal(changes(), 2);
  });

  it('are not asked for again where they are forbidden from the start', async () => {
    const { cluster, followed } = stage({ isSilent: true });
    cluster.tellAll('Pod', 'Job');
    cluster.tell('Pod', { kind: 'failed', failure: forbidden });
    cluster.tell('Job', { kind: 'failed', failure: lost });
    await followed.first;
    assert.equal(cluster.following, WORKLOAD_KINDS.length - 1);
    assert.deepEqual(
      followed.unknown.map(({ kind }) => kind),
      ['Job', 'Pod'],
    );
  });

  it('are followed on where they become forbidden later: what was known is kept', async () => {
    const { cluster, followed, names } = stage({}, WEB);
    await followed.first;
    cluster.tell('Deployment', { kind: 'failed', failure: forbidden });
    assert.equal(cluster.following, WORKLOAD_KINDS.length);
    assert.deepEqual(names(), ['Deployment web']);
  });

  it('are not followed once it is stopped, and nobody is left waiting', async () => {
    const { cluster, followed, changes } = stage({ isSilent: true }, WEB);
    followed.stop();
    await followed.first;
    assert.deepEqual([cluster.following, changes()], [0, 0]);
  });
});
