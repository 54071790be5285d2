import type { CacheChange } from '../../../domain/readers/reader.ts';
import { wantedAmong } from '../../../domain/readers/restartLine.ts';
import { workloadId } from '../../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { detailOrGone } from '../detailOrGone.ts';
import { isNode } from '../../tree/node.ts';
import { readerNodes } from '../../tree/readerNodes.ts';
import type { CacheDetail } from '../../../domain/detail.ts';
import type { RestartPlan } from '../../../operations/restarts/restarts.ts';
import { lookingFor } from './readerPick.ts';
import { pickReaders } from './restartPick.ts';
import { restart } from './restartProgress.ts';
import { report, type WriteToUndo } from './restartReport.ts';
import { inProgress, say, type Session } from '../session.ts';
import { targetOf } from '../target.ts';

/** *Restart Readers*: of those that read a cache, the ones with pods from before; or the one that it is called on. */
export async function restartReaders(
  session: Session,
  argument: unknown,
  wanted?: unknown,
): Promise<void> {
  const target = await targetOf(session, argument, 'Restart Readers');
  if (target === undefined) return;
  const { ref } = target;
  const one = isNode(argument) && argument.kind === 'reader' ? argument.reader.workload : undefined;
  await chooseAndRestart(session, ref, async (signal) => {
    if (isWanted(wanted)) return wanted;
    const detail = await detailOrGone(session, ref);
    const change = { isImmutable: detail.immutable, mark: detail.mark };
    if (one !== undefined) return { change, ticked: new Set([workloadId(one.ref)]) };
    return { change, stale: await staleReaders(session, ref, detail, signal) };
  });
}

/** The ids of the readers that have pods from before. */
async function staleReaders(
  session: Session,
  ref: CacheRef,
  detail: CacheDetail,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { readers, changeTimes } = await session.operations();
  const [picture, times] = await Promise.all([
    readers.of(ref),
    changeTimes.of(ref, detail, signal),
  ]);
  const stale = readerNodes(ref, picture, times).filter((node) => node.stale.length > 0);
  return new Set(stale.map(({ reader }) => workloadId(reader.workload.ref)));
}

/** What readers are to be restarted for. */
export interface Wanted {
  readonly change: CacheChange;
  /** Ids of workloads that are ticked; without them, those that need it. */
  readonly ticked?: ReadonlySet<string> | undefined;
  /** Ids of workloads with pods from before: of those that need it, they are ticked. */
  readonly stale?: ReadonlySet<string> | undefined;
  /** What was written before; absent where nothing was. */
  readonly undo?: WriteToUndo | undefined;
  /** What a person has to know of the result. */
  readonly caution?: string | undefined;
}

/** True for what our own offers call the command with; a menu gives a list of rows in its place. */
function isWanted(value: unknown): value is Wanted {
  return typeof value === 'object' && value !== null && 'change' in value;
}

/** The kubelet looks at an immutable ConfigMap once for all pods of its node. Source: its watch-based manager. */
export const CAUTION =
  'A pod that starts on a node where another still runs with the old content gets the old one, too: to be sure, scale to 0 and back.';

/** What could be restarted after a change of a cache, as the pods of its readers are. */
export async function planRestarts(
  session: Session,
  ref: CacheRef,
  change: CacheChange,
  signal: AbortSignal,
): Promise<RestartPlan> {
  const { restarts, changeTimes } = await session.operations();
  const earlier = await changeTimes.earlier(ref, signal);
  return await restarts.plan(ref, { ...change, earlier }, signal);
}

/** Asks which readers of a cache are to be restarted, restarts them, and says how that ended. */
export async function chooseAndRestart(
  session: Session,
  ref: CacheRef,
  find: (signal: AbortSignal) => Promise<Wanted>,
): Promise<void> {
  const place = printCacheAndContext(ref);
  const [{ change, stale, undo, caution, ...wanted }, plan] = await inProgress(
    lookingFor(ref),
    async (_, signal) => {
      const wanted = await find(signal);
      return [wanted, await planRestarts(session, ref, wanted.change, signal)] as const;
    },
  );
  const { lines, unknown } = plan;
  const blind = unknown.map(({ failure }) => failure.message).join(' ');
  if (lines.length === 0) {
    say(`Nothing is known to read ${place}. ${blind}`.trim());
    return;
  }
  const ticked = stale === undefined ? wanted.ticked : wantedAmong(lines, stale);
  const title = `Restart Readers of ${place}`;
  const choice = await pickReaders({ title, lines, change, ticked });
  if (choice === undefined || choice.readers.length === 0) return;
  const keeps = choice.readers.some(({ keepsEarlier }) => keepsEarlier === 'certainly');
  const restarted = await restart(session, ref, choice);
  await report(session, { ref, restarted, undo, caution: keeps ? CAUTION : caution });
}
