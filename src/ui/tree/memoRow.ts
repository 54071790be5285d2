import { printAge } from '../../domain/freshness.ts';
import type { KeyDetail } from '../../domain/detail.ts';
import { sortMemos, type MemoEntry, type MemoOrder } from '../../domain/memoization.ts';
import { printCache } from '../../domain/ref.ts';
import { printBytes, printCount } from '../../domain/size.ts';
import type { KeyNode } from './node.ts';
import type { Row } from './render.ts';

type Words = Pick<Row, 'description' | 'icon' | 'tint'> & { readonly lines: readonly string[] };

/** The row of one entry of an Argo memoization map: it can be looked at and deleted, and no more. */
export function renderMemo(
  { ref, detail }: KeyNode,
  memo: MemoEntry,
  { now, allowed }: { readonly now: number; readonly allowed: boolean },
): Row {
  const { lines, ...words } = memo.kind === 'malformed' ? unusable(memo) : usable(memo, now);
  return {
    ...words,
    label: detail.key,
    description: `${words.description} · ${printBytes(detail.bytes)}`,
    tooltip: () => [
      `Entry ${detail.key} of ${printCache(ref)} in context ${ref.context}`,
      ...lines,
      printCount(detail.bytes, 'byte', 'bytes'),
    ],
    contextValue: allowed ? 'key memoized' : 'key',
    expandable: false,
  };
}

function unusable({ problem }: Extract<MemoEntry, { kind: 'malformed' }>): Words {
  return {
    description: `not usable: ${problem}`,
    icon: 'warning',
    tint: 'warning',
    lines: [
      `Argo cannot use this entry: ${problem}.`,
      'Where an entry cannot be read, the step that asks for it fails, and Argo stops cleaning up this map.',
    ],
  };
}

function usable(
  { created, lastHit, nodeId }: Extract<MemoEntry, { kind: 'entry' }>,
  now: number,
): Words {
  const ago = (time: number) => printAge(Math.max(0, now - time));
  const parts = [
    lastHit === undefined ? 'never hit' : `hit ${ago(lastHit)}`,
    ...(created === undefined ? [] : [`created ${ago(created)}`]),
  ];
  return {
    description: parts.join(' · '),
    icon: 'symbol-event',
    lines: [
      `Node ${nodeId}`,
      ...(created === undefined ? [] : [`Created ${new Date(created).toISOString()}`]),
      ...(lastHit === undefined ? [] : [`Last hit ${new Date(lastHit).toISOString()}`]),
    ],
  };
}

/** The keys as they come; entries of a memoization map as the person wants them. */
export function inOrder(keys: readonly KeyDetail[], order: MemoOrder): readonly KeyDetail[] {
  return keys.some(({ memo }) => memo !== undefined) ? sortMemos(keys, order) : keys;
}
