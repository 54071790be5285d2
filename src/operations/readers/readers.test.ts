import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { REF } from '../../../test/fakes/caches.ts';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import {
  controlledBy,
  podOf,
  readingWorkload,
  workloadNamed,
} from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import { WORKLOAD_KINDS, type Workload } from '../../domain/readers/workload.ts';
import type { NamespaceRef } from '../../domain/ref.ts';
import { Readers, type ReadersPicture } from './readers.ts';

/** Milliseconds for which workloads are followed after the last look at them. */
const GRACE = 30_000;
const OTHER = { ...REF, namespace: 'other' };
const WEB = readingWorkload('Deployment', 'web');
const API = readingWorkload('Deployment', 'api');
const lost = new Failure('It cannot be reached.', { reason: 'Unreachable', nextStep: 'retry' });
const forbidden = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });

const live = (): AbortSignal => new AbortController().signal;
/** Everything that waits for nothing but promises has gone on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

function stage(...workloads: readonly Workload[]) {
  const cluster = new FakeWorkloads(...workloads);
  const readers = new Readers(cluster, () => 0);
  const told: NamespaceRef[] = [];
  const end = new AbortController();
  readers.subscribe((where) => told.push(where), end.signal);
  return { cluster, readers, told, end };
}

/** The picture that an asker gets, once there is one. */
function answerOf(asked: Promise<ReadersPicture>) {
  const answer: { picture?: ReadersPicture } = {};
  const done = asked.then((picture) => {
    answer.picture = picture;
  });
  return { answer, done };
}

const namesOf = (picture: ReadersPicture | undefined) =>
  picture?.readers.map(({ workload }) => workload.ref.name);

/** In a group of tests time stands still, but for `mock.timers.tick`. */
function standStill() {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });
}

