import { contentChange } from './cachePlan.ts';
import type { Value } from './content.ts';
import { printCount } from './size.ts';
import { changeSummary } from './verdictText.ts';

/** What a version changed of the one before it, and how many entries it has. */
export function versionDetail(key: string, before: Value | undefined, after: Value): string {
  const { entries, diff } = contentChange(key, before, after);
  const count = entries === undefined ? [] : [printCount(entries, 'entry', 'entries')];
  if (before === undefined) return [...count, 'the first that is known'].join(' · ');
  return [...count, changeSummary({ before, after, diff })].join(' · ');
}
