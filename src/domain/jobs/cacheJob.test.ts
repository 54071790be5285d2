import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../../test/fakes/caches.ts';
import { attemptNamed, jobOf, refreshJobNamed, runNamed } from '../../../test/fakes/jobs.ts';
import { controlledBy, workloadNamed } from '../../../test/fakes/workloads.ts';
import { factAnnotation } from '../facts.ts';
import { labelValue, REFRESHED_CACHE, REFRESHED_KEY } from '../manifests/jobNames.ts';
import { REFRESH_SCRIPT } from '../manifests/refreshScript.ts';
import { ageLimit, lastSuccess, troubleOf, troubleOfCache } from './cacheJob.ts';
import { endLine, endOfPod, jobLines, jobParts } from './jobText.ts';

const NOW = Date.parse('2026-11-24T11:00:00Z');
const KEY = 'mappings.json';
const plain = cacheWith({ [KEY]: '{}' });
const limited = (maxAge: string) =>
  cacheWith({ [KEY]: '{}' }, { annotations: { [factAnnotation('maxAge', KEY)]: maxAge } });
const job = refreshJobNamed('refresh');
const scheduled = refreshJobNamed('refresh', {
  status: { lastScheduleTime: '2026-11-24T02:00:00Z' },
});
const succeeded = runNamed('refresh-1', {
  of: 'refresh',
  began: '2026-11-23T02:00:00Z',
  end: { type: 'Complete', at: '2026-11-23T02:00:10Z' },
});
const failed = runNamed('refresh-2', {
  of: 'refresh',
  began: '2026-11-24T02:00:00Z',
  end: { type: 'Failed', at: '2026-11-24T02:01:00Z', message: 'Job has reached its limit' },
});
const running = runNamed('refresh-3', { of: 'refresh', began: '2026-11-24T10:59:00Z' });
const ending = (exitCode: number, message: string) => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  state: { terminated: { exitCode, message } },
});
const first = attemptNamed('first', { of: 'refresh-2', ...ending(1, 'It answered 500.') });
const second = attemptNamed('second', {
  of: 'refresh-2',
  created: '2026-11-24T02:00:30Z',
  ...ending(1, 'It answered 404.'),
});

