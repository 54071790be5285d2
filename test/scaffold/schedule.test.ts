import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nextRuns } from '../../src/domain/schedule/nextRun.ts';
import { parseSchedule } from '../../src/domain/schedule/schedule.ts';
import { chance } from '../fakes/chance.ts';
import { run } from '../run.ts';

const MODULE = path.join(import.meta.dirname, '..', 'cluster', 'go', 'kubernetes');

/** Zones whose clocks are put forward by an hour, by half of one, at midnight, and never. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

describe('schedules against robfig/cron, which the controller of CronJobs has', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'schedule-'));
    await run('go', ['build', '-o', path.join(folder, 'schedule'), './schedule'], { cwd: MODULE });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('agree on what is a schedule and on its next three runs, in zones with and without daylight saving', async () => {
    const cases = Array.from({ length: 6000 }, (_, index) => caseOf(chance(index + 1)));
    const input = cases.map(({ zone, after, text }) => `${zone}\t${after}\t${text}`).join('\n');
    const { stdout } = await run(path.join(folder, 'schedule'), [], { input });
    const expected = stdout.trimEnd().split('\n');
    assert.equal(expected.length, cases.length);
    const kinds = { invalid: 0, never: 0, runs: 0 };
    for (const [index, { zone, after, text }] of cases.entries()) {
      const answer = answerOf(text, zone, after);
      assert.equal(answer, expected[index], `${text} after ${after} in ${zone}`);
      kinds[answer === 'invalid' || answer === 'never' ? answer : 'runs']++;
    }
    assert.ok(kinds.invalid > 500 && kinds.runs > 3000, JSON.stringify(kinds));
  });
});

function answerOf(text: string, zone: string, after: number): string {
  if (parseSchedule(text).kind === 'problem') return 'invalid';
  const runs = nextRuns(text, { zone, after: after * 1000, count: 3 });
  return runs.length < 3 ? 'never' : runs.map((time) => time / 1000).join(' ');
}

interface Case {
  readonly zone: string;
  /** Seconds since the epoch, often a few hours before a clock is put forward or back. */
  readonly after: number;
  readonly text: string;
}

type Chance = ReturnType<typeof chance>;

function caseOf(below: Chance): Case {
  const pick = (words: readonly string[]) => words[below(words.length)] ?? '';
  const days = below(365 * 10);
  const after = Date.UTC(2015, 0, 1) / 1000 + days * 86_400 + below(86_400);
  const macros = ['@daily', '@hourly', '@weekly', '@monthly', '@yearly', '@reboot', '@every 1h30m'];
  const durations = [
    '@every 90s',
    '@every .5h',
    '@every 1ms',
    '@every 1',
    '@every -1h',
    '@every 0',
  ];
  if (below(20) === 0) return { zone: pick(ZONES), after, text: pick([...macros, ...durations]) };
  const bounds: readonly (readonly [number, number])[] = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ];
  const fields = bounds.map(([min, max]) => fieldOf({ min, max, below, pick }));
  // Mostly hours at which clocks are changed, and days that are not too rare.
  if (below(2) === 0) fields.splice(1, 3, pick(['0', '1', '2', '3', '0-3', '*/2']), '*', '*');
  return { zone: pick(ZONES), after, text: fields.join(pick([' ', ' ', ' ', '  ', '\t'])) };
}

function fieldOf(of: {
  min: number;
  max: number;
  below: (limit: number) => number;
  pick: (words: readonly string[]) => string;
}): string {
  const { min, max, below, pick } = of;
  const number = () => String(min + below(max - min + (below(30) === 0 ? 3 : 1)));
  const odd = ['', ',', '?', '*,3', '1-', '-1', '7', '60', 'sun', 'Jan', 'mon-fri', '1/0', '*/+2'];
  const one = () => {
    switch (below(12)) {
      case 0:
        return `${number()}-${number()}`;
      case 1:
        return `*/${1 + below(20)}`;
      case 2:
        return `${number()}/${1 + below(9)}`;
      case 3:
        return below(6) === 0 ? pick(odd) : '*';
      case 4:
      case 5:
        return number();
      default:
        return '*';
    }
  };
  return below(5) === 0 ? `${one()},${one()}` : one();
}
