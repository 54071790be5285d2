import { commands, ProgressLocation, window } from 'vscode';
import type { CachePlan } from '../../../domain/plan/cachePlan.ts';
import { changeBy } from '../../../domain/readers/cacheChange.ts';
import { afterWriteSentences } from '../../../domain/readers/restartText.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { withoutIcons, withoutLinks } from '../../../domain/text.ts';
import { whoReads, type PlannedChange } from '../../../operations/readers/whoReads.ts';
import type { RestartPlan } from '../../../operations/restarts/restarts.ts';
import { COMMANDS } from '../../contributions.ts';
import { chooseAndRestart, planRestarts, type Wanted } from './restartReaders.ts';
import type { WriteToUndo } from './restartReport.ts';
import { isCancellation } from '../../lifetime.ts';
import { lookingFor } from './readerPick.ts';
import { inProgress, say, type Session } from '../session.ts';

/** Milliseconds for which something else waits until it is known who reads a cache. */
const PATIENCE = 2000;

/** Gives nothing after a while. */
function late(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE, undefined));
}

/**
 * Who reads what a plan changes, in sentences for the question about it. They are waited for, since they may say
 * what the plan breaks; whoever does not want to wait goes on without.
 */
export async function readersOf(session: Session, plan: CachePlan): Promise<string> {
  const operations = await session.operations();
  const removed = plan.keys.flatMap(({ key, before, after }) =>
    before !== undefined && after === undefined ? [key] : [],
  );
  const of = { ref: plan.ref, change: changeBy(plan), removed };
  try {
    return await inProgress(lookingFor(plan.ref), () => whoReads(operations, of));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return 'Who reads it is not known: that was not waited for.';
  }
}

/** Who reads what is about to be changed, in sentences for a question that waits a little for them and no longer. */
export async function lookUpReaders(session: Session, of: PlannedChange): Promise<string> {
  const operations = await session.operations();
  const title = withoutIcons(`Looking up who reads ${printCacheAndContext(of.ref)}`);
  // In the status bar: a notification could keep the one away that asks.
  return await window.withProgress({ location: ProgressLocation.Window, title }, () =>
    whoReads(operations, of, late()),
  );
}

/**
 * Says that a plan was written, and offers to restart the readers that need it. After an undo that followed a
 * failed restart, the same readers are offered at once.
 */
export async function tellWritten(
  session: Session,
  plan: CachePlan,
  { sentence, ...of }: { readonly sentence: string } & Pick<Wanted, 'undo' | 'caution'>,
): Promise<void> {
  const wanted = { change: changeBy(plan), ...of };
  const ticked = session.previews.restartAfter.get(plan);
  if (ticked === undefined) {
    await tellChanged(session, plan.ref, sentence, wanted);
    return;
  }
  say(sentence);
  await chooseAndRestart(session, plan.ref, () => Promise.resolve({ ...wanted, ticked }));
}

/**
 * Says what was done to a cache, and offers to restart the readers that need it. It does not wait for the
 * answer, which may never come.
 */
export async function tellChanged(
  session: Session,
  ref: CacheRef,
  sentence: string,
  wanted: Wanted,
): Promise<void> {
  const signal = new AbortController().signal;
  const planned = planRestarts(session, ref, wanted.change, signal).catch((): RestartPlan => ({
    ref,
    lines: [],
    unknown: [],
  }));
  const soon = await Promise.race([planned, late()]);
  if (soon !== undefined) {
    offer(soon, sentence, wanted);
    return;
  }
  // What was done is not kept back for what is still asked.
  say(sentence);
  planned.then(
    (plan) => {
      offer(plan, undefined, wanted);
    },
    () => undefined,
  );
}

/** Offers the same after a key was saved, which the editor itself shows: only where there is something to tell. */
export function offerAfterSave(session: Session, plan: CachePlan, undo: WriteToUndo): void {
  const wanted = { change: changeBy(plan), undo };
  const offered = async () => {
    const signal = new AbortController().signal;
    const found = await planRestarts(session, plan.ref, wanted.change, signal);
    const isTold = afterWriteSentences(found, wanted.change).length > 0;
    if (isTold) offer(found, `${printCacheAndContext(plan.ref)} was saved.`, wanted);
  };
  offered().then(
    () => undefined,
    () => undefined,
  );
}

function offer(plan: RestartPlan, sentence: string | undefined, wanted: Wanted): void {
  const isNeeded = plan.lines.some(({ isWanted }) => isWanted);
  const message = [
    sentence,
    ...afterWriteSentences(plan, wanted.change),
    isNeeded ? wanted.caution : undefined,
  ]
    .flatMap((each) => each ?? [])
    .join(' ');
  if (!isNeeded) {
    if (message !== '') say(message);
    return;
  }
  const restart = 'Restart Readers...';
  window.showInformationMessage(withoutLinks(message), restart).then(
    (answer) => {
      // As a command, so that what fails is shown like that of any other.
      if (answer === restart) start(plan.ref, wanted);
    },
    () => undefined,
  );
}

function start(ref: CacheRef, wanted: Wanted): void {
  commands.executeCommand(COMMANDS.restartReaders, { kind: 'cache', ref }, wanted).then(
    () => undefined,
    () => undefined,
  );
}
