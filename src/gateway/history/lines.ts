import { isRecord, type HistoryPlace, type HistoryRecord } from '../../domain/history/history.ts';

/** The format of the lines that are written here. */
const FORMAT = 1;

/** What was kept together: a line of a log, there as a whole or not at all. */
export interface Line {
  readonly place: HistoryPlace;
  readonly records: readonly HistoryRecord[];
}

/** The lines of a log. Those of a newer format are not understood, and are kept as they are. */
export interface Lines {
  readonly understood: readonly Line[];
  readonly newer: readonly string[];
}

export const NO_LINES: Lines = { understood: [], newer: [] };

/** A line as it is written. */
export function printLine(line: Line): string {
  return JSON.stringify({ v: FORMAT, ...line });
}

/**
 * The lines of a text after those that are known already, with each record once: a program that died while it
 * wrote a log anew may have left both, the new lines and those of which it took only a part.
 */
export function linesOf(text: string, before: Lines = NO_LINES): Lines {
  const newer = new Set(before.newer);
  const read: Line[] = [];
  const parse = parser();
  for (const each of text.split('\n')) {
    const line = each === '' ? undefined : parse(each);
    if (line === 'newer') newer.add(each);
    else if (line !== undefined) read.push(line);
  }
  const known = sharedTimes(before.understood, read);
  if (known.size === 0) return { understood: [...before.understood, ...read], newer: [...newer] };
  for (const line of before.understood) remember(known, line);
  const understood = [...before.understood];
  for (const line of read) {
    const fresh = withoutKnown(known, line);
    if (fresh.records.length === 0) continue;
    remember(known, fresh);
    understood.push(fresh);
  }
  return { understood, newer: [...newer] };
}

/** Records by their time, where several lines share it: others are in one line alone. */
type ByTime = ReadonlyMap<string, HistoryRecord[]>;

function sharedTimes(before: readonly Line[], read: readonly Line[]): ByTime {
  const [times, shared] = [new Set<string>(), new Map<string, HistoryRecord[]>()];
  for (const { records } of read) {
    let last: string | undefined;
    for (const { at } of records) {
      if (at === last) continue;
      last = at;
      if (times.has(at)) shared.set(at, []);
      else times.add(at);
    }
  }
  for (const { records } of before) {
    for (const { at } of records) if (times.has(at)) shared.set(at, []);
  }
  return shared;
}

function remember(known: ByTime, { records }: Line): void {
  for (const record of records) known.get(record.at)?.push(record);
}

function withoutKnown(known: ByTime, line: Line): Line {
  const isKnown = (record: HistoryRecord) =>
    known.get(record.at)?.some((other) => isSame(record, other)) === true;
  if (!line.records.some(isKnown)) return line;
  return { ...line, records: line.records.filter((record) => !isKnown(record)) };
}

function isSame(one: HistoryRecord, other: HistoryRecord): boolean {
  return one.kind === other.kind && JSON.stringify(one) === JSON.stringify(other);
}

/** Reads line after line. Those of one log begin alike, with its place, which is parsed once and not in each. */
function parser(): (text: string) => Line | 'newer' | undefined {
  let place: HistoryPlace | undefined;
  let start = '';
  return (text) => {
    if (place !== undefined && text.slice(0, start.length) === start) {
      const records = recordsOf(parsed(text.slice(start.length, -1)));
      if (records !== undefined && text.at(-1) === '}') return { place, records };
    }
    const line = lineOf(parsed(text));
    if (typeof line === 'object') {
      place = line.place;
      start = printLine({ place, records: [] }).slice(0, -'[]}'.length);
    }
    return line;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lineOf(read: unknown): Line | 'newer' | undefined {
  if (typeof read !== 'object' || read === null || !('v' in read)) return undefined;
  if (typeof read.v === 'number' && read.v > FORMAT) return 'newer';
  const { place, records } = read as Partial<Line>;
  const known = recordsOf(records);
  return place && known && { place, records: known };
}

function recordsOf(read: unknown): readonly HistoryRecord[] | undefined {
  if (!Array.isArray(read)) return undefined;
  return read.every(isRecord) ? read : read.filter(isRecord);
}
