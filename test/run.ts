import { spawn } from 'node:child_process';

/** What a program printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that ended with another code than 0. */
export class ProgramFailed extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(program: string, code: number | null, stderr: string) {
    super(`${program} ended with code ${code ?? 'none'}: ${stderr.slice(-2000)}`);
    this.code = code;
    this.stderr = stderr;
  }
}

/** Runs a program to its end. Throws `ProgramFailed` unless it ends with code 0. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string | Buffer } = {},
): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const { cwd, env, input } = options;
    const child = spawn(program, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ stdout, stderr });
      else reject(new ProgramFailed(`${program} ${args.slice(0, 4).join(' ')}`, code, stderr));
    });
    child.stdin?.on('error', () => undefined).end(input);
  });
}
