import { window, type QuickPickItem } from 'vscode';
import type { NewContent } from '../../../domain/plan/cachePlan.ts';
import { cacheGone } from '../../../domain/failure.ts';
import { parseDuration } from '../../../domain/freshness.ts';
import {
  MEMO_ORDERS,
  unusedSince,
  type Memo,
  type MemoOrder,
} from '../../../domain/memoization.ts';
import { printCacheAndContext } from '../../../domain/ref.ts';
import { printCount } from '../../../domain/size.ts';
import { keyTarget } from './keys.ts';
import { showPlan } from '../refresh/planFlow.ts';
import { say, type Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const NEVER = new AbortController().signal;

const ORDERS: Readonly<Record<MemoOrder, string>> = {
  key: 'Key',
  created: 'Created, newest first',
  lastHit: 'Last hit, newest first',
  size: 'Size, largest first',
};

/** *Sort Entries...* of memoization maps; remembered. True when an order was chosen. */
export async function sortEntries({ remembered, choice }: Session): Promise<boolean> {
  const now = choice.memoOrder();
  const items = MEMO_ORDERS.map((order): QuickPickItem & { order: MemoOrder } => ({
    label: ORDERS[order],
    ...(order === now ? { description: 'now' } : {}),
    order,
  }));
  const picked = await window.showQuickPick(items, {
    title: 'Sort Entries',
    placeHolder: 'Order of the entries of memoization maps',
  });
  if (picked !== undefined) await remembered.set('memoOrder', picked.order);
  return picked !== undefined;
}

/** *Delete Entry...*: Argo runs the step again when it is asked for next. */
export async function deleteEntry(session: Session, argument: unknown): Promise<void> {
  const target = await keyTarget(session, argument, 'Delete Entry');
  if (target !== undefined) await showRemovals(session, target, [target.key]);
}

/** *Delete Entries Older Than...*: those that were not hit, or where never hit not created, since then. */
export async function deleteOldEntries(session: Session, argument: unknown): Promise<void> {
  const title = 'Delete Entries Older Than';
  const target = await targetOf(session, argument, title);
  if (target === undefined) return;
  const { ref } = target;
  const text = await window.showInputBox({
    title,
    prompt: `Time since the last hit of an entry of ${printCacheAndContext(ref)}, such as 36h or 30d`,
    value: '30d',
    validateInput: (typed) =>
      parseDuration(typed) === undefined
        ? 'A number with s, m, h, d or w, such as 36h.'
        : undefined,
  });
  const age = text === undefined ? undefined : parseDuration(text);
  if (age === undefined) return;
  const memos = await memosOf(session, target);
  const keys = unusedSince(memos, Date.now() - age);
  const unusable = memos.filter(({ memo }) => memo?.kind !== 'entry').length;
  const left =
    unusable === 0
      ? ''
      : ` ${printCount(unusable, 'entry that Argo cannot use has', 'entries that Argo cannot use have')} no such time; Delete Entry deletes one.`;
  if (keys.length > 0) await showRemovals(session, target, keys, left.trim());
  else say(`No entry of ${printCacheAndContext(ref)} is older than ${text ?? ''}.${left}`);
}

async function memosOf(session: Session, { ref }: Target): Promise<readonly Memo[]> {
  const { inventory } = await session.operations();
  const detail = await inventory.read(ref, NEVER);
  if (detail === undefined) throw cacheGone(ref);
  return detail.keys;
}

async function showRemovals(
  session: Session,
  { ref }: Pick<Target, 'ref'>,
  keys: readonly string[],
  because = '',
): Promise<void> {
  const { changes } = await session.operations();
  const removals = keys.map((key): NewContent => ({
    key,
    source: { kind: 'editor' },
    content: undefined,
  }));
  await showPlan(session, await changes.plan(ref, removals, NEVER), because);
}
