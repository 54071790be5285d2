import { isMemoization, type CacheSummary } from '../../domain/cache.ts';
import type { CacheDetail } from '../../domain/detail.ts';
import type { Freshness } from '../../domain/freshness.ts';
import { printCache } from '../../domain/ref.ts';
import {
  annotationSentence,
  lastAppliedSentence,
  MAX_VALUE_BYTES,
  printCount,
} from '../../domain/size.ts';

/** What the row of a cache says when it is pointed at, line by line. */
export function cacheTooltip(
  summary: CacheSummary,
  detail: CacheDetail | undefined,
  freshness: Freshness,
): string[] {
  const used =
    detail === undefined
      ? 'Expand to read its size.'
      : `${printCount(detail.bytes, 'byte', 'bytes')} of ${printCount(MAX_VALUE_BYTES, 'byte', 'bytes')}`;
  return [
    `ConfigMap ${printCache(summary.ref)} in context ${summary.ref.context}`,
    used,
    ...(summary.keys.length > 0 ? [`Keys: ${summary.keys.join(', ')}`] : []),
    ...(isMemoization(summary)
      ? ['Written by the Argo workflow controller: its entries can be deleted, and nothing else.']
      : []),
    ...(detail?.immutable === true
      ? ['Immutable: its content cannot be changed. Recreate makes it anew.']
      : []),
    ...sentencesOf(detail),
    `Created ${summary.createdAt}`,
    ...(freshness.kind === 'stale' ? ['Older than its age limit.'] : []),
  ];
}

/** What else is worth saying of the bytes of a cache. */
function sentencesOf(detail: CacheDetail | undefined): readonly string[] {
  const { annotationBytes = 0, lastAppliedBytes = 0 } = detail ?? {};
  return [annotationSentence(annotationBytes), lastAppliedSentence(lastAppliedBytes)].flatMap(
    (sentence) => sentence ?? [],
  );
}
