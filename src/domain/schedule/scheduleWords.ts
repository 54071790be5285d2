import { problemOfSchedule } from './nextRun.ts';
import { parseSchedule, type Field, type FieldSchedule } from './schedule.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** More times than these are not told one by one. */
const FEW_TIMES = 4;

/** A schedule in words, such as `daily at 02:00`; one that has a problem stays as it is. */
export function scheduleWords(text: string): string {
  const schedule = parseSchedule(text);
  if (schedule.kind === 'problem' || problemOfSchedule(text) !== undefined) return text;
  if (schedule.kind === 'every') return `every ${duration(schedule.seconds)}`;
  const time = timeWords(schedule);
  const day = dayWords(schedule);
  if (day !== '' && !day.startsWith('in ')) return `${day} ${time}`;
  return `${time.startsWith('at ') ? 'daily ' : ''}${time} ${day}`.trim();
}

function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

function timeWords({ minutes, hours }: FieldSchedule): string {
  const times = sorted(hours).flatMap((hour) =>
    sorted(minutes).map((minute) => `${two(hour)}:${two(minute)}`),
  );
  const hourStep = stepOf(hours, 24);
  const minuteStep = stepOf(minutes, 60);
  const [minute = 0] = minutes.numbers;
  if (minutes.numbers.size === 1 && hourStep !== undefined) {
    const past = minute === 0 ? '' : ` at minute ${minute}`;
    return hourStep === 1 ? `hourly${past}` : `every ${hourStep} hours${past}`;
  }
  if (times.length <= FEW_TIMES) return `at ${list(times)}`;
  const [first, ...more] = runs(sorted(hours));
  if (minutes.numbers.size === 1 && first !== undefined && more.length === 0) {
    return `hourly from ${two(first[0])}:${two(minute)} to ${two(first[1])}:${two(minute)}`;
  }
  if (minuteStep === undefined) {
    const some = `at ${counted('minute', minutes)}`;
    return hourStep === 1 ? `hourly ${some}` : `${some} of ${counted('hour', hours)}`;
  }
  const often = minuteStep === 1 ? 'every minute' : `every ${minuteStep} minutes`;
  return hourStep === 1 ? often : `${often} of ${counted('hour', hours)}`;
}

function dayWords({ days, weekdays, months }: FieldSchedule): string {
  const [all, everyWeekday] = [days.numbers.size === 31, weekdays.numbers.size === 7];
  const names = list(sorted(months).map((each) => MONTHS[each - 1] ?? ''));
  const within = months.numbers.size === 12 ? '' : ` in ${names}`;
  const ofMonth = `on ${counted('day', days)} of the month`;
  // Where neither was written with a star, one that matches is enough.
  if (all || everyWeekday) {
    if ((all && everyWeekday) || (!days.star && !weekdays.star)) return within.trim();
    if (all) return `${weekdayNames(weekdays)}${within}`;
    return within === '' ? ofMonth : `on ${counted('day', days)} of ${names}`;
  }
  const either = [days.numbers.size > 0 ? ofMonth : '', weekdayNames(weekdays)];
  return `${either.filter((part) => part !== '').join(' and ')}${within}`;
}

/** A run of weekdays is told by its ends. */
function weekdayNames(weekdays: Field): string {
  const nameOf = (number: number) => WEEKDAYS[number] ?? '';
  const names = runs(sorted(weekdays)).map(([first, last]) =>
    first === last ? `${nameOf(first)}s` : `${nameOf(first)} to ${nameOf(last)}`,
  );
  return list(names);
}

function counted(noun: string, field: Field): string {
  const numbers = runs(sorted(field)).map(([first, last]) =>
    first === last ? String(first) : `${first} to ${last}`,
  );
  return `${noun}${field.numbers.size === 1 ? '' : 's'} ${list(numbers)}`;
}

function sorted({ numbers }: Field): readonly number[] {
  return [...numbers].sort((one, other) => one - other);
}

/** Three numbers or more that follow each other as their ends, others as ends that are the same. */
function runs(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const run = found.at(-1);
    if (run !== undefined && number === run[1] + 1) run[1] = number;
    else found.push([number, number]);
  }
  return found.flatMap(([first, last]): [number, number][] =>
    last === first + 1
      ? [
          [first, first],
          [last, last],
        ]
      : [[first, last]],
  );
}

/** The step from one number to the next where all from 0 on have the same and it divides the whole. */
function stepOf({ numbers }: Field, whole: number): number | undefined {
  const step = whole / numbers.size;
  const isStep = [...numbers].every((number) => number % step === 0);
  return Number.isInteger(step) && step < whole && isStep ? step : undefined;
}

function list(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
