import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Part {
  readonly script: string;
  /** A limit, not an expectation. */
  readonly minutes: number;
}

/**
 * The parts of `npm test`: rows one after another, and the lanes of a row side by side. What needs programs comes after
 * they were built. The screen is alone: VS Code drops keys and clicks where it is starved.
 */
const ROWS: readonly (readonly (readonly Part[])[])[] = [
  [
    [{ script: 'check', minutes: 10 }],
    [{ script: 'test:unit', minutes: 10 }],
    [{ script: 'test:programs', minutes: 60 }],
  ],
  [[{ script: 'test:cluster', minutes: 40 }], [{ script: 'test:scaffold', minutes: 40 }]],
  [
    [
      { script: 'test:host', minutes: 15 },
      { script: 'test:ui', minutes: 30 },
    ],
  ],
];

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Runs one script of package.json to its end, or kills it at its limit; its output is passed on by lines with its name. */
async function run({ script, minutes }: Part): Promise<Count> {
  const say = (line: string) => process.stdout.write(`${script.padEnd(13)} | ${line}\n`);
  say('begins');
  const began = Date.now();
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  createInterface(child.stdout)
    .on('line', say)
    .on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', say);
  const limit = setTimeout(() => {
    say(`took longer than ${minutes} minutes and is ended`);
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, minutes * 60_000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(limit);
  say(`ends after ${Math.round((Date.now() - began) / 1000)} s`);
  return countOf(lines.join('\n'), code === 0);
}

/** What the script counted; a script that counts nothing is one test, and a broken end one failure. */
function countOf(output: string, succeeded: boolean): Count {
  const passed = sum(output, /^\s*(\d+) (?:passing\b|passed, \d+ failed$)/gm);
  const failed = sum(output, /^\s*(?:(\d+) failing\b|\d+ passed, (\d+) failed$)/gm);
  if (succeeded) return { passed: Math.max(passed, 1), failed };
  return { passed, failed: Math.max(failed, 1) };
}

function sum(output: string, pattern: RegExp): number {
  let total = 0;
  for (const [, one, other] of output.matchAll(pattern)) total += Number(one ?? other);
  return total;
}

const counts: Count[] = [];
for (const lanes of ROWS) {
  const runLane = async (parts: readonly Part[]) => {
    for (const part of parts) counts.push(await run(part));
  };
  await Promise.all(lanes.map(runLane));
}
const passed = counts.reduce((total, count) => total + count.passed, 0);
const failed = counts.reduce((total, count) => total + count.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
