import type { RefreshJob } from '../../../domain/manifests/refreshJob.ts';
import { problemOfSchedule } from '../../../domain/schedule/nextRun.ts';
import { scheduleSentence } from '../../../domain/schedule/scheduleSentence.ts';
import { presentName, timeZones } from '../../../domain/schedule/timeZone.ts';
import { askForOne, askForText, type Step } from '../../steps.ts';
import { isGiven, notAllowed } from './refreshSteps.ts';

type Scheduled = Pick<RefreshJob, 'schedule' | 'timeZone'>;

/** Asks by which clock a job runs, before it is asked when. */
export function zoneStep<A extends Scheduled>(): Step<A> {
  const own = presentName(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const items = timeZones([own]).map((label) => ({
    label,
    description: label === own ? 'the time zone of this editor' : '',
  }));
  return {
    ask: async (answers, frame) => {
      const picked = await askForOne(frame, {
        items,
        placeHolder: 'Time zone of the schedule',
        active: ({ label }) => label === answers.timeZone,
      });
      return isGiven(picked) ? { ...answers, timeZone: picked.label } : picked;
    },
  };
}

/** Asks when a job runs. */
export function scheduleStep<A extends Scheduled>(): Step<A> {
  return {
    ask: async (answers, frame) => {
      const schedule = await askForText(frame, {
        prompt: (text) =>
          scheduleSentence(text, answers.timeZone, Date.now()) ||
          'Minute, hour, day of the month, month, weekday; or @daily, @hourly, @every 1h30m',
        placeHolder: '30 4 * * *',
        value: answers.schedule,
        problemOf: (text) => notAllowed(problemOfSchedule(text)),
      });
      return isGiven(schedule) ? { ...answers, schedule } : schedule;
    },
  };
}