describe('Who reads a cache', () => {
  standStill();

  it('is not asked before somebody asks', async () => {
    const { cluster, readers } = stage(WEB);
    assert.equal(readers.known(REF), undefined);
    assert.equal(readers.podsOf(WEB), undefined);
    assert.equal(readers.current(WEB.ref), 'unknown');
    await readers.until(REF, () => true, live());
    readers.reset();
    assert.deepEqual(cluster.asked, []);
  });

  it('is asked once for each kind of a namespace, for all of its caches and every asker', async () => {
    const { cluster, readers } = stage(WEB);
    const [picture] = await Promise.all([readers.of(REF), readers.of({ ...REF, name: 'more' })]);
    assert.deepEqual(namesOf(picture), ['web']);
    assert.deepEqual(picture.unknown, []);
    await readers.of(REF);
    const asked = (where: NamespaceRef) =>
      WORKLOAD_KINDS.map((kind) => `follow ${kind} in ${where.namespace}`);
    assert.deepEqual(cluster.asked, asked(REF));
    assert.deepEqual(namesOf(await readers.of(OTHER)), []);
    assert.deepEqual(cluster.asked, [...asked(REF), ...asked(OTHER)]);
  });

  it('is answered once every kind has been heard of, and not by a part of them', async () => {
    const { cluster, readers } = stage(WEB, API);
    cluster.isSilent = true;
    const { answer, done } = answerOf(readers.of(REF));
    cluster.tellAll('Deployment');
    cluster.tell('Deployment', { kind: 'begun', items: [WEB] });
    await turn();
    assert.equal(answer.picture, undefined, 'who is missing would never be restarted');
    assert.equal(readers.known(REF), undefined);
    cluster.tellAll();
    await done;
    assert.deepEqual(namesOf(answer.picture), ['web', 'api']);
    assert.deepEqual(namesOf(readers.known(REF)), ['web', 'api']);
  });

  it('is as it is now: what is made, changed and deleted counts at once', async () => {
    const { cluster, readers } = stage(WEB);
    await readers.of(REF);
    cluster.put(API);
    assert.deepEqual(namesOf(readers.known(REF)), ['web', 'api']);
    cluster.put(workloadNamed('Deployment', 'web'));
    assert.deepEqual(namesOf(readers.known(REF)), ['api']);
    cluster.delete(API);
    assert.deepEqual(namesOf(readers.known(REF)), []);
    cluster.tell('Deployment', { kind: 'all', items: [API] });
    assert.deepEqual(namesOf(await readers.of(REF)), ['api']);
  });

  it('is nobody that has ended: those are counted apart', async () => {
    const job = (name: string, ...conditions: readonly object[]) =>
      readingWorkload('Job', name, { status: { conditions } });
    const done = { type: 'Complete', status: 'True' };
    const { cluster, readers } = stage(job('load'), job('loaded', done));
    const picture = await readers.of(REF);
    assert.deepEqual([namesOf(picture), picture.ended], [['load'], 1]);
    cluster.put(job('load', done));
    const later = readers.known(REF);
    assert.deepEqual([namesOf(later), later?.ended], [[], 2]);
  });

  it('is known of the other kinds where one has failed, which is named', async () => {
    const { cluster, readers } = stage(WEB);
    cluster.isSilent = true;
    const asked = readers.of(REF);
    cluster.tellAll('StatefulSet', 'Rollout');
    cluster.tell('StatefulSet', { kind: 'failed', failure: lost });
    cluster.tell('Rollout', { kind: 'failed', failure: forbidden });
    const picture = await asked;
    assert.deepEqual(namesOf(picture), ['web']);
    assert.deepEqual(picture.unknown, [
      { kind: 'StatefulSet', failure: lost },
      { kind: 'Rollout', failure: forbidden },
    ]);
    assert.equal(cluster.following, WORKLOAD_KINDS.length - 1, 'what is forbidden stays so');
    cluster.tell('StatefulSet', { kind: 'all', items: [readingWorkload('StatefulSet', 'db')] });
    const later = await readers.of(REF);
    assert.deepEqual(namesOf(later), ['web', 'db']);
    assert.deepEqual(
      later.unknown.map(({ kind }) => kind),
      ['Rollout'],
    );
  });

  it('is what it was where a kind fails later, and that kind is named', async () => {
    const { cluster, readers } = stage(WEB);
    await readers.of(REF);
    cluster.tell('Deployment', { kind: 'failed', failure: lost });
    const picture = readers.known(REF);
    assert.deepEqual(namesOf(picture), ['web']);
    assert.deepEqual(picture?.unknown, [{ kind: 'Deployment', failure: lost }]);
  });

  it('is told to listeners whenever it may have changed, once it is known', async () => {
    const { cluster, readers, told, end } = stage(WEB);
    cluster.isSilent = true;
    const asked = readers.of(REF);
    cluster.tellAll();
    assert.equal(told.length, 0, 'nothing is known before all is');
    await asked;
    const { context, namespace } = REF;
    cluster.tell('Deployment', { kind: 'changed', item: API });
    cluster.tell('Job', { kind: 'failed', failure: lost });
    assert.deepEqual(told, [
      { context, namespace },
      { context, namespace },
    ]);
    end.abort();
    cluster.tell('Deployment', { kind: 'removed', item: API });
    assert.equal(told.length, 2);
    readers.subscribe((where) => told.push(where), AbortSignal.abort());
    cluster.tell('Deployment', { kind: 'changed', item: API });
    assert.equal(told.length, 2, 'nor is it told to who left before');
  });

  it('is the same value until something changes', async () => {
    const { cluster, readers } = stage(WEB);
    const { workloads } = await readers.of(REF);
    assert.equal(readers.known(REF)?.workloads, workloads);
    cluster.put(API);
    assert.notEqual(readers.known(REF)?.workloads, workloads);
  });
});

