import { nextRuns } from '../schedule/nextRun.ts';
import { parseSchedule } from '../schedule/schedule.ts';
import { scheduleWords } from '../schedule/scheduleWords.ts';
import { problemOfTimeZone } from '../schedule/timeZone.ts';
import type { CronState } from './cron.ts';

/** What is looked at of a cron. */
type Timed = Pick<
  CronState,
  'schedules' | 'zone' | 'created' | 'lastScheduled' | 'startingDeadline' | 'isStopped'
>;

/** The schedules in words, with the time zone where clocks matter: `daily at 02:00 UTC`. */
export function timingWords({ schedules, zone }: Pick<CronState, 'schedules' | 'zone'>): string {
  const words = schedules.map((schedule) => scheduleWords(schedule)).join(', ');
  if (!/\d\d:\d\d|hours? \d|every \d+ hours|[*@]/.test(words)) return words;
  return zone === undefined ? `${words} in an unknown time zone` : `${words} ${zone}`;
}

/** When it runs next, in milliseconds since the epoch; nothing where that cannot be known. */
export function nextRunOf(cron: Timed, now: number): number | undefined {
  const { zone } = cron;
  if (!isKnownZone(zone) || cron.isStopped === true) return undefined;
  const next = cron.schedules.flatMap((text) => {
    const schedule = parseSchedule(text);
    if (schedule.kind !== 'every') return nextRuns(text, { zone, after: now, count: 1 });
    // A distance is counted from the run before. Source: `nextScheduleTimeDuration` of the controller of CronJobs.
    const [start, distance] = [cron.lastScheduled ?? cron.created, schedule.seconds * 1000];
    return [start + (Math.floor(Math.max(0, now - start) / distance) + 1) * distance];
  });
  return next.length === 0 ? undefined : Math.min(...next);
}

/**
 * Whether a run that was missed would begin as soon as it is not suspended any more, or when the run that is under way
 * has ended.
 */
export type Missed = 'starts' | 'waits' | 'none' | 'unknown';

/** What else decides what becomes of a run that was missed. */
type Due = Timed & Pick<CronState, 'concurrency' | 'active' | 'isConditional' | 'isNewSchedule'>;

/**
 * What would become of runs that a CronJob missed: its controller puts one off while two at once are forbidden, and
 * looks for it again once the other has ended. Source: `mostRecentScheduleTime` and `syncCronJob`.
 */
export function missedByCronJob(cron: Due, now: number): Missed {
  return unlessBusy(cron, missedSince(cron, cron.lastScheduled ?? cron.created, now));
}

/**
 * What would become of runs that a CronWorkflow missed: only one that has a deadline, and has run before by the schedule
 * that it has now, makes up for them. While two at once are forbidden its controller passes one over, and looks for it
 * again once the other has ended, since it notes that end in the CronWorkflow. Source: `shouldOutstandingWorkflowsBeRun`,
 * `enforceRuntimePolicy` and `reconcileActiveWfs` of Argo Workflows.
 */
export function missedByCronWorkflow(cron: Due, now: number): Missed {
  const { lastScheduled, startingDeadline = 0 } = cron;
  if (lastScheduled === undefined || startingDeadline === 0) return 'none';
  if (cron.isStopped === true || cron.isNewSchedule === true) return 'none';
  const missed = unlessBusy(cron, missedSince(cron, lastScheduled, now));
  return cron.isConditional === true && missed !== 'none' ? 'unknown' : missed;
}

function unlessBusy({ concurrency, active }: Due, missed: Missed): Missed {
  return missed === 'starts' && concurrency === 'Forbid' && active > 0 ? 'waits' : missed;
}

function missedSince(cron: Timed, since: number, now: number): Missed {
  const { startingDeadline, zone } = cron;
  const earliest = startingDeadline === undefined ? 0 : now - startingDeadline * 1000;
  const after = Math.max(since, earliest);
  if (!isKnownZone(zone)) return 'unknown';
  const due = cron.schedules.flatMap((text) => nextRuns(text, { zone, after, count: 1 }));
  return due.some((time) => time <= now) ? 'starts' : 'none';
}

function isKnownZone(zone: string | undefined): zone is string {
  return zone !== undefined && problemOfTimeZone(zone) === undefined;
}

/** A time that is to come: `in less than a minute`, `in 5 min`, `in 9 h`, `in 3 d`. */
export function printIn(distance: number): string {
  if (distance < 60_000) return 'in less than a minute';
  if (distance < 3_600_000) return `in ${Math.floor(distance / 60_000)} min`;
  if (distance < 48 * 3_600_000) return `in ${Math.floor(distance / 3_600_000)} h`;
  return `in ${Math.floor(distance / 86_400_000)} d`;
}
