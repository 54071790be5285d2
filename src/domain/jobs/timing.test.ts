import assert from 'node:assert/strict';
import { workloadNamed } from '../../../test/fakes/workloads.ts';
import {
  missedByCronJob,
  missedByCronWorkflow,
  nextRunOf,
  printIn,
  timingWords,
} from './timing.ts';

const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);
/** Every day at two, last at the 23rd. */
const DAILY = {
  schedules: ['0 2 * * *'],
  zone: 'UTC',
  created: at('01T00:00'),
  lastScheduled: at('23T02:00'),
  startingDeadline: undefined,
  concurrency: 'Allow',
  active: 0,
} as const;

describe('the timing of a job', () => {
  const words: readonly (readonly [readonly string[], string | undefined, string])[] = [
    [['0 2 * * *'], 'UTC', 'daily at 02:00 UTC'],
    [
      ['0 2 * * *', '0 14 * * 1'],
      'Europe/Berlin',
      'daily at 02:00, Mondays at 14:00 Europe/Berlin',
    ],
    [['*/15 * * * *'], 'UTC', 'every 15 minutes'],
    [['0 */6 * * *'], 'Asia/Tokyo', 'every 6 hours Asia/Tokyo'],
    [['0 2 * * *'], undefined, 'daily at 02:00 in an unknown time zone'],
    [['@hourly'], undefined, 'hourly'],
  ];
  for (const [schedules, zone, expected] of words) {
    it(`is told in words: ${expected}`, () => {
      assert.equal(timingWords({ schedules, zone }), expected);
    });
  }

  it('knows the next run in its own zone, the first of several schedules', () => {
    assert.equal(nextRunOf(DAILY, at('24T01:00')), at('24T02:00'));
    assert.equal(nextRunOf({ ...DAILY, zone: 'Europe/Berlin' }, at('24T00:30')), at('24T01:00'));
    const schedules = ['0 2 * * *', '0 1 * * *'];
    assert.equal(nextRunOf({ ...DAILY, schedules }, at('24T00:00')), at('24T01:00'));
  });

  it('counts a distance from the run before, also where runs were missed', () => {
    const every = { ...DAILY, schedules: ['@every 90m'] };
    assert.equal(nextRunOf(every, at('23T03:00')), at('23T03:30'));
    assert.equal(nextRunOf(every, at('23T03:30')), at('23T05:00'));
    assert.equal(nextRunOf({ ...every, lastScheduled: undefined }, at('01T00:10')), at('01T01:30'));
  });

  it('does not guess where the zone is that of a controller, or none, or the schedule is none', () => {
    assert.equal(nextRunOf({ ...DAILY, zone: undefined }, at('24T01:00')), undefined);
    assert.equal(nextRunOf({ ...DAILY, zone: 'Mars/Olympus' }, at('24T01:00')), undefined);
    assert.equal(nextRunOf({ ...DAILY, schedules: ['soon'] }, at('24T01:00')), undefined);
  });

  for (const [distance, expected] of [
    [59_999, 'in less than a minute'],
    [60_000, 'in 1 min'],
    [3_600_000, 'in 1 h'],
    [47 * 3_600_000, 'in 47 h'],
    [48 * 3_600_000, 'in 2 d'],
  ] as const) {
    it(`says how far away a time is: ${expected}`, () => {
      assert.equal(printIn(distance), expected);
    });
  }
});

describe('a run that a suspended CronJob missed', () => {
  const now = at('24T10:00');

  it('starts at once where nothing limits how late', () => {
    assert.equal(missedByCronJob(DAILY, now), 'starts');
  });

  it('starts within the deadline and not after it', () => {
    assert.equal(missedByCronJob({ ...DAILY, startingDeadline: 8 * 3600 + 1 }, now), 'starts');
    assert.equal(missedByCronJob({ ...DAILY, startingDeadline: 8 * 3600 - 1 }, now), 'none');
  });

  it('is none before the first is due, also for one that has never run', () => {
    assert.equal(missedByCronJob(DAILY, at('24T01:59')), 'none');
    const fresh = { ...DAILY, lastScheduled: undefined, created: at('24T03:00') };
    assert.equal(missedByCronJob(fresh, now), 'none');
    assert.equal(missedByCronJob({ ...fresh, created: at('24T01:00') }, now), 'starts');
  });

  it('waits for one that is under way where two at once are forbidden', () => {
    const busy = { ...DAILY, concurrency: 'Forbid', active: 1 };
    assert.equal(missedByCronJob(busy, now), 'waits');
    assert.equal(missedByCronJob(busy, at('24T01:59')), 'none');
    assert.equal(missedByCronJob({ ...DAILY, concurrency: 'Replace', active: 1 }, now), 'starts');
  });

  it('is not known without a time zone', () => {
    assert.equal(missedByCronJob({ ...DAILY, zone: undefined }, now), 'unknown');
  });
});

