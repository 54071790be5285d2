import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { openEditorWindow, type EditorWindow } from './editorWindow.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Where pictures go; README takes its own from here. */
export const SCREENSHOTS = path.join(ROOT, 'test/ui/screenshots');

/** What a workbench is opened with. */
export interface WorkbenchOptions {
  /** The folder that the editor opens. */
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A whole VS Code with this extension, as a person has it on the screen. */
export class Workbench {
  readonly page: Page;
  readonly #folder: string;
  readonly #window: EditorWindow;
  readonly #said: string[] = [];

  private constructor(folder: string, window: EditorWindow) {
    this.#folder = folder;
    this.#window = window;
    this.page = window.page;
    this.page.setDefaultTimeout(30_000);
    this.page.on('console', (message) => {
      // Its native parts are not built here; the editor says so and does without them.
      if (!/spdlog|watchdog/.test(message.text())) this.#said.push(message.text());
    });
  }

  /** Starts an editor and opens it with the extension as it is built in `dist`. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const folder = await mkdtemp(path.join(tmpdir(), 'workbench-'));
    const window = await openEditorWindow({ settings: {}, ...options, folder, extensions: [ROOT] });
    const workbench = new Workbench(folder, window);
    await workbench.page.locator('.activitybar').waitFor();
    return workbench;
  }

  async close(): Promise<void> {
    await this.#window.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Leaves a picture of the screen. */
  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }

  /** What the window and the extension host said, for a failure. */
  log(): string {
    return this.#said.slice(-60).join('\n');
  }

  /** Opens a view container by the title of its icon. */
  async openContainer(title: string): Promise<void> {
    await this.page.locator(`.activitybar [aria-label^="${title}"]`).first().click();
  }

  /** Runs a command from the palette, by its whole title. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.fill(`>${title}`);
    await this.pick(title);
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input.input').first();
  }

  /** Waits until the input box offers this text. */
  async offers(text: string): Promise<void> {
    const value = `document.querySelector('.quick-input-widget input.input')?.value`;
    await this.page.waitForFunction(`${value} === ${JSON.stringify(text)}`);
  }

  /** Chooses a row of the quick pick. */
  async pick(label: string): Promise<void> {
    const rows = this.page.locator(
      '.quick-input-widget:visible .quick-input-list .monaco-list-row',
    );
    await rows.filter({ hasText: label }).first().click();
  }

  /** Types into the input box that is asked for, and confirms. */
  async answer(text: string): Promise<void> {
    await this.quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** A row of the tree, by its label. */
  row(label: string): Locator {
    return this.page.locator('.sidebar .monaco-list-row[role=treeitem]').filter({
      has: this.page.locator('.label-name').getByText(label, { exact: true }),
    });
  }

  /** Expands a row, unless it is expanded. */
  async expand(label: string): Promise<void> {
    const row = this.row(label).first();
    if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
  }

  /** Chooses from the context menu of a row, and from the menus below it. */
  async chooseOnRow(label: string, ...entries: readonly string[]): Promise<void> {
    await this.row(label).first().click({ button: 'right' });
    for (const entry of entries) {
      const menu = this.page.locator('.monaco-menu:visible .action-menu-item', { hasText: entry });
      // A menu passes over a click that follows its opening too fast; a key it takes at once.
      await menu.last().hover();
      await this.page.keyboard.press('Enter');
    }
  }

  /** Types a path into the dialog that asks for a file, once that lists the folder in which it begins. */
  async typePath(file: string): Promise<void> {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    await rows.getByText('..', { exact: true }).waitFor();
    await this.quickInput.fill(file);
  }

  /** Opens a file by its whole path, and waits until its editor has the focus: a large one takes it late. */
  async openFile(file: string): Promise<void> {
    const name = path.basename(file);
    await this.runCommand('File: Open File...');
    await this.typePath(file);
    await this.pick(name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    const group = this.page.locator('.editor-group-container.active');
    await group.locator('.monaco-editor.focused').waitFor();
  }

  /** A notification that holds this text. */
  toast(text: string | RegExp): Locator {
    return this.page
      .locator('.notifications-toasts .notification-list-item', { hasText: text })
      .first();
  }

  /** Presses a button of a notification. */
  async pressOnToast(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button, exact: true }).click();
  }

  /** The question that must be answered before anything else. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async pressInDialog(button: string): Promise<void> {
    await this.dialog.locator('.monaco-button', { hasText: button }).click();
  }

  /** An action in the title of the editor. */
  titleAction(label: string): Locator {
    return this.page.locator(`.editor .editor-actions [aria-label^="${label}"]`).first();
  }

  /** The lines of the active editor. */
  get text(): Locator {
    return this.page.locator('.editor-group-container.active .editor-instance .view-lines');
  }

  /** The lines of the diff editor's left side. */
  get oldSide(): Locator {
    return this.page.locator('.monaco-diff-editor .editor.original .view-lines');
  }

  /** The lines of the diff editor's right side. */
  get newSide(): Locator {
    return this.page.locator('.monaco-diff-editor .editor.modified .view-lines');
  }
}
