#!/usr/bin/env node
// Stands in for the executable of a desktop VS Code under `runTests`: takes its flags, and does with
// code-server and a browser what they ask for. It ends with 0 only when the workbench says that the
// tests passed and the tests themselves say so, too: when the extension host dies in the middle, the
// workbench reports success.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBrowser, openEditorPage } from './browser.ts';
import { startEditor } from './editorServer.ts';

const MINUTES = Number(process.env['HOST_TESTS_MINUTES'] ?? 5);

/** The value of a `--name=value` flag. */
function flag(name: string): string | undefined {
  const prefix = `--${name}=`;
  return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length);
}

async function runTests(folder: string): Promise<number> {
  const editor = await startEditor({ folder });
  const { context, page } = await openBrowser(folder);
  const ending = Promise.withResolvers<number>();
  await page.exposeFunction('codeAutomationExit', ending.resolve);
  // The suite writes its own report to a file; what the window says would only be in the way.
  await page.exposeFunction('codeAutomationLog', () => undefined);
  page.on('crash', () => {
    ending.reject(new Error('The page of the editor crashed.'));
  });
  const limit = setTimeout(() => {
    ending.reject(new Error(`The tests took longer than ${MINUTES} minutes.`));
  }, MINUTES * 60_000);
  const extension = flag('extensionDevelopmentPath');
  await openEditorPage(page, {
    url: editor.url,
    extensions: extension === undefined ? undefined : [extension],
    tests: flag('extensionTestsPath'),
    workspace: process.argv.slice(2).find((argument) => !argument.startsWith('--')),
  });
  try {
    return await Promise.race([ending.promise, editor.ended]);
  } finally {
    clearTimeout(limit);
    await context.close();
    await editor.stop();
  }
}

/** True when the suite has written that it came to its end. */
async function suiteEnded(): Promise<boolean> {
  const report = await readFile(process.env['HOST_TESTS_REPORT'] ?? '', 'utf8').catch(() => '');
  return report.includes('"ended":true');
}

const folder = await mkdtemp(path.join(tmpdir(), 'code-'));
try {
  const code = await runTests(folder);
  const ended = await suiteEnded();
  if (!ended) process.stderr.write('The extension host ended before the tests did.\n');
  process.exitCode = code === 0 && ended ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
