import { parseTime } from './freshness.ts';
import { asText } from './text.ts';
import type { Value } from './content/content.ts';
import { isFields } from './readers/json.ts';

/**
 * What one key of an Argo memoization map holds: the result of a step, or something that Argo does not
 * take for one. Times are milliseconds since the epoch. Source: `Entry` in
 * workflow/controller/cache/cache.go of Argo Workflows.
 */
export type MemoEntry =
  | {
      readonly kind: 'entry';
      readonly nodeId: string;
      readonly created: number | undefined;
      readonly lastHit: number | undefined;
    }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Reads one key of a memoization map. What Argo could not use is malformed, and says why. */
export function memoEntryOf(key: string, value: Value): MemoEntry {
  const problem = (text: string): MemoEntry => ({ kind: 'malformed', problem: text });
  // Source: `cacheKeyRegex` in workflow/controller/cache/configmap_cache.go: Argo asks for no other key.
  if (!/^[a-zA-Z0-9][-a-zA-Z0-9]*$/.test(key)) return problem('its key is none that Argo asks for');
  const text = value.kind === 'text' ? asText(value.bytes) : undefined;
  if (text === undefined) return problem('it is binary');
  const entry = parse(text);
  if (!isFields(entry)) return problem('it is not a JSON object');
  const { nodeID = '', outputs, creationTimestamp, lastHitTimestamp } = entry;
  if (typeof nodeID !== 'string') return problem('nodeID is not a text');
  if (outputs !== undefined && outputs !== null && !isFields(outputs)) {
    return problem('outputs is not an object');
  }
  const created = timeOf(creationTimestamp);
  const lastHit = timeOf(lastHitTimestamp);
  if (Number.isNaN(created)) return problem('creationTimestamp is not a time');
  if (Number.isNaN(lastHit)) return problem('lastHitTimestamp is not a time');
  // Source: `Entry.Hit`.
  if (nodeID === '') return problem('it names no node, so that it is never hit');
  return { kind: 'entry', nodeId: nodeID, created, lastHit };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Nothing for a time that was never set, `NaN` for what is none. Source: `Time.UnmarshalJSON` of apimachinery. */
function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? parseTime(value) : Number.NaN;
}

/** One entry with its key and its size in bytes. */
export interface Memo {
  readonly key: string;
  readonly bytes: number;
  readonly memo?: MemoEntry | undefined;
}

/** What entries can be sorted by: names from A to Z, else what is newest or largest first. */
export const MEMO_ORDERS = ['key', 'created', 'lastHit', 'size'] as const;

/** One of the orders of entries. */
export type MemoOrder = (typeof MEMO_ORDERS)[number];

/** The entries in an order; those for which it tells nothing come last, and equal ones by their keys. */
export function sortMemos<T extends Memo>(memos: readonly T[], order: MemoOrder): readonly T[] {
  const byKey = memos.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  if (order === 'key') return byKey;
  const rank = ({ bytes, memo }: T): number => {
    if (order === 'size') return bytes;
    return (memo?.kind === 'entry' ? memo[order] : undefined) ?? -Infinity;
  };
  return byKey.toSorted((one, other) => {
    const [a, b] = [rank(one), rank(other)];
    return a === b ? 0 : b - a;
  });
}

/**
 * The keys of entries that were last hit, or where never hit were created, before `time`, in milliseconds
 * since the epoch. Of malformed ones nobody knows, and they are left.
 */
export function unusedSince(memos: readonly Memo[], time: number): readonly string[] {
  return memos
    .filter(({ memo }) => {
      const used = memo?.kind === 'entry' ? (memo.lastHit ?? memo.created) : undefined;
      return used !== undefined && used < time;
    })
    .map(({ key }) => key);
}