describe('What is known of a workload', () => {
  standStill();

  const set = workloadNamed('ReplicaSet', 'web-1', {
    metadata: controlledBy('Deployment', 'web'),
  });
  const pod = podOf('ReplicaSet', 'web-1', { pod: 'web-1-a' });

  it('is its pods, where both they and the ReplicaSets between may be seen', async () => {
    const { cluster, readers } = stage(WEB, set, pod);
    await readers.of(REF);
    assert.deepEqual(readers.podsOf(WEB), [pod]);
    cluster.tell('Job', { kind: 'failed', failure: lost });
    assert.deepEqual(readers.podsOf(WEB), [pod]);
    for (const kind of ['Pod', 'ReplicaSet'] as const) {
      cluster.tell(kind, { kind: 'failed', failure: lost });
      assert.equal(readers.podsOf(WEB), undefined, 'no pods would be a claim');
      cluster.tell(kind, { kind: 'all', items: kind === 'Pod' ? [pod] : [set] });
      assert.deepEqual(readers.podsOf(WEB), [pod]);
    }
  });

  it('is what belongs to it, down to the pods', async () => {
    const { readers } = stage(WEB, API, set, pod);
    assert.deepEqual(readers.partsOf(WEB), [], 'before anybody asks');
    await readers.of(REF);
    assert.deepEqual([readers.partsOf(WEB), readers.partsOf(API)], [[set, pod], []]);
  });

  it('is how it is at this moment, or that it is gone, while its kind is followed', async () => {
    const { cluster, readers } = stage(WEB);
    await readers.of(REF);
    assert.equal(readers.current(WEB.ref), WEB);
    assert.equal(readers.current(API.ref), undefined);
    assert.equal(readers.current({ ...WEB.ref, namespace: 'other' }), 'unknown');
    cluster.delete(WEB);
    assert.equal(readers.current(WEB.ref), undefined);
    cluster.tell('Deployment', { kind: 'failed', failure: lost });
    assert.equal(readers.current(WEB.ref), 'unknown');
  });
});

describe('Waiting for something in the picture of a namespace', () => {
  standStill();

  function waiting(isSo: () => boolean, signal: AbortSignal = live()) {
    const { cluster, readers } = stage(WEB);
    const state = { isOver: false };
    const done = readers.of(REF).then(async () => {
      await readers.until(REF, isSo, signal);
      state.isOver = true;
    });
    return { cluster, readers, state, done };
  }

  it('ends at once where it is so', async () => {
    await waiting(() => true).done;
  });

  it('ends with the change that makes it so, and looks at no other namespace', async () => {
    let looks = 0;
    let isSo = false;
    const { cluster, readers, state, done } = waiting(() => {
      looks++;
      return isSo;
    });
    await turn();
    await readers.of(OTHER);
    cluster.put({ ...API, ref: { ...API.ref, namespace: OTHER.namespace } });
    assert.equal(looks, 1);
    cluster.put(API);
    await turn();
    assert.deepEqual([looks, state.isOver], [2, false]);
    isSo = true;
    cluster.delete(API);
    await done;
    cluster.put(API);
    assert.equal(looks, 3, 'it looks no more after its end');
  });

  it('ends when it is given up, or was before', async () => {
    const leaving = new AbortController();
    const { state, done } = waiting(() => false, leaving.signal);
    await turn();
    assert.ok(!state.isOver);
    leaving.abort();
    await done;
    const late = waiting(() => false, AbortSignal.abort());
    await turn();
    assert.ok(late.state.isOver);
  });
});

