// Starts the processes of a control plane and ends them when its own standard input closes, which also
// happens when the process that started it is killed. It reads one JSON command a line:
//   {"start": name, "program": path, "args": [...]}    {"stop": name}
// and answers each with a line: {"started": name, "pid": n} or {"stopped": name}; and, when a process
// ends that nobody stopped, {"ended": name, "code": n}.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

interface Start {
  readonly start: string;
  readonly program: string;
  readonly args: readonly string[];
}

const [directory = ''] = process.argv.slice(2);
const children = new Map<string, ChildProcess>();

/** On Linux the kernel ends the children even when the keeper itself is killed. */
const guard = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function start({ start: name, program, args }: Start): void {
  const log = openSync(path.join(directory, `${name}.log`), 'a');
  const [command, rest] = guard
    ? ['setpriv', ['--pdeathsig', 'KILL', program, ...args]]
    : [program, args];
  const child = spawn(command, rest, { cwd: directory, stdio: ['ignore', log, log] });
  children.set(name, child);
  child.once('error', ({ message }) => writeSync(log, message));
  child.once('close', (code) => {
    closeSync(log);
    if (children.get(name) !== child) return;
    children.delete(name);
    say({ ended: name, code });
  });
  say({ started: name, pid: child.pid });
}

async function stop(name: string): Promise<void> {
  const child = children.get(name);
  children.delete(name);
  if (child !== undefined) await killed(child);
}

/** Nothing here is worth a gentle end: the data are thrown away. */
function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('close', () => {
      resolve();
    });
    child.kill('SIGKILL');
  });
}

// A parent that is gone reads no answers.
process.stdout.on('error', () => undefined);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Start | { readonly stop: string };
  if ('start' in command) {
    start(command);
  } else {
    await stop(command.stop);
    say({ stopped: command.stop });
  }
}
await Promise.all([...children.keys()].map(stop));
rmSync(directory, { recursive: true, force: true });
