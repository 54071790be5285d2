import { spawn } from 'node:child_process';

/** The parts of `npm test`, in order: the quick ones first. Minutes are a limit, not an expectation. */
const PARTS = [
  { script: 'check', minutes: 5 },
  { script: 'test:unit', minutes: 5 },
  { script: 'test:cluster', minutes: 40 },
  { script: 'test:host', minutes: 15 },
  { script: 'test:ui', minutes: 20 },
] as const;

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Runs one script of package.json to its end, or kills it at its limit; its output is passed on. */
async function run(script: string, minutes: number): Promise<Count> {
  process.stdout.write(`\n== npm run ${script}\n`);
  const began = Date.now();
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    output += chunk.toString();
  });
  const limit = setTimeout(() => {
    process.stdout.write(`${script} took longer than ${minutes} minutes and is ended\n`);
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, minutes * 60_000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(limit);
  process.stdout.write(`== ${script}: ${Math.round((Date.now() - began) / 1000)} s\n`);
  return countOf(output, code === 0);
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
for (const { script, minutes } of PARTS) counts.push(await run(script, minutes));
const passed = counts.reduce((total, count) => total + count.passed, 0);
const failed = counts.reduce((total, count) => total + count.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
