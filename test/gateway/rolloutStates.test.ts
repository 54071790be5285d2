import assert from 'node:assert/strict';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { chance } from '../fakes/chance.ts';
import { create, HOME, ourVerdict, verdictOfKubectl, workload } from './rollouts.ts';

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
const STATES = 20;

/** No controller runs here, so that a workload stays in any state that is written into it. */
describe('the verdict on a rollout in any state', () => {
  let plane: ControlPlane;
  const seen = new Map<string, number>();

  before(async () => {
    plane = await startControlPlane();
  });
  after(async () => {
    process.stdout.write(`      ${JSON.stringify(Object.fromEntries(seen))}\n`);
    await plane.stop();
  });

  for (const kind of KINDS) {
    it(`of a ${kind} is that of kubectl, for ${STATES} states by chance`, async () => {
      const below = chance(kind.length);
      const object = (number: number) => {
        const spec = specOf(kind, below);
        return workload(kind, `state-${kind.toLowerCase()}-${number}`, { spec });
      };
      await create(plane, ...Array.from({ length: STATES }, (_, number) => object(number)));
      for (let number = 0; number < STATES; number++) {
        const name = `state-${kind.toLowerCase()}-${number}`;
        const patch = JSON.stringify({ status: statusOf(kind, below) });
        await plane.kubectl([
          ...['patch', kind, name, '-n', HOME, '--subresource=status', '--type=merge', '-p', patch],
        ]);
        const theirs = await verdictOfKubectl(plane, kind, name);
        const ours = await ourVerdict(plane, kind, name);
        assert.equal(ours.kind, theirs, `${name}: ${patch}`);
        seen.set(theirs, (seen.get(theirs) ?? 0) + 1);
      }
    });
  }

  it('was seen to be each of the three', () => {
    assert.deepEqual([...seen.keys()].sort(), ['done', 'failed', 'progressing']);
  });
});

type Below = (most: number) => number;

function specOf(kind: (typeof KINDS)[number], below: Below): object {
  const isOnDelete = below(6) === 0;
  switch (kind) {
    case 'Deployment':
      return { replicas: below(4), paused: below(5) === 0 };
    case 'StatefulSet':
      return {
        replicas: below(4),
        updateStrategy: isOnDelete
          ? { type: 'OnDelete' }
          : { type: 'RollingUpdate', rollingUpdate: { partition: below(4) } },
      };
    case 'DaemonSet':
      return { updateStrategy: { type: isOnDelete ? 'OnDelete' : 'RollingUpdate' } };
  }
}

function statusOf(kind: (typeof KINDS)[number], below: Below): object {
  // Mostly seen by its controller, since nothing else is looked at before.
  const observedGeneration = below(5) === 0 ? 0 : 1;
  if (kind === 'DaemonSet') {
    return {
      observedGeneration,
      desiredNumberScheduled: below(3),
      updatedNumberScheduled: below(4),
      numberAvailable: below(4),
      currentNumberScheduled: 1,
      numberMisscheduled: 0,
      numberReady: 1,
    };
  }
  const replicas = 1 + below(3);
  const upTo = () => below(replicas + 1);
  const common = { observedGeneration, replicas, updatedReplicas: upTo(), readyReplicas: replicas };
  if (kind === 'StatefulSet') {
    return { ...common, currentRevision: 'a', updateRevision: below(2) === 0 ? 'a' : 'b' };
  }
  const reason = below(6) === 0 ? 'ProgressDeadlineExceeded' : 'ReplicaSetUpdated';
  return {
    ...common,
    availableReplicas: upTo(),
    conditions: [{ type: 'Progressing', status: 'True', reason, message: 'by chance' }],
  };
}
