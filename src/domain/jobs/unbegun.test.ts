import assert from 'node:assert/strict';
import { cacheWith } from '../../../test/fakes/caches.ts';
import { attemptNamed, jobOf, refreshJobNamed, runNamed } from '../../../test/fakes/jobs.ts';
import { workloadNamed } from '../../../test/fakes/workloads.ts';
import type { ClusterEvent } from '../readers/clusterEvent.ts';
import { troubleOf } from './cacheJob.ts';
import { jobLines, jobParts } from './jobText.ts';
import { refusalOf, runWithRefusal, unbegunOf, withRefusals } from './unbegun.ts';

const DUE = Date.parse('2026-11-24T02:00:00Z');
const NOW = DUE + 60_000;
const plain = cacheWith({ 'mappings.json': '{}' });
const QUOTA = 'Error creating: pods "refresh-1-" is forbidden: exceeded quota';
const began = '2026-11-24T02:00:00Z';
const ran = {
  lastScheduleTime: '2026-11-23T02:00:00Z',
  lastSuccessfulTime: '2026-11-23T02:00:09Z',
};
const cron = (spec: object = {}, status: object = ran) =>
  jobOf(refreshJobNamed('refresh', { spec, status }));
const namesOf = (...of: Parameters<typeof unbegunOf>) =>
  unbegunOf(...of).map(({ ref }) => ref.name);
const event = (reason: string, time: string): ClusterEvent => ({
  type: 'Warning',
  reason,
  message: `${reason} at ${time}`,
  time,
  count: 1,
});

describe('what of a job does not begin', () => {
  it('is a run that is due and not made, once its controller had time for it', () => {
    assert.deepEqual(namesOf(cron(), NOW), ['refresh']);
    assert.deepEqual(namesOf(cron(), DUE - 1), []);
    assert.deepEqual(namesOf(cron(), DUE + 9_999), []);
    assert.deepEqual(namesOf(cron({}, { lastScheduleTime: began }), NOW), []);
  });

  it('is also one that its controller was too late for, and one of which nobody knows whether it is due', () => {
    assert.deepEqual(namesOf(cron({ startingDeadlineSeconds: 10 }), NOW), ['refresh']);
    assert.deepEqual(namesOf(cron({ timeZone: null }), NOW), ['refresh']);
  });

  it('is none while it is suspended, or one is under way that forbids another', () => {
    assert.deepEqual(namesOf(cron({ suspend: true }), NOW), []);
    const active = { ...ran, active: [{ name: 'refresh-0' }] };
    assert.deepEqual(namesOf(cron({ concurrencyPolicy: 'Forbid' }, active), NOW), []);
  });

  it('is a Job that has not succeeded and never had a pod', () => {
    const status = { lastScheduleTime: began };
    const end = { type: 'Failed', at: began } as const;
    const of = (...runs: Parameters<typeof jobOf>[0][]) =>
      namesOf(jobOf(refreshJobNamed('refresh', { status }), runs), NOW);
    assert.deepEqual(of(runNamed('a', { of: 'refresh', began, pods: {} })), ['a']);
    assert.deepEqual(of(runNamed('b', { of: 'refresh', began, end, pods: {} })), ['b']);
    assert.deepEqual(of(runNamed('c', { of: 'refresh', began })), []);
    assert.deepEqual(of(runNamed('d', { of: 'refresh', began, end })), []);
  });
});

describe('why something does not begin', () => {
  it('is the newest of the events that tell it', () => {
    const told = [
      event('FailedCreate', '2026-11-24T02:00:00Z'),
      event('FailedCreate', '2026-11-24T02:00:10Z'),
      event('UnexpectedJob', '2026-11-24T02:00:20Z'),
    ];
    const job = runNamed('a', { of: 'refresh', began });
    assert.equal(refusalOf(job, told), 'FailedCreate at 2026-11-24T02:00:10Z');
    assert.equal(refusalOf(job, told.slice(2)), undefined);
  });

  for (const reason of ['FailedNeedsStart', 'MissSchedule', 'UnknownTimeZone']) {
    it(`is ${reason} of a CronJob, and not what was before its last run`, () => {
      const { workload } = cron();
      const time = '2026-11-24T02:00:00Z';
      assert.equal(refusalOf(workload, [event(reason, time)]), `${reason} at ${time}`);
      assert.equal(refusalOf(workload, [event(reason, '2026-11-23T01:00:00Z')]), undefined);
    });
  }

  it('stands in the row of the CronJob, and marks the cache', () => {
    const known = () => QUOTA;
    const job = withRefusals(cron(), NOW, known);
    assert.ok(jobParts(job, plain, NOW).includes(`due, and not begun: ${QUOTA}`));
    assert.ok(jobLines(job, plain, NOW).includes(`A run is due and does not begin: ${QUOTA}`));
    assert.equal(troubleOf(job, plain, NOW), 'failed');
    assert.equal(troubleOf(withRefusals(cron(), DUE - 1, known), plain, DUE - 1), undefined);
  });

  it('stands in the row of the job whose Job waits for its pod, and is why one failed', () => {
    const status = { lastScheduleTime: began };
    const rowOf = (...parts: Parameters<typeof jobOf>[0][]) => {
      const job = jobOf(refreshJobNamed('refresh', { status }), parts);
      const runs = job.runs?.map((run) => runWithRefusal(run, () => QUOTA));
      return jobParts({ ...job, runs }, plain, NOW);
    };
    const waiting = runNamed('a', { of: 'refresh', began, pods: {} });
    assert.ok(rowOf(waiting).includes(`no pod: ${QUOTA}`));
    const end = { type: 'Failed', at: began, message: 'It took too long' } as const;
    const failed = runNamed('a', { of: 'refresh', began, end, pods: {} });
    assert.equal(rowOf(failed).at(-1), `last run failed 1 min ago: ${QUOTA} (It took too long)`);
    const begun = runNamed('a', { of: 'refresh', began });
    assert.ok(rowOf(begun, attemptNamed('pod', { of: 'a' })).includes('running'));
  });

  it('is not asked of what runs on Argo, whose own status says it', () => {
    const workflow = workloadNamed('Workflow', 'a');
    assert.equal(workflow.run?.isUnbegun, undefined);
  });
});
