import { isMemoization, type CacheSummary } from '../../domain/cache.ts';
import type { CacheDetail } from '../../domain/detail.ts';
import type { NextStep } from '../../domain/failure.ts';
import { CACHE_LABEL, factsOf } from '../../domain/facts.ts';
import { freshnessOf, freshnessOfCache, printAge, type Freshness } from '../../domain/freshness.ts';
import { printCache, type CacheRef } from '../../domain/ref.ts';
import type { Operations } from '../../operations/operations.ts';
import type { ReadersPicture } from '../../operations/readers/readers.ts';
import { fitOf, printCount, printValueBytes } from '../../domain/size.ts';
import { onOneLine } from '../../domain/text.ts';
import { cacheTooltip } from './cacheTooltip.ts';
import { jobsOfCache, renderJob, renderJobs } from './jobRow.ts';
import { renderMemo } from './memoRow.ts';
import type { CacheNode, ContextNode, KeyNode, NamespaceNode, Node } from './node.ts';
import { renderNotice } from './noticeRow.ts';
import type { SeenJobs } from './rememberedJobs.ts';
import { renderReader, renderReaders } from './readerRow.ts';

/** What a row looks like: words, the id of an icon of VS Code, and what can be done with it. */
export interface Row {
  readonly label: string;
  readonly description: string;
  /** Gives the lines of the tooltip. */
  readonly tooltip: () => readonly string[];
  readonly icon: string;
  readonly tint?: 'warning' | 'error';
  /** Capability words, for the `when` clauses of menus. */
  readonly contextValue: string;
  readonly expandable: boolean;
  /** What a click does, where it does something. */
  readonly nextStep?: NextStep;
}

/** What rendering needs beside the node: the time, and what is known of a cache's content. */
export interface Known {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly detail: (summary: CacheSummary) => CacheDetail | undefined;
  /** Who reads a cache, where somebody has asked. */
  readonly readers: (ref: CacheRef) => ReadersPicture | undefined;
  /** What refreshes a cache, where somebody has asked. */
  readonly jobs: (ref: CacheRef) => SeenJobs | undefined;
  /** The words of a job; absent before the second bundle is there, when there is no job either. */
  readonly jobWords: Operations['jobWords'] | undefined;
  /** False where the person may not change a cache. */
  readonly mayChange: (ref: CacheRef) => boolean;
}

/** The words and icon of a row; each of its texts is on one line. */
export function render(node: Node, known: Known): Row {
  const row = rowOf(node, known);
  return {
    ...row,
    label: onOneLine(row.label),
    description: onOneLine(row.description),
    tooltip: () => row.tooltip().map(onOneLine),
  };
}

function rowOf(node: Node, known: Known): Row {
  switch (node.kind) {
    case 'context':
      return renderContext(node);
    case 'namespace':
      return renderNamespace(node, known.now);
    case 'cache':
      return renderCache(node, known);
    case 'key':
      return renderKey(node, known);
    case 'readers':
      return renderReaders(node, known.readers(node.ref));
    case 'reader':
      return renderReader(node);
    case 'jobs':
      return renderJobs(node, known.jobs(node.ref));
    case 'job':
      return renderJob(node, known);
    case 'notice':
      return renderNotice(node);
  }
}

function renderContext({ context, standing }: ContextNode): Row {
  const trouble = standing.kind === 'stale' || standing.kind === 'failed';
  return {
    label: context,
    description: notLive(standing) ?? '',
    tooltip: () => [`Context ${context}`, ...(trouble ? [standing.failure.message] : [])],
    icon: trouble ? 'debug-disconnect' : 'server-environment',
    ...(trouble ? { tint: 'warning' as const } : {}),
    contextValue: 'context',
    expandable: true,
  };
}

/** Since when a picture is not live, in words; nothing when it is. */
export function notLive(standing: ContextNode['standing']): string | undefined {
  if (standing.kind !== 'stale') return undefined;
  return `not live since ${new Date(standing.since).toLocaleTimeString()}`;
}

function renderNamespace({ context, namespace, caches }: NamespaceNode, now: number): Row {
  const stale = caches?.filter((cache) => freshnessOfCache(cache, now).kind === 'stale').length;
  const parts = [
    ...(caches === undefined ? [] : [printCount(caches.length, 'cache', 'caches')]),
    ...(stale === undefined || stale === 0 ? [] : [`${stale} stale`]),
  ];
  return {
    label: namespace,
    description: parts.join(' · '),
    tooltip: () => [`Namespace ${namespace} in context ${context}`, ...parts],
    icon: 'layers',
    contextValue: 'namespace',
    expandable: true,
  };
}