describe('Following the workloads of a namespace', () => {
  standStill();

  it('ends a while after the last question, and begins anew with the next', async () => {
    const { cluster, readers } = stage(WEB);
    await readers.of(REF);
    mock.timers.tick(GRACE - 1);
    await readers.of(REF);
    mock.timers.tick(GRACE - 1);
    assert.equal(cluster.following, WORKLOAD_KINDS.length);
    mock.timers.tick(1);
    assert.deepEqual([cluster.following, readers.known(REF)], [0, undefined]);
    cluster.put(API);
    assert.deepEqual(namesOf(await readers.of(REF)), ['web', 'api']);
  });

  it('is not prolonged by what asks for nothing', async () => {
    const { cluster, readers } = stage(WEB);
    await readers.of(REF);
    mock.timers.tick(GRACE - 1);
    readers.known(REF);
    readers.podsOf(WEB);
    readers.current(WEB.ref);
    mock.timers.tick(1);
    assert.equal(cluster.following, 0);
  });

  it('goes on as long as anybody holds it, and a while longer', async () => {
    const { cluster, readers } = stage(WEB);
    const [one, other] = [new AbortController(), new AbortController()];
    readers.hold(REF, one.signal);
    readers.hold(REF, other.signal);
    await readers.of(REF);
    mock.timers.tick(10 * GRACE);
    one.abort();
    mock.timers.tick(10 * GRACE);
    assert.equal(cluster.following, WORKLOAD_KINDS.length);
    other.abort();
    mock.timers.tick(GRACE - 1);
    assert.deepEqual(namesOf(readers.known(REF)), ['web']);
    mock.timers.tick(1);
    assert.equal(cluster.following, 0);
  });

  it('is not held by what was let go before it was held', async () => {
    const { cluster, readers } = stage(WEB);
    readers.hold(REF, AbortSignal.abort());
    await readers.of(REF);
    mock.timers.tick(GRACE);
    assert.equal(cluster.following, 0);
  });

  it('does not end while somebody waits for the first answer, however slow the cluster is', async () => {
    const { cluster, readers } = stage(WEB);
    cluster.isSilent = true;
    const { answer, done } = answerOf(readers.of(REF));
    mock.timers.tick(2 * GRACE);
    await turn();
    assert.equal(cluster.asked.length, WORKLOAD_KINDS.length, 'it is not asked anew, either');
    assert.equal(answer.picture, undefined, 'that nobody reads it would be a claim');
    cluster.tellAll();
    await done;
    assert.deepEqual(namesOf(answer.picture), ['web']);
    mock.timers.tick(GRACE);
    assert.equal(cluster.following, 0);
  });

  it('ends with a reset, and begins anew with the next question', async () => {
    const { cluster, readers, told } = stage(WEB);
    await Promise.all([readers.of(REF), readers.of(OTHER)]);
    readers.reset();
    assert.deepEqual([cluster.following, readers.known(REF)], [0, undefined]);
    cluster.put(API);
    assert.deepEqual(told, []);
    assert.deepEqual(namesOf(await readers.of(REF)), ['web', 'api']);
    mock.timers.tick(GRACE);
    assert.equal(cluster.following, 0);
  });

  it('begins anew with a reset for a question that waits, whose answer is a true one', async () => {
    const { cluster, readers } = stage(WEB);
    cluster.isSilent = true;
    const { answer, done } = answerOf(readers.of(REF));
    readers.reset();
    await turn();
    assert.equal(answer.picture, undefined, 'that nobody reads it would be a claim');
    cluster.tellAll();
    await done;
    assert.deepEqual(namesOf(answer.picture), ['web']);
  });

  it('is held over a reset: who looks at it still does', async () => {
    const { cluster, readers } = stage(WEB);
    const hold = new AbortController();
    readers.hold(REF, hold.signal);
    readers.reset();
    await readers.of(REF);
    mock.timers.tick(10 * GRACE);
    assert.equal(cluster.following, WORKLOAD_KINDS.length);
    hold.abort();
    mock.timers.tick(GRACE);
    assert.equal(cluster.following, 0);
  });

  it('that was reset is not ended again by who held it before', () => {
    const { cluster, readers } = stage(WEB);
    const hold = new AbortController();
    readers.hold(REF, hold.signal);
    readers.reset();
    const still = new AbortController();
    readers.hold(REF, still.signal);
    hold.abort();
    mock.timers.tick(10 * GRACE);
    assert.equal(cluster.following, WORKLOAD_KINDS.length);
    still.abort();
    mock.timers.tick(GRACE);
    assert.equal(cluster.following, 0);
  });
});
