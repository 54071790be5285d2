import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { announced, exists } from '../cacheFolder.ts';
import { installPackages, onPath } from '../programs.ts';
import { run } from '../run.ts';

/** Names under which a Chromium may be on the path. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Flags for a Chromium that runs as root, without a display and without calls of its own. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The path of a Chromium: the one that `CHROMIUM_EXECUTABLE` names, one that is installed, the one that
 * Playwright downloads, or Debian's package. Throws one sentence when none of these can be had.
 */
export async function ensureChromium(): Promise<string> {
  const named = process.env['CHROMIUM_EXECUTABLE'];
  if (named !== undefined && named !== '') return named;
  const found = (await onPath(NAMES)) ?? (await downloaded()) ?? (await packaged());
  if (found !== undefined) return found;
  throw new Error('A Chromium is needed: install one, or name it in CHROMIUM_EXECUTABLE.');
}

async function downloaded(): Promise<string | undefined> {
  const file = chromium.executablePath();
  if (await exists(file)) return file;
  // Its own command, which is not among the exports.
  const home = path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const command = path.join(home, 'cli.js');
  const done = await announced('Downloading Chromium, once', () =>
    run(process.execPath, [command, 'install', 'chromium', '--no-shell']).then(
      () => true,
      () => false,
    ),
  );
  return done && (await exists(file)) ? file : undefined;
}

async function packaged(): Promise<string | undefined> {
  await installPackages(['chromium']);
  return await onPath(NAMES);
}
