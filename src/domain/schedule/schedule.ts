/** The times that five fields name: in each the numbers that match, and whether it was written as all of them. */
export interface FieldSchedule {
  readonly kind: 'fields';
  readonly minutes: Field;
  readonly hours: Field;
  readonly days: Field;
  readonly months: Field;
  /** 0 is Sunday. */
  readonly weekdays: Field;
}

export interface Field {
  readonly numbers: ReadonlySet<number>;
  /** Written with a star. Of days and weekdays both must match if one is, else either. */
  readonly star: boolean;
}

/** A schedule of a CronJob: five fields, or a distance in seconds between runs. */
export type Schedule = FieldSchedule | { readonly kind: 'every'; readonly seconds: number };

/** Why a text is no schedule, as a phrase. */
interface Problem {
  readonly kind: 'problem';
  readonly problem: string;
}

interface Bounds {
  readonly noun: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const BOUNDS: readonly Bounds[] = [
  { noun: 'minute', min: 0, max: 59, names: [] },
  { noun: 'hour', min: 0, max: 23, names: [] },
  { noun: 'day of the month', min: 1, max: 31, names: [] },
  { noun: 'month', min: 1, max: 12, names: MONTHS },
  { noun: 'weekday', min: 0, max: 6, names: WEEKDAYS },
];

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** What Go counts as space. Source: `unicode.IsSpace`. */
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Reads a schedule as the controller of CronJobs does. Source: `ParseStandard` of github.com/robfig/cron/v3, and
 * `validateScheduleFormat` of the API server, which takes no time zone here.
 */
export function parseSchedule(text: string): Schedule | Problem {
  if (text === '') return problem('a schedule is missing');
  if (text.includes('TZ')) return problem('the time zone has a field of its own');
  if (text.startsWith('@every ')) return parseEvery(text.slice('@every '.length));
  if (text.startsWith('@') && MACROS[text] === undefined) {
    return problem(`${text} is none of ${Object.keys(MACROS).join(', ')} and @every`);
  }
  const words = (MACROS[text] ?? text).split(SPACE).filter((word) => word !== '');
  if (words.length !== 5) {
    return problem(
      `it has ${words.length} of 5 fields: minute, hour, day of the month, month, weekday`,
    );
  }
  const fields: Field[] = [];
  for (const [index, bounds] of BOUNDS.entries()) {
    const field = parseField(words[index] ?? '', bounds);
    if ('problem' in field) return problem(`${bounds.noun}: ${field.problem}`);
    fields.push(field);
  }
  const [minutes, hours, days, months, weekdays] = fields as [Field, Field, Field, Field, Field];
  return { kind: 'fields', minutes, hours, days, months, weekdays };
}

function problem(words: string): Problem {
  return { kind: 'problem', problem: words };
}

function parseField(text: string, bounds: Bounds): Field | Problem {
  const numbers = new Set<number>();
  let star = false;
  // Nothing between two commas is passed over.
  for (const part of text.split(',').filter((each) => each !== '')) {
    const range = parseRange(part, bounds);
    if ('problem' in range) return range;
    for (let number = range.from; number <= range.to; number += range.step) numbers.add(number);
    star ||= range.star;
  }
  return { numbers, star };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly star: boolean;
}

function parseRange(text: string, bounds: Bounds): Range | Problem {
  const [range = '', stepText, ...more] = text.split('/');
  if (more.length > 0) return problem(`${text} has more than one slash`);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (step === undefined || step === 0) return problem(`the step ${stepText ?? ''} is no number`);
  const ends = range.split('-');
  if (ends[0] === '*' || ends[0] === '?') {
    return { from: bounds.min, to: bounds.max, step, star: step === 1 };
  }
  if (ends.length > 2) return problem(`${text} has more than one hyphen`);
  const numbers = ends.map((end) => numberOrName(end, bounds));
  const wrong = numbers.findIndex((number) => number === undefined);
  if (wrong >= 0) return problem(`${ends[wrong] || 'nothing'} is no ${bounds.noun}`);
  const [from = 0, end] = numbers;
  // One number and a step go on to the last.
  const to = end ?? (stepText === undefined ? from : bounds.max);
  if (from < bounds.min || to > bounds.max) {
    return problem(`${text} is not within ${bounds.min} and ${bounds.max}`);
  }
  if (from > to) return problem(`${text} begins after its end`);
  return { from, to, step, star: false };
}

function numberOrName(text: string, { names, min }: Bounds): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  return named < 0 ? parseNumber(text) : named + min;
}

/** A number as Go's `Atoi` reads it, which takes a sign and no more than 64 bits. */
function parseNumber(text: string): number | undefined {
  return /^\+?\d+$/.test(text) && BigInt(text.replace('+', '')) < 2n ** 63n
    ? Number(text)
    : undefined;
}

const SECONDS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ns: 1e-9,
};

/** A distance as Go's `ParseDuration` reads it; whole seconds, and one at least. Source: robfig's `Every`. */
function parseEvery(text: string): Schedule | Problem {
  const amount = String.raw`(?:\d+\.?\d*|\.\d+)`;
  const whole = new RegExp(`^[-+]?(?:0|(?:${amount}(?:ns|us|µs|μs|ms|s|m|h))+)$`);
  if (!whole.test(text)) return problem('@every takes a duration such as 1h30m');
  let seconds = 0;
  for (const [, number, unit = ''] of text.matchAll(new RegExp(`(${amount})([a-zµμ]+)`, 'g'))) {
    seconds += Number(number) * (SECONDS[unit] ?? 0);
  }
  if (seconds > 2 ** 63 / 1e9) return problem('@every takes a duration of 292 years at most');
  // Fractions such as 0.1 h are whole seconds but for the last bits.
  const rounded = text.startsWith('-') ? 0 : Math.floor(seconds + 1e-9);
  return { kind: 'every', seconds: Math.max(1, rounded) };
}
