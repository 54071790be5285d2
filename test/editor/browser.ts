import path from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.ts';

/** What the page of an editor is opened with. */
export interface PageOptions {
  /** The URL of the editor. */
  readonly url: string;
  /** Folders with extensions that are loaded from their source. */
  readonly extensions?: readonly string[] | undefined;
  /** A module with tests that the extension host runs. */
  readonly tests?: string | undefined;
  /** The folder that the editor opens, or the file of a workspace of several. */
  readonly workspace?: string | undefined;
}

/** A browser and its one page. */
export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
}

/** Opens a browser without a display, with its profile in a folder; the page stays empty until `openEditorPage`. */
export async function openBrowser(profile: string): Promise<Opened> {
  const context = await chromium.launchPersistentContext(path.join(profile, 'browser'), {
    executablePath: await ensureChromium(),
    headless: true,
    args: CHROMIUM_FLAGS,
    viewport: { width: 1280, height: 800 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page };
}

/** Leads the page to the editor, with extensions and tests from source where they are named. */
export async function openEditorPage(page: Page, options: PageOptions): Promise<void> {
  const { url, extensions, tests, workspace } = options;
  await injectDevelopment(page, { url, extensions, tests });
  const address = new URL(url);
  if (workspace === undefined) address.searchParams.set('ew', 'true');
  else {
    const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
    address.searchParams.set(kind, workspace);
  }
  await page.goto(address.href);
}

/**
 * code-server knows no `--extensionDevelopmentPath`. The page's configuration has a place for it, which
 * is filled here before the workbench reads it. Rewriting the document on its way would not do: the
 * browser then refuses the page's WebSocket to the loopback.
 */
async function injectDevelopment(
  page: Page,
  { url, extensions, tests }: Pick<PageOptions, 'url' | 'extensions' | 'tests'>,
): Promise<void> {
  const authority = new URL(url).host;
  const uri = (file: string) => ({ $mid: 1, scheme: 'vscode-remote', authority, path: file });
  const options = {
    ...(extensions === undefined ? {} : { extensions: extensions.map(uri) }),
    ...(tests === undefined ? {} : { extensionTestsPath: uri(tests) }),
  };
  const given = JSON.stringify({ origin: new URL(url).origin, options });
  await page.addInitScript({ content: `(${FILL_CONFIGURATION})(${given});` });
}

/** Runs in the page, which is another world of types: hence as text. */
const FILL_CONFIGURATION = `(given) => {
  if (location.origin !== given.origin || window !== window.top) return;
  const observer = new MutationObserver(() => {
    const meta = document.getElementById('vscode-workbench-web-configuration');
    if (meta === null) return;
    observer.disconnect();
    const configuration = JSON.parse(meta.getAttribute('data-settings'));
    configuration.developmentOptions = { ...configuration.developmentOptions, ...given.options };
    meta.setAttribute('data-settings', JSON.stringify(configuration));
  });
  observer.observe(document, { childList: true, subtree: true });
}`;
