import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { readingWorkload, specWith, workloadNamed } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import { Readers } from './readers.ts';
import { whoReads } from './whoReads.ts';

const changeTimes = { earlier: () => Promise.resolve(undefined) };
const never = new Promise<undefined>(() => undefined);
const forbidden = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });
const valueFrom = { configMapKeyRef: { name: REF.name, key: 'a' } };
/** It reads one key, and does not start without it. */
const ONE_KEY = workloadNamed('Deployment', 'api', {
  spec: specWith({ name: 'app', env: [{ name: 'A', valueFrom }] }),
});

const MOUNTING = workloadNamed('Deployment', 'web', {
  spec: {
    template: {
      spec: {
        volumes: [{ name: 'cache', configMap: { name: REF.name } }],
        containers: [{ name: 'app', volumeMounts: [{ name: 'cache', mountPath: '/cache' }] }],
      },
    },
  },
});
const CHANGE = { ref: REF, change: { isImmutable: false }, removed: [] };

/** What the question about a change of some keys says, and who is asked for it. */
function asked(...workloads: readonly Workload[]) {
  const cluster = new FakeWorkloads(...workloads);
  const readers = new Readers(cluster, () => 0);
  const say = async (change: { readonly keys: readonly string[]; readonly removed?: string[] }) => {
    const { keys, removed = [] } = change;
    const of = { ref: REF, change: { isImmutable: false, keys }, removed };
    return await whoReads({ readers, changeTimes }, of, never).finally(() => {
      readers.reset();
    });
  };
  return { cluster, readers, say };
}

describe('The question about a change', () => {
  it('says who reads what is changed, and what they need', async () => {
    const { say } = asked(readingWorkload('StatefulSet', 'db'), ONE_KEY);
    assert.equal(await say({ keys: ['b'] }), 'Read by StatefulSet db (restart needed: envFrom).');
    assert.match(await say({ keys: ['a'] }), /^Read by Deployment api \(.*\) and StatefulSet db /);
  });

  it('says who cannot do without what is removed', async () => {
    const words = await asked(ONE_KEY).say({ keys: ['a'], removed: ['a'] });
    assert.match(words, /Without a, new pods of Deployment api do not start\.$/);
  });

  it('says of an immutable cache that pods have to be made anew which would follow another', async () => {
    const wordsFor = async (isImmutable: boolean) => {
      const { readers } = asked(MOUNTING);
      const words = await whoReads(
        { readers, changeTimes },
        { ...CHANGE, change: { isImmutable } },
        never,
      );
      readers.reset();
      return words;
    };
    assert.match(await wordsFor(false), /Deployment web \(reads it live\)/);
    assert.match(await wordsFor(true), /Deployment web \(recreate needed: immutable\)/);
  });

  it('says nothing of readers where there are none, and which kinds are not known', async () => {
    const { cluster, readers, say } = asked();
    assert.equal(await say({ keys: ['a'] }), '');
    cluster.isSilent = true;
    const words = whoReads(
      { readers, changeTimes },
      { ref: REF, change: { isImmutable: false }, removed: [] },
      never,
    );
    cluster.tellAll('Pod');
    cluster.tell('Pod', { kind: 'failed', failure: forbidden });
    assert.equal(await words, 'Not known, since you may not see them: Pod.');
    readers.reset();
  });

  it('is not held up by a cluster that is slow: it says that it is not known yet', async () => {
    const { cluster, readers } = asked(ONE_KEY);
    cluster.isSilent = true;
    assert.equal(
      await whoReads({ readers, changeTimes }, CHANGE, Promise.resolve(undefined)),
      'Who reads it is not known yet.',
    );
    readers.reset();
  });

  it('is not held up where readers cannot be looked up: it says so', async () => {
    const broken = { of: () => Promise.reject(forbidden) };
    assert.equal(
      await whoReads({ readers: broken, changeTimes }, CHANGE, never),
      'Who reads it could not be looked up.',
    );
  });
});
