import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { readerWith, restartsOn } from '../../../test/fakes/restartsOn.ts';
import {
  podOf,
  readerOf,
  READING,
  readingWorkload,
  specWith,
  workloadNamed,
} from '../../../test/fakes/workloads.ts';
import type { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { Failure } from '../../domain/failure.ts';
import type { Reader } from '../../domain/readers/reader.ts';
import { workloadId, type Workload } from '../../domain/readers/workload.ts';
import type { Restarted, RestartOutcome } from './restarts.ts';

const CHANGE = { isImmutable: false };
/** Requests that may be under way at once. */
const AT_ONCE = 8;
const RENEWED: RestartOutcome = { kind: 'done', isOvertaken: false, oldPods: [] };

const live = (): AbortSignal => new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const forbidden = new Failure('You may not patch it.', { reason: 'Forbidden', nextStep: 'retry' });

const many = (count: number) =>
  Array.from({ length: count }, (_, number) => readerWith(`web-${number}`));
const WEB = readerWith('web');
const DEADLINE = {
  conditions: [
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: '' },
  ],
};

const kinds = (restarted: readonly Restarted[]) => restarted.map(({ outcome }) => outcome.kind);
const namesOf = (patches: FakeWorkloads['patches']) => patches.map(({ ref }) => ref.name);

describe('What could be restarted after a change', () => {
  it('is every reader, with what a restart would do', async () => {
    const job = readingWorkload('CronJob', 'nightly', {
      spec: { jobTemplate: { spec: specWith(READING) } },
    });
    const { cluster, restarts } = restartsOn(WEB, readerWith('api'), job);
    const { ref, lines, unknown } = await restarts.plan(REF, CHANGE, live());
    assert.deepEqual([ref, unknown], [REF, []]);
    assert.deepEqual(
      lines.map(({ reader, isWanted }) => [reader.workload.ref.name, isWanted]),
      [
        ['web', true],
        ['api', true],
        ['nightly', false],
      ],
    );
    const reviews = cluster.asked.filter((each) => each.startsWith('review'));
    assert.deepEqual(reviews, ['review Deployment web', 'review Deployment api']);
    assert.deepEqual(cluster.patches, [], 'nothing is restarted by that');
  });

  it('is refused for each that the person may not patch, and not where that cannot be asked', async () => {
    const { cluster, restarts } = restartsOn(
      readerWith('no'),
      readerWith('yes'),
      readerWith('unasked'),
    );
    cluster.reviews.set('no', false);
    cluster.reviews.set('unasked', forbidden);
    const { lines } = await restarts.plan(REF, CHANGE, live());
    assert.deepEqual(
      lines.map(({ refusal }) => refusal === undefined),
      [false, true, true],
    );
  });

  it('is wanted of who follows the cache where a pod keeps what an earlier one held', async () => {
    const volumes = [{ name: 'v', configMap: { name: REF.name } }];
    const volumeMounts = [{ name: 'v', mountPath: '/cache' }];
    const template = { spec: { volumes, containers: [{ name: 'app', volumeMounts }] } };
    const startTime = '2026-11-24T01:00:00Z';
    const { restarts } = restartsOn(
      ...['old', 'new'].map((name) => workloadNamed('Deployment', name, { spec: { template } })),
      podOf('Deployment', 'old', { pod: 'old-1', status: { startTime } }),
      podOf('Deployment', 'new', { pod: 'new-1', status: { startTime: '2026-11-24T03:00:00Z' } }),
    );
    const until = Date.parse('2026-11-24T02:00:00Z');
    const { lines } = await restarts.plan(
      REF,
      { ...CHANGE, earlier: { until, isCertain: true } },
      live(),
    );
    assert.deepEqual(
      lines.map(({ effect, isWanted }) => [effect, isWanted]),
      [
        ['recreate', true],
        ['live', false],
      ],
    );
  });

  it('names the kinds among which there may be more', async () => {
    const { cluster, restarts } = restartsOn(WEB);
    cluster.isSilent = true;
    const planned = restarts.plan(REF, CHANGE, live());
    cluster.tellAll('Rollout');
    cluster.tell('Rollout', { kind: 'failed', failure: forbidden });
    const { lines, unknown } = await planned;
    assert.equal(lines.length, 1);
    assert.deepEqual(unknown, [{ kind: 'Rollout', failure: forbidden }]);
  });
});