describe('the row of a refresh job', () => {
  const rows: readonly (readonly [string, ReturnType<typeof jobOf>, readonly string[]])[] = [
    ['has not run', jobOf(job), ['daily at 02:00 UTC', 'next in 15 h', 'has not run yet']],
    [
      'has succeeded',
      jobOf(job, [succeeded]),
      ['daily at 02:00 UTC', 'next in 15 h', 'last run succeeded 32 h ago'],
    ],
    [
      'has failed: the message of the last try',
      jobOf(job, [succeeded, failed, second, first]),
      [
        'daily at 02:00 UTC',
        'next in 15 h',
        'last run failed 8 h ago: It answered 404.',
        'last success 32 h ago',
      ],
    ],
    [
      'has failed and its pods are gone',
      jobOf(job, [failed]),
      ['daily at 02:00 UTC', 'next in 15 h', 'last run failed 8 h ago: Job has reached its limit'],
    ],
    [
      'runs after a failure',
      jobOf(job, [failed, running]),
      [
        'daily at 02:00 UTC',
        'next in 15 h',
        'running',
        'last run failed 8 h ago: Job has reached its limit',
      ],
    ],
    [
      'is suspended',
      jobOf(refreshJobNamed('refresh', { spec: { suspend: true } })),
      ['daily at 02:00 UTC', 'suspended', 'has not run yet'],
    ],
    [
      'only names the cache',
      jobOf(job, [], 'naming'),
      ['may refresh it', 'daily at 02:00 UTC', 'next in 15 h', 'has not run yet'],
    ],
    [
      'has runs that nobody may see',
      { ...jobOf(job), runs: undefined },
      ['daily at 02:00 UTC', 'next in 15 h', 'last run not known'],
    ],
    [
      'has a last run that is gone',
      jobOf(scheduled),
      ['daily at 02:00 UTC', 'next in 15 h', 'how its last run ended is not known'],
    ],
    [
      'has a last run that is gone, and one before it',
      jobOf(scheduled, [succeeded]),
      [
        'daily at 02:00 UTC',
        'next in 15 h',
        'how its last run ended is not known',
        'last success 32 h ago',
      ],
    ],
    [
      'has a success that its controller saw after the last run that is left',
      jobOf(
        refreshJobNamed('refresh', { status: { lastSuccessfulTime: '2026-11-24T09:00:00Z' } }),
        [failed],
      ),
      ['daily at 02:00 UTC', 'next in 15 h', 'last success 2 h ago'],
    ],
  ];
  for (const [what, given, expected] of rows) {
    it(`of one that ${what}`, () => {
      assert.deepEqual(jobParts(given, plain, NOW), expected);
    });
  }

  it('knows of two runs of the same second that which has not ended as the newest', () => {
    const began = '2026-11-24T02:00:00Z';
    const over = runNamed('over', { of: 'refresh', began, end: { type: 'Complete', at: began } });
    const under = runNamed('under', { of: 'refresh', began });
    for (const both of [
      [over, under],
      [under, over],
    ]) {
      const names = jobOf(job, both).runs?.map(({ workload }) => workload.ref.name);
      assert.deepEqual(names, ['under', 'over']);
    }
  });

  it('says by exit code 3 of our script what was written, and of other jobs nothing like it', () => {
    const [, start = '', end = ''] =
      /fail "(The cache )\$became(, but [^$"]*)\$failed" 3/.exec(REFRESH_SCRIPT) ?? [];
    const outcomes = [...REFRESH_SCRIPT.matchAll(/became='([^']*)'/g)].map(([, words]) => words);
    assert.equal(outcomes.length, 2);
    const rows = outcomes.map((outcome) => {
      const whole = `${start}${outcome ?? ''}${end} Deployment/web: gone.`;
      const pod = attemptNamed('pod', { of: 'refresh-2', ...ending(3, whole) });
      const words = (evidence: 'label' | 'rights') =>
        jobParts(jobOf(job, [failed, pod], evidence), plain, NOW).at(-1);
      assert.equal(words('rights'), `last run failed 8 h ago: ${whole}`);
      return words('label');
    });
    assert.deepEqual(rows, [
      'last run failed 8 h ago: readers were not restarted: Deployment/web: gone.',
      'last run failed 8 h ago: written, but readers were not restarted: Deployment/web: gone.',
    ]);
  });

  it('cuts a long reason between what and why, which the tooltip has whole', () => {
    const message = `https://example.com/${'x'.repeat(300)} could not be fetched: 404.`;
    const pod = attemptNamed('pod', { of: 'refresh-2', ...ending(1, message) });
    const given = jobOf(job, [failed, pod]);
    const words = jobParts(given, plain, NOW).at(-1) ?? '';
    assert.match(
      words,
      /^last run failed 8 h ago: https:\/\/example\.com\/x+…x+ could not be fetched: 404\.$/,
    );
    assert.equal(words.length, 'last run failed 8 h ago: '.length + 101);
    assert.ok(jobLines(given, plain, NOW).some((line) => line.endsWith(message)));
  });

  it('says in its tooltip how long ago it ended and succeeded', () => {
    const lines = jobLines(jobOf(job, [succeeded, failed]), plain, NOW);
    assert.deepEqual(lines.slice(-2), [
      'Job refresh-2 failed at 2026-11-24T02:01:00Z, 8 h ago: Job has reached its limit',
      'Last success: 2026-11-23T02:00:10Z, 32 h ago',
    ]);
  });

  it('says why a pod that never began keeps a run waiting', () => {
    const waiting = { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } };
    const pod = attemptNamed('pod', { of: 'refresh-3', phase: 'Pending', state: waiting });
    const lines = jobLines(jobOf(job, [running, pod]), plain, NOW);
    assert.ok(
      lines.includes(
        'Running: Job refresh-3, since 2026-11-24T10:59:00Z; pod pod: container refresh: ImagePullBackOff: no such image',
      ),
    );
  });
});

