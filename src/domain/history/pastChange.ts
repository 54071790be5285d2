import { contentChange, type ReadValue } from '../plan/cachePlan.ts';
import { printCount } from '../size.ts';
import { changeSummary } from '../plan/verdictText.ts';

/** What a version changed of the one before it, and how many entries it has. */
export function versionDetail(before: ReadValue | undefined, after: ReadValue): string {
  const { entries, diff } = contentChange(before, after);
  const count = entries === undefined ? [] : [printCount(entries, 'entry', 'entries')];
  if (before === undefined) return [...count, 'the first that is known'].join(' · ');
  const change = changeSummary({ before: before.value, after: after.value, diff });
  return [...count, change].join(' · ');
}