describe('Restarting readers', () => {
  it('ends for each once its rollout is done, and tells how far it is', async () => {
    const { cluster, told, progress, run } = restartsOn(WEB);
    const done = run([WEB]);
    await turn();
    assert.deepEqual(namesOf(cluster.patches), ['web']);
    assert.deepEqual(told, []);
    cluster.settle(WEB, { updated: 1 });
    cluster.settle(WEB);
    assert.deepEqual(await done, [{ reader: readerOf(WEB), outcome: RENEWED }]);
    assert.deepEqual(told, ['web done']);
    assert.ok(progress.some(({ words }) => words.includes('1 of 3')));
  });

  it('goes one by one where that is wanted: none before the one before is done', async () => {
    const all = many(3);
    const { cluster, told, run } = restartsOn(...all);
    const done = run(all, { order: 'oneByOne' });
    for (const [index, one] of all.entries()) {
      await turn();
      assert.deepEqual(namesOf(cluster.patches), ['web-0', 'web-1', 'web-2'].slice(0, index + 1));
      cluster.settle(one);
    }
    assert.deepEqual(kinds(await done), ['done', 'done', 'done']);
    assert.deepEqual(told, ['web-0 done', 'web-1 done', 'web-2 done']);
  });

  it('one by one stops at the first that fails, and the others are not started', async () => {
    const all = many(4);
    const { cluster, told, run } = restartsOn(...all);
    const done = run(all, { order: 'oneByOne' });
    await turn();
    cluster.settle(all[0] ?? assert.fail());
    await turn();
    cluster.settle(all[1] ?? assert.fail(), DEADLINE);
    assert.deepEqual(kinds(await done), ['done', 'failed', 'notStarted', 'notStarted']);
    assert.equal(cluster.patches.length, 2);
    assert.deepEqual(told, ['web-0 done', 'web-1 failed', 'web-2 notStarted', 'web-3 notStarted']);
  });

  it('one by one stops as well where one is refused, gone or unclear', async () => {
    const all = many(2);
    const [first] = all as [Workload];
    const faults: readonly (readonly [RestartOutcome['kind'], (of: FakeWorkloads) => void])[] = [
      ['refused', ({ refusals }) => refusals.set('web-0', forbidden)],
      ['gone', (cluster) => cluster.put({ ...first, uid: 'another' })],
      [
        'unclear',
        (cluster) => {
          cluster.cut = 'after';
          cluster.readFailure = forbidden;
        },
      ],
    ];
    for (const [kind, fault] of faults) {
      const { cluster, run } = restartsOn(...all);
      fault(cluster);
      assert.deepEqual(kinds(await run(all, { order: 'oneByOne' })), [kind, 'notStarted']);
    }
  });

  it('all at once has at most so many requests under way, however long the rollouts take', async () => {
    const all = many(3 * AT_ONCE);
    const { cluster, run } = restartsOn(...all);
    const gate = Promise.withResolvers<undefined>();
    cluster.gate = gate.promise;
    const done = run(all);
    await turn();
    assert.equal(cluster.underWay, AT_ONCE);
    gate.resolve(undefined);
    await turn();
    assert.equal(cluster.patches.length, all.length, 'no rollout holds back another request');
    assert.equal(cluster.mostUnderWay, AT_ONCE);
    for (const one of all.toReversed()) cluster.settle(one);
    const restarted = await done;
    assert.ok(kinds(restarted).every((kind) => kind === 'done'));
    assert.deepEqual(
      restarted.map(({ reader }) => reader.workload.ref.name),
      all.map(({ ref }) => ref.name),
      'they stand in their order',
    );
  });

  it('all at once goes on with the others where one fails', async () => {
    const all = many(4);
    const { cluster, run } = restartsOn(...all);
    const [first, second, third] = all as [Workload, Workload, Workload];
    cluster.refusals.set(first.ref.name, forbidden);
    cluster.put({ ...second, uid: 'another' });
    const done = run(all);
    await turn();
    cluster.settle(third, DEADLINE);
    cluster.settle(all[3] ?? assert.fail());
    const restarted = await done;
    assert.deepEqual(kinds(restarted), ['refused', 'gone', 'failed', 'done']);
    assert.deepEqual(restarted[0]?.outcome, { kind: 'refused', words: forbidden.message });
  });

  it('does not hide what is no failure of the cluster', async () => {
    const { cluster, run } = restartsOn(WEB);
    const fault = new TypeError('a fault of ours');
    cluster.refusals.set('web', fault);
    await assert.rejects(run([WEB]), (error) => error === fault);
  });

  it('looks at each as it is at that moment: paused meanwhile, it is refused', async () => {
    const { cluster, run } = restartsOn(WEB);
    cluster.put(readerWith('web', { state: { isPaused: true } }));
    assert.deepEqual(kinds(await run([WEB])), ['refused']);
    assert.deepEqual(cluster.patches, []);
  });

  it('reads first what cannot be followed', async () => {
    const { cluster, readers, run } = restartsOn(WEB);
    await readers.of(REF);
    cluster.tell('Deployment', { kind: 'failed', failure: forbidden });
    const done = run([WEB]);
    await turn();
    assert.ok(cluster.asked.includes('read Deployment web'));
    cluster.settle(WEB);
    assert.deepEqual(kinds(await done), ['done']);
  });
});

