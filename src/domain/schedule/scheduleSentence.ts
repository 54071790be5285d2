import { nextRuns, problemOfSchedule } from './nextRun.ts';
import { scheduleWords } from './scheduleWords.ts';
import { offsetsOf } from './timeZone.ts';

/** Runs that are told ahead. */
const COUNT = 3;

/**
 * A schedule in words, with its next runs by the clock of its zone; `now` is in milliseconds since the epoch.
 * Empty for what is no schedule.
 */
export function scheduleSentence(text: string, zone: string, now: number): string {
  if (problemOfSchedule(text) !== undefined) return '';
  const offsetAt = offsetsOf(zone);
  const runs = nextRuns(text, { zone, after: now, count: COUNT }).map((time) =>
    new Date(time + offsetAt(time)).toISOString().slice(0, 16).replace('T', ' '),
  );
  return `${scheduleWords(text)}, ${zone}; next ${runs.join(', ')}`;
}
