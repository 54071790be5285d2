import type { Workbench } from '../editor/workbench.ts';

/**
 * Asks for a CronJob that reads a key of the demo's cache, up to where its file is to go. From the palette: a menu of
 * the tree passes no row to its command when the tree is drawn anew meanwhile.
 */
export async function scaffoldCronJobReader(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.runCommand('Cache: Scaffold Reader...');
  await page.getByPlaceholder('Cache', { exact: true }).waitFor();
  await workbench.pick('workflow-cache');
  await page.getByPlaceholder('Key of argo/workflow-cache').waitFor();
  await workbench.pick('mappings.json');
  await page.getByPlaceholder('What reads argo/workflow-cache').waitFor();
  await workbench.pick('CronJob');
}