describe('A restart that the person leaves', () => {
  it('is not waited for any longer, and what was not started is not', async () => {
    const all = many(2);
    const { cluster, told, run } = restartsOn(...all);
    const leaving = new AbortController();
    const done = run(all, { order: 'oneByOne', signal: leaving.signal });
    await turn();
    leaving.abort();
    assert.deepEqual(kinds(await done), ['left', 'notStarted']);
    assert.deepEqual(told, ['web-0 left', 'web-1 notStarted']);
    assert.deepEqual(namesOf(cluster.patches), ['web-0']);
  });

  it('at once sends no more than is under way, which goes on', async () => {
    const all = many(AT_ONCE + 2);
    const { cluster, run } = restartsOn(...all);
    const gate = Promise.withResolvers<undefined>();
    cluster.gate = gate.promise;
    const leaving = new AbortController();
    const done = run(all, { signal: leaving.signal });
    await turn();
    leaving.abort();
    gate.resolve(undefined);
    const outcomes = kinds(await done);
    assert.equal(cluster.patches.length, AT_ONCE);
    assert.deepEqual(
      outcomes,
      all.map((_, index) => (index < AT_ONCE ? 'left' : 'notStarted')),
    );
  });

  it('before it began sends nothing at all', async () => {
    for (const order of ['oneByOne', 'allAtOnce'] as const) {
      const { cluster, run } = restartsOn(WEB);
      const outcomes = kinds(await run([WEB], { order, signal: AbortSignal.abort() }));
      assert.deepEqual([outcomes, cluster.patches], [['notStarted'], []]);
    }
  });
});

describe('A reader', () => {
  it('has an id of its own', () => {
    const all: readonly Reader[] = [...many(3), readerWith('web-0', { kind: 'StatefulSet' })].map(
      (one) => readerOf(one),
    );
    assert.equal(new Set(all.map(({ workload }) => workloadId(workload.ref))).size, all.length);
  });
});
