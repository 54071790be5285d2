import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Fills a Mocha with tests. */
type Define = () => void;

/**
 * Runs tests in the extension host and writes how they went to the file that `HOST_TESTS_REPORT` names.
 * Rejects when one fails, which is how the editor hears of it.
 */
export async function runSuite(define: Define): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'min' });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  define();
  const lines: string[] = [];
  let failed = 0;
  let passed = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('pass', (test) => {
      passed++;
      lines.push(`    ok ${test.fullTitle()}`);
    });
    runner.on('fail', (test, error: Error) => {
      failed++;
      lines.push(`    FAILED ${test.fullTitle()}\n${error.stack ?? error.message}`);
    });
  });
  const report = { ended: true, passed, failed, lines };
  writeFileSync(process.env['HOST_TESTS_REPORT'] ?? '', JSON.stringify(report));
  if (failed > 0) throw new Error(`${failed} failed`);
}
