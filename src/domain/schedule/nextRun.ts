import { parseSchedule, type FieldSchedule, type Schedule } from './schedule.ts';
import { offsetsOf, type OffsetAt } from './timeZone.ts';

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000] as const;

/** A time that always fails to come by then never comes. Source: robfig's `SpecSchedule.Next`. */
const YEARS = 5;

/** What is wrong with a schedule, as a phrase for the one who types it, or nothing. */
export function problemOfSchedule(text: string): string | undefined {
  const schedule = parseSchedule(text);
  if (schedule.kind === 'problem') return schedule.problem;
  // Any time will do that has a leap year after it.
  return nextRun(schedule, Date.UTC(2023, 0), () => 0) === undefined ? 'it never comes' : undefined;
}

/**
 * The next runs after a time, in milliseconds since the epoch: as many as asked for, or none for what is no
 * schedule or never comes.
 */
export function nextRuns(
  text: string,
  { zone, after, count }: { readonly zone: string; readonly after: number; readonly count: number },
): readonly number[] {
  const schedule = parseSchedule(text);
  if (schedule.kind === 'problem') return [];
  const offsetAt = offsetsOf(zone);
  const runs: number[] = [];
  for (let time: number | undefined = after; runs.length < count;) {
    time = nextRun(schedule, time, offsetAt);
    if (time === undefined) break;
    runs.push(time);
  }
  return runs;
}

/** One of the units of time, from the largest to the smallest: when it matches, and how to come to the next. */
interface Unit {
  readonly matches: (local: Date) => boolean;
  readonly begin: (time: number) => number;
  readonly next: (time: number) => number;
  /** True for the first of the larger unit: that has changed, and is looked at again. */
  readonly isFirst: (local: Date) => boolean;
}

/**
 * The first run after a time: step by step as the controller goes, so that it is the same where a clock is put
 * forward or back. Source: `SpecSchedule.Next` of github.com/robfig/cron/v3.
 */
function nextRun(schedule: Schedule, after: number, offsetAt: OffsetAt): number | undefined {
  let time = Math.floor(after / SECOND) * SECOND;
  if (schedule.kind === 'every') return time + schedule.seconds * SECOND;
  const { minutes, hours, days, months, weekdays } = schedule;
  if ([minutes, hours, months].some(({ numbers }) => numbers.size === 0)) return undefined;
  if (days.numbers.size === 0 && weekdays.numbers.size === 0) return undefined;
  const local = (at: number) => new Date(at + offsetAt(at));
  const units = unitsOf(schedule, local, offsetAt);
  time += SECOND;
  const last = local(time).getUTCFullYear() + YEARS;
  let begun = false;
  search: while (local(time).getUTCFullYear() <= last) {
    for (const unit of units) {
      while (!unit.matches(local(time))) {
        if (!begun) time = unit.begin(time);
        begun = true;
        time = unit.next(time);
        if (unit.isFirst(local(time))) continue search;
      }
    }
    return time;
  }
  return undefined;
}

function unitsOf(
  schedule: FieldSchedule,
  local: (time: number) => Date,
  offsetAt: OffsetAt,
): readonly Unit[] {
  const month: Unit = {
    matches: (date) => schedule.months.numbers.has(date.getUTCMonth() + 1),
    begin: (time) => atLocal(startOf(local(time), 'month'), offsetAt),
    next: (time) => atLocal(later(local(time), { months: 1 }), offsetAt),
    isFirst: (date) => date.getUTCMonth() === 0,
  };
  const day: Unit = {
    matches: (date) => isDay(schedule, date),
    begin: (time) => atLocal(startOf(local(time), 'day'), offsetAt),
    next: (time) => toMidnight(atLocal(later(local(time), { days: 1 }), offsetAt), local),
    isFirst: (date) => date.getUTCDate() === 1,
  };
  const hour: Unit = {
    matches: (date) => schedule.hours.numbers.has(date.getUTCHours()),
    begin: (time) => atLocal(startOf(local(time), 'hour'), offsetAt),
    next: (time) => time + HOUR,
    isFirst: (date) => date.getUTCHours() === 0,
  };
  return [month, day, hour, smallUnit(MINUTE, schedule.minutes.numbers), SECOND_ZERO];
}

function smallUnit(size: number, numbers: ReadonlySet<number>): Unit {
  const numberOf = (date: Date) => Math.floor(date.getTime() / size) % 60;
  return {
    matches: (date) => numbers.has(numberOf(date)),
    begin: (time) => Math.floor(time / size) * size,
    next: (time) => time + size,
    isFirst: (date) => numberOf(date) === 0,
  };
}

const SECOND_ZERO = smallUnit(SECOND, new Set([0]));

/** Days and weekdays: both where one was written with a star, else either. Source: robfig's `dayMatches`. */
function isDay({ days, weekdays }: FieldSchedule, date: Date): boolean {
  const [day, weekday] = [
    days.numbers.has(date.getUTCDate()),
    weekdays.numbers.has(date.getUTCDay()),
  ];
  return days.star || weekdays.star ? day && weekday : day || weekday;
}

function startOf(date: Date, unit: 'month' | 'day' | 'hour'): number {
  return Date.UTC(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    unit === 'month' ? 1 : date.getUTCDate(),
    unit === 'hour' ? date.getUTCHours() : 0,
  );
}

function later(date: Date, { months = 0, days = 0 }: { months?: number; days?: number }): number {
  const moved = new Date(date);
  moved.setUTCMonth(date.getUTCMonth() + months, date.getUTCDate() + days);
  return moved.getTime();
}

/**
 * The time at which clocks show a local one; where they never do, or do twice, the one that Go takes. Source:
 * Go's `time.Date`.
 */
function atLocal(shown: number, offsetAt: OffsetAt): number {
  const guess = offsetAt(shown);
  return guess === 0 ? shown : shown - offsetAt(shown - guess);
}

/** Where midnight does not exist, the day has begun at another hour. */
function toMidnight(time: number, local: (time: number) => Date): number {
  const hour = local(time).getUTCHours();
  if (hour === 0) return time;
  return hour > 12 ? time + (24 - hour) * HOUR : time - hour * HOUR;
}
