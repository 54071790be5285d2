import type { CacheChange } from '../../../domain/readers/reader.ts';
import { workloadId } from '../../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { detailOrGone } from '../detailOrGone.ts';
import { isNode } from '../../tree/node.ts';
import { readerNodes } from '../../tree/readerNodes.ts';
import { pickReaders } from './restartPick.ts';
import { restart } from './restartProgress.ts';
import { report, type WriteToUndo } from './restartReport.ts';
import { say, type Session } from '../session.ts';
import { targetOf } from '../target.ts';

const NEVER = new AbortController().signal;

/** *Restart Readers*: of those that read a cache, the ones with pods from before; or the one that it is called on. */
export async function restartReaders(
  session: Session,
  argument: unknown,
  wanted?: unknown,
): Promise<void> {
  const target = await targetOf(session, argument, 'Restart Readers');
  if (target === undefined) return;
  const { ref } = target;
  if (isWanted(wanted)) {
    await chooseAndRestart(session, ref, wanted);
    return;
  }
  const detail = await detailOrGone(session, ref);
  const change = { isImmutable: detail.immutable, mark: detail.mark };
  const one = isNode(argument) && argument.kind === 'reader' ? argument.reader.workload : undefined;
  if (one !== undefined) {
    await chooseAndRestart(session, ref, { change, ticked: new Set([workloadId(one.ref)]) });
    return;
  }
  const { readers, changeTimes } = await session.operations();
  const [picture, times] = await Promise.all([readers.of(ref), changeTimes.of(ref, detail, NEVER)]);
  const stale = readerNodes(ref, picture, times).filter((node) => node.stale.length > 0);
  const ticked = new Set(stale.map(({ reader }) => workloadId(reader.workload.ref)));
  await chooseAndRestart(session, ref, { change, ticked });
}

/** What readers are to be restarted for. */
export interface Wanted {
  readonly change: CacheChange;
  /** Ids of workloads that are ticked; without them, those that need it. */
  readonly ticked?: ReadonlySet<string> | undefined;
  /** What was written before; absent where nothing was. */
  readonly undo?: WriteToUndo | undefined;
  /** What a person has to know of the result. */
  readonly caution?: string | undefined;
}

/** True for what our own offers call the command with; a menu gives a list of rows in its place. */
function isWanted(value: unknown): value is Wanted {
  return typeof value === 'object' && value !== null && 'change' in value;
}

/** Asks which readers of a cache are to be restarted, restarts them, and says how that ended. */
export async function chooseAndRestart(
  session: Session,
  ref: CacheRef,
  { change, ticked, undo, caution }: Wanted,
): Promise<void> {
  const { restarts } = await session.operations();
  const { lines, unknown } = await restarts.plan(ref, change, NEVER);
  const place = printCacheAndContext(ref);
  const blind = unknown.map(({ failure }) => failure.message).join(' ');
  if (lines.length === 0) {
    say(`Nothing is known to read ${place}. ${blind}`.trim());
    return;
  }
  const title = `Restart Readers of ${place}`;
  const choice = await pickReaders({ title, lines, change, ticked });
  if (choice === undefined || choice.readers.length === 0) return;
  await report(session, { ref, restarted: await restart(session, ref, choice), undo, caution });
}