describe('what is wrong with a refresh job', () => {
  it('is that its last run failed, and no more once one has succeeded', () => {
    assert.equal(troubleOf(jobOf(job, [succeeded, failed]), plain, NOW), 'failed');
    const later = runNamed('refresh-4', {
      of: 'refresh',
      began: '2026-11-24T03:00:00Z',
      end: { type: 'Complete', at: '2026-11-24T03:00:10Z' },
    });
    assert.equal(troubleOf(jobOf(job, [failed, later]), plain, NOW), undefined);
    assert.equal(troubleOf(jobOf(job, [failed, running]), plain, NOW), 'failed');
    const status = { lastSuccessfulTime: '2026-11-24T03:00:10Z' };
    const seen = jobOf(refreshJobNamed('refresh', { status }), [failed]);
    assert.equal(troubleOf(seen, plain, NOW), undefined);
  });

  it('is nothing that is known of a last run whose Job is gone, unless it is overdue', () => {
    const troubleWith = (runs: Parameters<typeof jobOf>[1], summary = plain) =>
      troubleOf(jobOf(scheduled, runs), summary, NOW);
    assert.equal(troubleWith([]), undefined);
    assert.equal(troubleWith([succeeded], limited('34h')), undefined);
    assert.equal(troubleWith([succeeded], limited('32h')), 'overdue');
    const before = runNamed('refresh-0', {
      of: 'refresh',
      began: '2026-11-22T02:00:00Z',
      end: { type: 'Failed', at: '2026-11-22T02:00:10Z' },
    });
    assert.equal(troubleWith([before]), undefined);
    assert.equal(troubleWith([before, failed]), 'failed');
  });

  it('is known of the last run where it is under way, or its controller saw it succeed', () => {
    const isUnknown = (status: object, runs: Parameters<typeof jobOf>[1] = []) => {
      const given = jobOf(refreshJobNamed('refresh', { status }), runs);
      return jobLines(given, plain, NOW).some((line) => line.startsWith('How its last run ended'));
    };
    const lastScheduleTime = '2026-11-24T02:00:00Z';
    assert.equal(isUnknown({ lastScheduleTime }), true);
    assert.equal(isUnknown({ lastScheduleTime, active: [{ name: 'refresh-2' }] }), false);
    assert.equal(isUnknown({ lastScheduleTime }, [running]), false);
    assert.equal(
      isUnknown({ lastScheduleTime, lastSuccessfulTime: '2026-11-24T02:00:10Z' }),
      false,
    );
  });

  it('is not that it is overdue where the cache says that its key was refreshed', () => {
    const annotations = {
      [factAnnotation('maxAge', KEY)]: '36h',
      [factAnnotation('refreshed', KEY)]: '2026-11-24T02:00:10Z',
      [factAnnotation('maxAge', 'other')]: '1h',
    };
    const both = cacheWith({ [KEY]: '{}', other: '' }, { annotations });
    const spec = { workflowSpec: { workflowTemplateRef: { name: 'refresh' } } };
    const labels = { [REFRESHED_CACHE]: labelValue(REF.name), [REFRESHED_KEY]: labelValue(KEY) };
    const metadata = { labels, creationTimestamp: '2026-11-01T00:00:00Z' };
    const given = jobOf(workloadNamed('CronWorkflow', 'refresh', { metadata, spec }));
    assert.equal(ageLimit(given, both), 36 * 3_600_000);
    assert.equal(troubleOf(given, both, NOW), undefined);
    assert.equal(troubleOf(given, both, NOW + 36 * 3_600_000), 'overdue');
    assert.equal(troubleOf({ ...given, evidence: 'rights' }, both, NOW), 'overdue');
    // What somebody else brought does not undo that the last run failed.
    assert.equal(troubleOf(jobOf(job, [succeeded, failed]), both, NOW), 'failed');
  });

  it('is that nothing succeeded within the age limit of its key', () => {
    assert.equal(troubleOf(jobOf(job, [succeeded]), limited('34h'), NOW), undefined);
    assert.equal(troubleOf(jobOf(job, [succeeded]), limited('32h'), NOW), 'overdue');
    assert.equal(troubleOf(jobOf(job, [succeeded]), plain, NOW), undefined);
    const parts = jobParts(jobOf(job, [succeeded]), limited('32h'), NOW);
    assert.equal(parts.at(-1), 'overdue: last success 32 h ago');
  });

  it('is that it never succeeded since it was made, by the limit that it would set', () => {
    const container = {
      env: [
        { name: 'KEY', value: KEY },
        { name: 'MAX_AGE', value: '36h' },
      ],
    };
    const given = jobOf(refreshJobNamed('refresh', { container }));
    assert.equal(ageLimit(given, plain), 36 * 3_600_000);
    assert.equal(ageLimit(given, limited('12h')), 12 * 3_600_000);
    assert.equal(troubleOf(given, plain, NOW), 'overdue');
    assert.equal(troubleOf(given, plain, Date.parse('2026-11-02T00:00:00Z')), undefined);
    assert.equal(jobParts(given, plain, NOW).at(-1), 'overdue: never succeeded');
  });

  it('marks the cache, failures first, and not for a job that only may refresh it', () => {
    const [bad, late] = [jobOf(job, [failed]), jobOf(job, [succeeded])];
    assert.equal(troubleOfCache([late, bad], limited('32h'), NOW), 'failed');
    assert.equal(troubleOfCache([late], limited('32h'), NOW), 'overdue');
    assert.equal(troubleOfCache([{ ...bad, evidence: 'naming' }], plain, NOW), undefined);
    assert.equal(troubleOfCache([], plain, NOW), undefined);
  });
});

