import assert from 'node:assert/strict';
import { chance } from '../../../test/fakes/chance.ts';
import { isRestartable, printRestartTime, restartPatch } from './restartPatch.ts';
import { WORKLOAD_KINDS } from './workload.ts';

const TIME = '2026-11-24T03:00:07+01:00';
const DATE = new Date('2026-11-24T02:00:07.987Z');

describe('The request that restarts', () => {
  it('is there for the kinds of kubectl and for the Rollout of Argo', () => {
    const kinds = WORKLOAD_KINDS.filter(isRestartable);
    assert.deepEqual(kinds.toSorted(), ['DaemonSet', 'Deployment', 'Rollout', 'StatefulSet']);
  });

  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
    it(`is for a ${kind} that of kubectl, to the byte`, () => {
      const { contentType, fieldManager, body } = restartPatch(kind, TIME);
      assert.equal(contentType, 'application/strategic-merge-patch+json');
      assert.equal(fieldManager, 'kubectl-rollout');
      // As it was recorded from kubectl.
      assert.equal(
        JSON.stringify(body),
        `{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"${TIME}"}}}}}`,
      );
    });
  }

  it('is for a Rollout a merge patch of one field: there is no strategic one for such kinds', () => {
    const { contentType, body } = restartPatch('Rollout', TIME);
    assert.equal(contentType, 'application/merge-patch+json');
    assert.deepEqual(body, { spec: { restartAt: TIME } });
  });
});

describe('The time of a restart', () => {
  const table: readonly (readonly [minutes: number, written: string])[] = [
    [0, '2026-11-24T02:00:07Z'],
    [60, '2026-11-24T03:00:07+01:00'],
    [-60, '2026-11-24T01:00:07-01:00'],
    [-480, '2026-11-23T18:00:07-08:00'],
    [330, '2026-11-24T07:30:07+05:30'],
    [-210, '2026-11-23T22:30:07-03:30'],
    [845, '2026-11-24T16:05:07+14:05'],
    [-0, '2026-11-24T02:00:07Z'],
  ];
  for (const [minutes, written] of table) {
    it(`is that of a machine ${minutes} minutes east, in whole seconds`, () => {
      assert.equal(printRestartTime('Deployment', DATE, minutes), written);
    });
  }

  it('is for a Rollout in UTC, wherever the machine is', () => {
    for (const [minutes] of table) {
      assert.equal(printRestartTime('Rollout', DATE, minutes), '2026-11-24T02:00:07Z');
    }
  });

  it('is always the second in which it was', () => {
    const below = chance(5);
    for (let round = 0; round < 1000; round++) {
      const date = new Date(below(2 ** 31) * 1000 + below(1000));
      const offset = below(27 * 60) - 12 * 60;
      const written = printRestartTime('StatefulSet', date, offset);
      assert.match(written, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/);
      assert.equal(Date.parse(written), Math.floor(date.getTime() / 1000) * 1000);
    }
  });
});
