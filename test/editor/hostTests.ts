import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { chooseEditor } from './chooseEditor.ts';

/** Tests that run in the extension host. */
export interface HostTests {
  /** The folder of the extension under development. */
  readonly extension: string;
  /** The module that runs the tests: it exports `run`, and writes its report to `HOST_TESTS_REPORT`. */
  readonly tests: string;
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What the tests in the extension host counted; `ended` is false when they did not come to their end. */
export interface HostReport {
  readonly ended: boolean;
  readonly passed: number;
  readonly failed: number;
  /** Each test and how it went, as lines for the terminal. */
  readonly lines: readonly string[];
}

const DID_NOT_END: HostReport = { ended: false, passed: 0, failed: 1, lines: [] };

/** Runs tests in the extension host of a real VS Code. A host that hangs or dies is a failure. */
export async function runHostTests(what: HostTests): Promise<HostReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'host-tests-'));
  const reportFile = path.join(folder, 'report.json');
  const editor = await chooseEditor();
  try {
    await runTests({
      vscodeExecutablePath: editor.kind === 'desktop' ? editor.executable : await shimIn(folder),
      extensionDevelopmentPath: what.extension,
      extensionTestsPath: what.tests,
      launchArgs: [what.workspace, '--disable-extensions'],
      extensionTestsEnv: { ...what.env, HOST_TESTS_REPORT: reportFile },
    }).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
    });
    const text = await readFile(reportFile, 'utf8').catch(() => '');
    return text === '' ? DID_NOT_END : (JSON.parse(text) as HostReport);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An executable file that runs the shim on our Node. */
async function shimIn(folder: string): Promise<string> {
  const file = path.join(folder, 'code');
  const shim = path.join(import.meta.dirname, 'codeShim.ts');
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" "${shim}" "$@"\n`);
  await chmod(file, 0o755);
  return file;
}