function renderCache(
  { ref, summary }: CacheNode,
  { now, detail: detailOf, mayChange, jobs: jobsOf }: Known,
): Row {
  const detail = detailOf(summary);
  const jobs = jobsOfCache(summary, jobsOf(ref), now);
  const memoized = isMemoization(summary);
  const freshness = freshnessOfCache(summary, now);
  const stale = freshness.kind === 'stale';
  const full = detail !== undefined && fitOf(detail.bytes) !== 'fits';
  const allowed = mayChange(ref);
  const parts = [
    // First, since the end of a row may not be seen.
    ...jobs.parts,
    ...(allowed ? [] : ['read-only']),
    ...(memoized ? ['Argo memoization'] : []),
    amountOf(summary, detail),
    ...(detail?.immutable === true ? ['immutable'] : []),
    ageOf(freshness) ?? `created ${printAge(now - Date.parse(summary.createdAt))}`,
  ];
  return {
    label: ref.name,
    description: parts.join(' · '),
    tooltip: () => [
      ...cacheTooltip(summary, detail, freshness),
      ...jobs.lines,
      ...(allowed ? [] : ['You may not change it. Copy Access Request copies what to ask for.']),
    ],
    icon: memoized ? 'circuit-board' : detail?.immutable === true ? 'lock' : 'database',
    ...(stale || full || jobs.parts.length > 0 ? { tint: 'warning' as const } : {}),
    contextValue: abilitiesOf(summary, detail, allowed).join(' '),
    expandable: true,
  };
}

/** The words by which menus know what can be done with a cache. */
function abilitiesOf(
  summary: CacheSummary,
  detail: CacheDetail | undefined,
  allowed: boolean,
): readonly string[] {
  const memoized = isMemoization(summary);
  const looks = ['cache', ...(memoized ? ['memoization'] : [])];
  if (!allowed) return looks;
  const isImmutable = detail?.immutable === true;
  return [
    ...looks,
    ...(isImmutable ? ['immutable'] : [memoized ? 'prunable' : 'refreshable']),
    ...((detail?.lastAppliedBytes ?? 0) > 0 ? ['copied'] : []),
    summary.labels[CACHE_LABEL] === 'true' ? 'tracked' : 'trackable',
  ];
}

function amountOf(summary: CacheSummary, detail: CacheDetail | undefined): string {
  if (detail === undefined) {
    const { length } = summary.keys;
    return length === 0 ? 'size not read yet' : printCount(length, 'key', 'keys');
  }
  const size = printValueBytes(detail.bytes);
  return isMemoization(summary)
    ? `${printCount(detail.keys.length, 'entry', 'entries')} · ${size}`
    : size;
}

function ageOf(freshness: Freshness): string | undefined {
  if (freshness.kind === 'unknown') return undefined;
  return `${freshness.kind === 'stale' ? 'stale: ' : ''}refreshed ${printAge(freshness.age)}`;
}

const KEY_ICONS: Readonly<Record<KeyNode['detail']['format'], string>> = {
  JSON: 'json',
  YAML: 'symbol-structure',
  properties: 'list-flat',
  text: 'file-text',
  binary: 'file-binary',
};

function renderKey(node: KeyNode, { now, mayChange, ...known }: Known): Row {
  const { ref, summary, detail } = node;
  const isFrozen = known.detail(summary)?.immutable === true;
  const allowed = mayChange(ref) && !isFrozen;
  if (detail.memo !== undefined) return renderMemo(node, detail.memo, { now, allowed });
  const facts = factsOf(summary.annotations, detail.key);
  const freshness = freshnessOf(facts, now);
  const entries =
    detail.entries === undefined ? [] : [printCount(detail.entries, 'entry', 'entries')];
  const age = ageOf(freshness);
  return {
    label: detail.key,
    description: [
      ...entries,
      printValueBytes(detail.bytes),
      ...(detail.kind === 'binary' ? ['binary'] : []),
      ...(freshness.kind === 'stale' && age !== undefined ? [age] : []),
    ].join(' · '),
    tooltip: () => [
      `Key ${detail.key} of ${printCache(ref)} in context ${ref.context}`,
      `${detail.format}, ${printCount(detail.bytes, 'byte', 'bytes')}`,
      ...entries,
      ...(facts.source === undefined ? [] : [`Source: ${facts.source}`]),
      ...(facts.refreshed === undefined ? [] : [`Refreshed ${facts.refreshed}`]),
      ...(facts.maxAge === undefined ? [] : [`Age limit: ${facts.maxAge}`]),
    ],
    icon: KEY_ICONS[detail.format],
    ...(freshness.kind === 'stale' ? { tint: 'warning' as const } : {}),
    contextValue: allowed ? 'key refreshable editable' : 'key',
    expandable: false,
  };
}
