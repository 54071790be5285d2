import { window } from 'vscode';
import type { CachePlan } from '../../domain/cachePlan.ts';
import { changedKeys } from '../../domain/planState.ts';
import type { CacheChange } from '../../domain/readers/reader.ts';
import { readersSentence, wantedSentence } from '../../domain/readers/restartText.ts';
import { workloadId } from '../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../domain/ref.ts';
import { withoutLinks } from '../../domain/text.ts';
import { isNode } from '../tree/node.ts';
import { pickReaders } from './restartPick.ts';
import { restart } from './restartProgress.ts';
import { report, type ShowPlan } from './restartReport.ts';
import { say, type Session } from './session.ts';
import { targetOf } from './target.ts';

const NEVER = new AbortController().signal;

/** Milliseconds for which a question waits until it is known who reads a cache. */
const PATIENCE = 2000;

/** *Restart Readers*: all that read a cache, or the one that it is called on. */
export async function restartReaders(
  session: Session,
  argument: unknown,
  show: ShowPlan,
): Promise<void> {
  const target = await targetOf(session, argument, 'Restart Readers');
  if (target === undefined) return;
  const one = isNode(argument) && argument.kind === 'reader' ? argument.reader.workload : undefined;
  const change = await changeOf(session, target.ref);
  const ticked = one && new Set([workloadId(one.ref)]);
  await chooseAndRestart(session, target.ref, { change, ticked, show });
}

/** What a change of a cache would be as it is now. */
export async function changeOf(session: Session, ref: CacheRef): Promise<CacheChange> {
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(ref, NEVER);
  return { isImmutable: cache?.immutable ?? false };
}

/** Who reads what a plan changes, as a sentence for the question about it; empty where that is not known soon. */
export async function readersOf(session: Session, plan: CachePlan): Promise<string> {
  const { readers } = await session.operations();
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE, undefined));
  const picture = await Promise.race([readers.of(plan.ref), late]);
  if (picture === undefined) return 'Who reads it is not known yet.';
  return readersSentence(picture.readers, changeBy(plan)) ?? '';
}

function changeBy(plan: CachePlan): CacheChange {
  return { isImmutable: false, keys: changedKeys(plan).map(({ key }) => key) };
}

/**
 * Says that a plan was written, and offers to restart the readers that need it. After an undo that followed a
 * failed restart, the same readers are offered at once.
 */
export async function tellWritten(
  session: Session,
  plan: CachePlan,
  { sentence, show }: { readonly sentence: string; readonly show: ShowPlan },
): Promise<void> {
  const change = changeBy(plan);
  const ticked = session.previews.restartAfter.get(plan);
  if (ticked !== undefined) {
    say(sentence);
    await chooseAndRestart(session, plan.ref, { change, ticked, show });
    return;
  }
  const { restarts } = await session.operations();
  const { lines } = await restarts.plan(plan.ref, change, NEVER).catch(() => NOTHING);
  const wanted = lines.filter(({ isWanted }) => isWanted);
  if (wanted.length === 0) {
    say(sentence);
    return;
  }
  const restart = 'Restart Readers...';
  const message = withoutLinks(`${sentence} ${wantedSentence(wanted)}`);
  const answer = await window.showInformationMessage(message, restart);
  if (answer === restart) await chooseAndRestart(session, plan.ref, { change, show });
}

const NOTHING = { lines: [] };

interface Wanted {
  readonly show: ShowPlan;
  readonly change: CacheChange;
  readonly ticked?: ReadonlySet<string> | undefined;
}

async function chooseAndRestart(
  session: Session,
  ref: CacheRef,
  { change, ticked, show }: Wanted,
): Promise<void> {
  const { restarts } = await session.operations();
  const { lines, unknown } = await restarts.plan(ref, change, NEVER);
  const place = printCacheAndContext(ref);
  if (lines.length === 0) {
    const blind = unknown.map(({ failure }) => failure.message).join(' ');
    say(`Nothing is known to read ${place}. ${blind}`.trim());
    return;
  }
  const title = `Restart Readers of ${place}`;
  const choice = await pickReaders({ title, lines, change, ticked });
  if (choice === undefined || choice.readers.length === 0) return;
  await report(session, { ref, restarted: await restart(session, ref, choice), show });
}
