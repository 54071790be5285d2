import assert from 'node:assert/strict';
import { FakeManifests } from '../../../test/fakes/fakeManifests.ts';
import { Failure } from '../../domain/failure.ts';
import type { ApplyOutcome } from '../../domain/manifests/applyOutcome.ts';
import type { ManifestObject } from '../../domain/manifests/manifestObject.ts';
import { ApplyObjects } from './applyObjects.ts';

const WHERE = { context: 'demo', namespace: 'argo' };
const NEVER = new AbortController().signal;
const NO_ANSWER = { kind: 'unanswered', detail: 'it broke' } as const;
const UNREACHABLE = new Failure('The API server of demo cannot be reached.', {
  reason: 'Unreachable',
  nextStep: 'retry',
});

function object(kind: string, spec = 1): ManifestObject {
  const metadata = { name: kind.toLowerCase() };
  const fields = { apiVersion: 'v1', kind, metadata, spec };
  return { ...WHERE, apiVersion: 'v1', kind, name: metadata.name, fields };
}

describe('applying objects', () => {
  let cluster: FakeManifests;
  let apply: ApplyObjects;
  beforeEach(() => {
    cluster = new FakeManifests();
    apply = new ApplyObjects(cluster);
  });

  const THREE = [object('Role'), object('Binding'), object('Job')];
  /** Plans, lets something happen, applies, and gives how each ended. */
  const outcomes = async (happen: () => void): Promise<readonly ApplyOutcome[]> => {
    const plan = await apply.plan(WHERE, THREE, NEVER);
    happen();
    return (await apply.apply(plan)).map(({ outcome }) => outcome);
  };

  it('tries all, and writes nothing before that went well', async () => {
    const refused = new Failure('Refused.', { reason: 'Invalid', nextStep: 'showLog' });
    cluster.answers.set('Job argo/job', () => refused);
    await assert.rejects(apply.plan(WHERE, THREE, NEVER), refused);
    assert.deepEqual(cluster.written, []);
  });

  it('goes on only where an object that is missing is among those that come', async () => {
    const missing = (name: string) => () =>
      ({ kind: 'missing', name, detail: 'not found' }) as const;
    cluster.answers.set('Binding argo/binding', missing('role'));
    const { lines } = await apply.plan(WHERE, THREE, NEVER);
    assert.deepEqual(
      lines.map(({ after }) => after === undefined),
      [false, true, false],
    );
    cluster.answers.set('Binding argo/binding', missing('other'));
    await assert.rejects(
      apply.plan(WHERE, THREE, NEVER),
      /Binding argo\/binding .* nothing was applied/,
    );
  });

  it('stops at the first that fails, and tells of the others', async () => {
    const ended = await outcomes(() => {
      cluster.answers.set('Binding argo/binding', () => UNREACHABLE);
    });
    assert.deepEqual(ended, [
      { kind: 'created' },
      { kind: 'failed', words: 'The API server of demo cannot be reached' },
      { kind: 'notTried' },
    ]);
    assert.deepEqual(cluster.written, ['Role argo/role']);
  });

  it('stops where fields came to be set by others, unless that was seen', async () => {
    const conflicts = [{ manager: 'deployer', field: '.spec' }];
    const ended = await outcomes(() => {
      cluster.answers.set('Role argo/role', () => ({ kind: 'conflict', conflicts }));
    });
    assert.deepEqual(ended[0], { kind: 'failed', words: 'fields of it are set by deployer' });
    assert.deepEqual(cluster.written, []);
  });

  it('without an answer, reading tells that it was applied', async () => {
    const ended = await outcomes(() => {
      cluster.answers.set('Role argo/role', (isTrial) => {
        if (isTrial) return undefined;
        cluster.objects.set('Role argo/role', object('Role').fields);
        return NO_ANSWER;
      });
    });
    assert.deepEqual(ended, [{ kind: 'created' }, { kind: 'created' }, { kind: 'created' }]);
  });

  it('without an answer, reading tells that it was not applied', async () => {
    const unanswered = () => {
      cluster.answers.set('Role argo/role', (isTrial) => (isTrial ? undefined : NO_ANSWER));
    };
    const words = 'the connection broke, and it was not created';
    assert.deepEqual((await outcomes(unanswered))[0], { kind: 'failed', words });
    cluster.answers.clear();
    cluster.objects.set('Role argo/role', object('Role', 0).fields);
    const unchanged = 'the connection broke, and it was not changed';
    assert.deepEqual((await outcomes(unanswered))[0], { kind: 'failed', words: unchanged });
  });

  it('without an answer and without a way to read, it says that it is not known, and goes no further', async () => {
    const ended = await outcomes(() => {
      cluster.answers.set('Role argo/role', () => NO_ANSWER);
      cluster.readFailure = UNREACHABLE;
    });
    assert.deepEqual(ended, [
      { kind: 'unclear', words: 'it broke' },
      { kind: 'notTried' },
      { kind: 'notTried' },
    ]);
  });
});
