import type { Workbench } from '../editor/workbench.ts';

/**
 * Answers all that *Scaffold Refresh Job* asks on a key of a cache, with the readers that it ticks, up to the preview
 * of its files in the folder that is offered.
 */
export async function scaffoldRefreshJob(
  workbench: Workbench,
  {
    key,
    url,
    schedule,
    folder,
    form = 'A folder of files',
  }: Readonly<Record<'key' | 'url' | 'schedule' | 'folder', string>> & { readonly form?: string },
): Promise<void> {
  const { page } = workbench;
  const question = (text: string) =>
    page.locator('.quick-input-widget:visible', { hasText: text }).waitFor();
  const choice = (placeholder: string) => page.getByPlaceholder(placeholder).waitFor();
  await workbench.chooseOnRow(key, 'Scaffold Refresh Job');
  await question('URL of the source');
  await workbench.answer(url);
  await choice('is checked as');
  await workbench.pick('JSON');
  await choice('Time zone of the schedule');
  await workbench.pick('UTC');
  await question(', UTC; next');
  await workbench.answer(schedule);
  // The source of the tests is http.
  await question('sent unencrypted');
  await workbench.pick('No credentials');
  await question('counts as stale');
  await workbench.answer('24h');
  await choice('Readers that are restarted after a change');
  await page.keyboard.press('Enter');
  await workbench.pick(form);
  await workbench.offers(folder);
  await page.keyboard.press('Enter');
}
