import path from 'node:path';
import { _electron as electron, type Page } from 'playwright-core';
import { openBrowser, openEditorPage } from './browser.ts';
import { chooseEditor, type Desktop } from './chooseEditor.ts';
import { prepareSettings, startEditor, type EditorOptions } from './editorServer.ts';

/** What is opened: extensions from their source, and a folder to work in. */
export interface WindowOptions extends EditorOptions {
  readonly extensions: readonly string[];
  readonly workspace: string;
}

/** A whole editor on the screen, desktop or in a browser, to be driven. */
export interface EditorWindow {
  readonly page: Page;
  readonly close: () => Promise<void>;
}

/** What a desktop draws itself in place of the system, so that it can be driven and looks the same everywhere. */
const DRAWN_BY_ITSELF = {
  'files.simpleDialog.enable': true,
  'window.dialogStyle': 'custom',
  'window.menuStyle': 'custom',
  'window.titleBarStyle': 'custom',
};

/** Opens the editor that is to be had; everything that it writes is below `folder`. */
export async function openEditorWindow(options: WindowOptions): Promise<EditorWindow> {
  const editor = await chooseEditor();
  return editor.kind === 'desktop'
    ? await openDesktop(editor, options)
    : await openInBrowser(options);
}

async function openInBrowser(options: WindowOptions): Promise<EditorWindow> {
  const { folder, extensions, workspace } = options;
  const server = await startEditor(options);
  const { context, page } = await openBrowser(folder);
  await openEditorPage(page, { url: server.url, extensions, workspace });
  const close = async () => {
    await context.close();
    await server.stop();
  };
  return { page, close };
}

async function openDesktop(
  { executable }: Desktop,
  { folder, settings, env, extensions, workspace }: WindowOptions,
): Promise<EditorWindow> {
  await prepareSettings({ folder, settings: { ...DRAWN_BY_ITSELF, ...settings } });
  const application = await electron.launch({
    executablePath: executable,
    args: [
      workspace,
      ...extensions.map((each) => `--extensionDevelopmentPath=${each}`),
      `--user-data-dir=${path.join(folder, 'user-data')}`,
      `--extensions-dir=${path.join(folder, 'extensions')}`,
      '--disable-extensions',
      '--disable-updates',
      '--disable-workspace-trust',
      '--no-sandbox',
      '--skip-release-notes',
      '--skip-welcome',
      '--use-inmemory-secretstorage',
    ],
    env: { ...definedOnly(process.env), HOME: folder, ...env },
  });
  const page = await application.firstWindow();
  return { page, close: () => application.close() };
}

function definedOnly(variables: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(variables);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
