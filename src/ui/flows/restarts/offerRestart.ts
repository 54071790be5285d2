import { commands, window } from 'vscode';
import type { CachePlan } from '../../../domain/plan/cachePlan.ts';
import { changedKeys } from '../../../domain/plan/planState.ts';
import type { CacheChange } from '../../../domain/readers/reader.ts';
import {
  afterWriteSentences,
  brokenSentence,
  readersSentence,
  unknownSentence,
} from '../../../domain/readers/restartText.ts';
import { reloaderMarkOf } from '../../../domain/readers/tools.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { withoutLinks } from '../../../domain/text.ts';
import type { RestartPlan } from '../../../operations/restarts/restarts.ts';
import { COMMANDS } from '../../contributions.ts';
import { chooseAndRestart, planRestarts, type Wanted } from './restartReaders.ts';
import { readersIn } from '../../../operations/readers/readers.ts';
import type { WriteToUndo } from './restartReport.ts';
import { say, type Session } from '../session.ts';

/** Milliseconds for which something else waits until it is known who reads a cache. */
const PATIENCE = 2000;

/** Gives nothing after a while. */
function late(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE, undefined));
}

/** Who reads what a plan changes, in sentences for the question about it. */
export async function readersOf(session: Session, plan: CachePlan): Promise<string> {
  const { readers: all, changeTimes } = await session.operations();
  const earlier = changeTimes.earlier(plan.ref, new AbortController().signal);
  const found = await Promise.race([Promise.all([all.of(plan.ref), earlier]), late()]);
  if (found === undefined) return 'Who reads it is not known yet.';
  const picture = found[0];
  const readers = readersIn(picture, { earlier: found[1] });
  const removed = plan.keys.flatMap(({ key, before, after }) =>
    before !== undefined && after === undefined ? [key] : [],
  );
  const sentences = [
    readersSentence(readers, changeBy(plan)),
    brokenSentence(readers, removed),
    unknownSentence(picture.unknown),
  ];
  return sentences.flatMap((sentence) => sentence ?? []).join(' ');
}

function changeBy(plan: CachePlan): CacheChange {
  const mark = reloaderMarkOf(plan.before?.annotations ?? {});
  return { isImmutable: false, mark, keys: changedKeys(plan).map(({ key }) => key) };
}

/**
 * Says that a plan was written, and offers to restart the readers that need it. After an undo that followed a
 * failed restart, the same readers are offered at once.
 */
export async function tellWritten(
  session: Session,
  plan: CachePlan,
  { sentence, undo }: { readonly sentence: string; readonly undo: WriteToUndo },
): Promise<void> {
  const wanted = { change: changeBy(plan), undo };
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
    const isTold = afterWriteSentences(found).length > 0;
    if (isTold) offer(found, `${printCacheAndContext(plan.ref)} was saved.`, wanted);
  };
  offered().then(
    () => undefined,
    () => undefined,
  );
}

function offer(plan: RestartPlan, sentence: string | undefined, wanted: Wanted): void {
  const isNeeded = plan.lines.some(({ isWanted }) => isWanted);
  const message = [sentence, ...afterWriteSentences(plan), isNeeded ? wanted.caution : undefined]
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
