import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Workbench } from '../editor/workbench.ts';
import { run } from '../run.ts';
import { setScene, type Scene } from '../scene.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A scene and the editor on it. */
export interface Stage extends Scene {
  readonly workbench: Workbench;
}

/** What a stage may be set with. */
export interface StageOptions {
  /** The kubeconfig that the editor reads; the administrator's where it is left out. */
  readonly kubeconfig?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders below that of the scene that the editor has open as several; where it is left out, that of the scene. */
  readonly folders?: readonly string[];
  /** True where controllers run, so that workloads have pods. */
  readonly workloads?: boolean;
}

/** Settings with which what is typed is what is in the editor, and is saved when it is saved. */
export const TYPING = {
  'files.autoSave': 'off',
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoSurround': 'never',
  'editor.autoIndent': 'none',
  'editor.quickSuggestions': false,
  'editor.suggestOnTriggerCharacters': false,
};

let built: Promise<unknown> | undefined;

/** Sets the stage, with the extension as it would be packaged: built once for all files of tests. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const { kubeconfig, settings, folders, workloads = false } = options;
  await (built ??= run(process.execPath, ['esbuild.mjs', '--minify'], { cwd: ROOT }));
  const scene = await setScene({ workloads });
  const { plane, workspace } = scene;
  const workbench = await Workbench.open({
    workspace: folders === undefined ? workspace : await workspaceOf(workspace, folders),
    env: { KUBECONFIG: kubeconfig ?? plane.kubeconfig },
    ...(settings === undefined ? {} : { settings }),
  });
  const clear = async () => {
    await workbench.close();
    await scene.clear();
  };
  return { ...scene, workbench, clear };
}

/** Makes folders, and the file of a workspace that has them. */
async function workspaceOf(parent: string, folders: readonly string[]): Promise<string> {
  for (const folder of folders) await mkdir(path.join(parent, folder));
  const file = path.join(parent, 'several.code-workspace');
  await writeFile(file, JSON.stringify({ folders: folders.map((each) => ({ path: each })) }));
  return file;
}

/** Makes a test leave a picture and the log behind when it fails. */
export function showFailures(stage: () => Stage | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const title = this.currentTest.title.replaceAll(/\W+/g, '-');
    await stage()?.workbench.screenshot(`failed-${title}`);
    process.stdout.write(`${stage()?.workbench.log() ?? ''}\n`);
  });
}
