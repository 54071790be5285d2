import { printAge } from '../freshness.ts';
import type { PastVersion } from './past.ts';
import { printBytes } from '../size.ts';

/** A version in a list of them: when, by whom and from where, and what is remarkable. */
export function versionWords(
  version: PastVersion,
  { now, current, deleted }: { now: number; current: boolean; deleted: boolean },
): { readonly label: string; readonly description: string } {
  const { at, time = at, manager, bytes, certain } = version;
  const label = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  const parts = [printAge(now - Date.parse(time))];
  if (current) parts.push('in the cluster now');
  if (manager !== undefined && manager !== '') parts.push(`by ${manager}`);
  const origin = originOf(version);
  if (origin !== undefined) parts.push(origin);
  parts.push(printBytes(bytes));
  if (deleted) parts.push('of a ConfigMap that was deleted');
  if (!certain) parts.push('not known whether it was written');
  return { label, description: parts.join(' · ') };
}

/** The source that the cache names is that of another content where somebody else wrote this one. */
function originOf({ made, facts, sha256 }: PastVersion): string | undefined {
  if (made === 'edited' || made === 'restored') return made;
  const isOfThis = facts.source !== undefined && facts.sha256 === sha256;
  return isOfThis ? `from ${facts.source}` : undefined;
}
