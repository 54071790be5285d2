import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { manualScript, type ManualRefresh } from '../../src/domain/manifests/manualScript.ts';
import { shellWord } from '../../src/domain/shellWord.ts';
import type { Map } from './refreshRuns.ts';
import type { Shell } from './shells.ts';
import { newJob, type Stage } from './stage.ts';

/** How a script for a person ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How such a script is run. */
export interface HandOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the shell once it has said this. */
  readonly killedOn?: RegExp;
  /** Runs it at a terminal, and types this when it asks. */
  readonly typed?: string;
  /** Runs it at a terminal, and interrupts it there with Ctrl-C; not before this promise, where it is one. */
  readonly interrupted?: Promise<unknown>;
}

/** A refresh by hand on a cache in a namespace of its own. */
export async function newRefresh(
  stage: Stage,
  wanted: Partial<ManualRefresh> = {},
): Promise<ManualRefresh> {
  return {
    ...(await newJob(stage)),
    context: 'demo',
    server: stage.plane.server,
    kubeconfig: undefined,
    ...wanted,
  };
}

/** Runs the script of a refresh, as a person would. */
export async function runByHand(
  { plane: { directory, kubeconfig } }: Stage,
  { command: [program = '', ...args], path: PATH }: Shell,
  refresh: ManualRefresh,
  { args: own = ['--yes'], env = {}, killedOn, typed, interrupted }: HandOptions = {},
): Promise<Ended> {
  const { name, text } = manualScript(refresh);
  const file = path.join(directory, name);
  await writeFile(file, text);
  const words = [program, ...args, file, ...own];
  const isAtTerminal = typed !== undefined || interrupted !== undefined;
  const [at = '', ...rest] = isAtTerminal ? atTerminal(words) : words;
  const child = spawn(at, rest, {
    env: { PATH, HOME: directory, TMPDIR: directory, KUBECONFIG: kubeconfig, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (!isAtTerminal) child.stdin.end();
  interrupted?.then(
    () => child.stdin.write('\u0003'),
    () => child.kill(),
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    if (killedOn?.test(stdout) === true) child.kill('SIGKILL');
    if (typed !== undefined && stdout.endsWith('[y/N] ')) child.stdin.write(typed);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr };
}

/** The map of a refresh; nothing where there is none. */
export async function mapOf(
  { plane }: Stage,
  { cache: { name, namespace } }: ManualRefresh,
): Promise<Map | undefined> {
  const args = ['get', 'configmap', name, '-n', namespace, '--ignore-not-found', '-o', 'json'];
  const text = await plane.kubectl([...args, '--show-managed-fields']);
  return text === '' ? undefined : (JSON.parse(text) as Map);
}

/** What runs a program at a terminal of its own, and ends with its code. */
function atTerminal(words: readonly string[]): readonly string[] {
  const command = words.map(shellWord).join(' ');
  return ['/usr/bin/script', '--quiet', '--return', '--command', command, '/dev/null'];
}