describe('a run that a suspended CronWorkflow missed', () => {
  const now = at('24T10:00');
  const late = { ...DAILY, startingDeadline: 9 * 3600 };

  it('starts only where it has run before, and within a deadline', () => {
    assert.equal(missedByCronWorkflow(late, now), 'starts');
    assert.equal(missedByCronWorkflow({ ...late, startingDeadline: 3600 }, now), 'none');
    assert.equal(missedByCronWorkflow({ ...late, startingDeadline: 0 }, now), 'none');
    assert.equal(missedByCronWorkflow(DAILY, now), 'none');
    assert.equal(missedByCronWorkflow({ ...late, lastScheduled: undefined }, now), 'none');
  });

  it('waits for one that is under way where two at once are forbidden', () => {
    const busy = { ...late, concurrency: 'Forbid', active: 1 };
    assert.equal(missedByCronWorkflow(busy, now), 'waits');
    assert.equal(missedByCronWorkflow(busy, at('24T01:59')), 'none');
    assert.equal(missedByCronWorkflow({ ...busy, active: 0 }, now), 'starts');
    assert.equal(missedByCronWorkflow({ ...busy, concurrency: 'Replace' }, now), 'starts');
  });

  /** One as the API server sends it, that its controller has run by its schedule. */
  const cronOf = (spec: object = {}, phase?: string, used = 'CRON_TZ=UTC 0 2 * * *') => {
    const { cron } = workloadNamed('CronWorkflow', 'nightly', {
      metadata: { annotations: { 'cronworkflows.argoproj.io/last-used-schedule': used } },
      spec: { schedules: ['0 2 * * *'], timezone: 'UTC', startingDeadlineSeconds: 32_400, ...spec },
      status: { lastScheduledTime: '2026-11-23T02:00:00Z', phase },
    });
    assert.ok(cron !== undefined);
    return cron;
  };

  it('is none where its stopStrategy has stopped it, and no run comes', () => {
    assert.equal(missedByCronWorkflow(cronOf({}, 'Active'), now), 'starts');
    assert.equal(nextRunOf(cronOf({}, 'Active'), now), at('25T02:00'));
    assert.equal(missedByCronWorkflow(cronOf({}, 'Stopped'), now), 'none');
    assert.equal(nextRunOf(cronOf({}, 'Stopped'), now), undefined);
  });

  it('is not known where an expression of it decides', () => {
    const stopStrategy = { expression: 'cronworkflow.failed > 2' };
    for (const spec of [{ when: '{{= true }}' }, { stopStrategy }]) {
      assert.equal(missedByCronWorkflow(cronOf(spec), now), 'unknown');
      assert.equal(missedByCronWorkflow(cronOf(spec), at('24T01:59')), 'none');
    }
  });

  it('is none where its controller has not come to a run by its present schedule', () => {
    assert.equal(missedByCronWorkflow(cronOf({}, 'Active', '0 2 * * *'), now), 'none');
    assert.equal(missedByCronWorkflow(cronOf({ timezone: 'Etc/UTC' }), now), 'none');
    const two = { schedules: ['0 2 * * *', '0 3 * * *'] };
    assert.equal(missedByCronWorkflow(cronOf(two), now), 'none');
    const used = 'CRON_TZ=UTC 0 2 * * *,CRON_TZ=UTC 0 3 * * *';
    assert.equal(missedByCronWorkflow(cronOf(two, 'Active', used), now), 'starts');
    const { cron } = workloadNamed('CronWorkflow', 'new', { spec: two });
    assert.equal(cron?.isNewSchedule, true);
  });
});
