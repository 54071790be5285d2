import assert from 'node:assert/strict';
import { objectNamed, specWith, uidOf } from '../../../test/fakes/workloads.ts';
import { REF } from '../../../test/fakes/caches.ts';
import { manualJobName, manualJobOf } from './manualJob.ts';

const INSTANTIATE = 'cronjob.kubernetes.io/instantiate';
const inner = { ...specWith({ name: 'app' }), backoffLimit: 3, future: { field: true } };

const cronJob = (jobTemplate: object) =>
  objectNamed('CronJob', 'nightly', {
    spec: { schedule: '0 2 * * *', suspend: true, jobTemplate },
  });
const metadataOf = (job: object) => (job as { metadata: Record<string, unknown> }).metadata;

describe('A Job that is run by hand', () => {
  it('is the one that kubectl makes of a CronJob', () => {
    const labels = { app: 'refresher' };
    const annotations = { note: 'mine' };
    const job = manualJobOf(cronJob({ metadata: { labels, annotations }, spec: inner }), 'now');
    assert.deepEqual(job, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'now',
        namespace: REF.namespace,
        labels,
        annotations: { ...annotations, [INSTANTIATE]: 'manual' },
        ownerReferences: [
          {
            apiVersion: 'batch/v1',
            kind: 'CronJob',
            name: 'nightly',
            uid: uidOf('CronJob', 'nightly'),
            controller: true,
          },
        ],
      },
      spec: inner,
    });
  });

  it('has fields of its template that no version knows yet', () => {
    const job = manualJobOf(cronJob({ spec: inner }), 'now') as { readonly spec: unknown };
    assert.equal(job.spec, inner);
  });

  it('says what its template says, where that is about the very same annotation', () => {
    const annotations = { [INSTANTIATE]: 'other' };
    const job = manualJobOf(cronJob({ metadata: { annotations }, spec: inner }), 'now');
    assert.deepEqual(metadataOf(job)['annotations'], annotations);
  });

  it('has no labels where its template has none', () => {
    for (const metadata of [undefined, {}, { labels: {} }, { labels: null }]) {
      assert.ok(!('labels' in metadataOf(manualJobOf(cronJob({ metadata, spec: inner }), 'now'))));
    }
  });

  it('is made of anything without a fault: the API server will refuse it', () => {
    for (const root of [{}, { metadata: 4, spec: [] }, { spec: { jobTemplate: 'x' } }]) {
      assert.equal(metadataOf(manualJobOf(root, 'now'))['name'], 'now');
    }
  });
});

describe('The name of such a Job', () => {
  const TIME = new Date('2026-11-24T02:00:00.000Z');
  const LATER = new Date(TIME.getTime() + 1);

  it('begins with that of its CronJob, and is another one after a millisecond', () => {
    const name = manualJobName('nightly', TIME);
    assert.ok(name.startsWith('nightly-'));
    assert.notEqual(manualJobName('nightly', LATER), name);
  });

  it('is one that the API server takes, however long the other is', () => {
    for (let length = 1; length <= 63; length++) {
      const cronJob = 'a'.repeat(length);
      const names = [TIME, LATER].map((time) => manualJobName(cronJob, time));
      for (const name of names) {
        assert.ok(name.length <= 63, name);
        assert.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      }
      assert.notEqual(names[0], names[1]);
    }
  });
});