describe('the end of a run', () => {
  it('is a sentence with its reason', () => {
    const given = jobOf(job, [succeeded, failed, first]);
    const [bad, good] = given.runs ?? [];
    assert.ok(bad !== undefined && good !== undefined);
    assert.equal(
      endLine(given, bad),
      'Job refresh-2 failed at 2026-11-24T02:01:00Z: It answered 500.',
    );
    assert.equal(endLine(given, good), 'Job refresh-1 succeeded at 2026-11-23T02:00:10Z.');
    const [pod] = bad.pods;
    assert.ok(pod !== undefined);
    assert.equal(endOfPod(pod), 'Pod first ended with code 1: It answered 500');
  });

  it('of a Workflow is that of its own status, and its pods show main', () => {
    const workflow = workloadNamed('Workflow', 'nightly-1', {
      metadata: controlledBy('CronWorkflow', 'nightly'),
      status: {
        phase: 'Error',
        startedAt: '2026-11-24T02:00:00Z',
        finishedAt: '2026-11-24T02:00:05Z',
        message: 'no such template',
      },
    });
    assert.deepEqual(workflow.run, {
      began: Date.parse('2026-11-24T02:00:00Z'),
      ended: Date.parse('2026-11-24T02:00:05Z'),
      outcome: 'failed',
      reason: 'no such template',
      pods: 0,
    });
    const pod = workloadNamed('Pod', 'nightly-1-main', {
      metadata: controlledBy('Workflow', 'nightly-1'),
      spec: { containers: [{ name: 'wait' }, { name: 'main' }] },
      status: { containerStatuses: [{ name: 'main', state: { running: {} } }] },
    });
    assert.equal(pod.attempt?.container, 'main');
    assert.deepEqual(pod.attempt.otherContainers, ['wait']);
    assert.equal(pod.attempt.hasBegun, true);
  });

  it('is looked for in the newest run; a success counts though its Job is gone', () => {
    const status = { lastSuccessfulTime: '2026-11-20T00:00:00Z' };
    const given = jobOf(refreshJobNamed('refresh', { status }), [failed]);
    assert.equal(lastSuccess(given), Date.parse('2026-11-20T00:00:00Z'));
    assert.equal(lastSuccess(jobOf(job)), undefined);
    assert.equal(given.workload.ref.namespace, REF.namespace);
  });
});
