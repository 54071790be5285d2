/** How many milliseconds a zone is ahead of UTC at a time, in milliseconds since the epoch. */
export type OffsetAt = (time: number) => number;

/** What is wrong with the name of a time zone, as a phrase, or nothing where it is one. */
export function problemOfTimeZone(name: string): string | undefined {
  if (name === '') return 'a time zone is missing';
  // The API server knows names of the IANA database only, by their letters; JavaScript takes offsets and any case.
  const resolved = /^[A-Za-z]/.test(name) ? resolvedZone(name) : undefined;
  if (resolved === undefined) return `${name} is no time zone such as Europe/Berlin`;
  return resolved !== name && resolved.toLowerCase() === name.toLowerCase()
    ? `it is written ${resolved}`
    : undefined;
}

function resolvedZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** The offsets of a zone in which `problemOfTimeZone` finds nothing. Throws a RangeError for others. */
export function offsetsOf(zone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (time) => {
    const whole = Math.floor(time / 1000) * 1000;
    const [month = 1, day, year = 0, hour, minute, second] = format
      .format(whole)
      .split(/\D+/)
      .map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  };
}

/** The zones that a schedule may have, sorted, with those first that are likely, each by its present name. */
export function timeZones(likely: readonly string[]): readonly string[] {
  const known = likely.filter((name) => problemOfTimeZone(name) === undefined);
  const all = Intl.supportedValuesOf('timeZone').map(presentName).sort();
  return [...new Set([...known.map(presentName), 'UTC', ...all])];
}

/** The name that a zone has in the IANA database by now: JavaScript keeps the first that it had. */
export function presentName(zone: string): string {
  return RENAMED[zone] ?? zone;
}

/** Source: the files `backward` and `zone.tab` of the IANA time zone database. */
const RENAMED: Readonly<Partial<Record<string, string>>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};
