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
  try {
    return await inProgress(lookingFor(plan.ref), (_, signal) => toldOf(session, plan, signal));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return 'Who reads it is not known: that was not waited for.';
  }
}

async function toldOf(session: Session, plan: CachePlan, signal: AbortSignal): Promise<string> {
  const { readers: all, changeTimes } = await session.operations();
  const [picture, earlier] = await Promise.all([
    all.of(plan.ref),
    changeTimes.earlier(plan.ref, signal),
  ]);
  const readers = readersIn(picture, { earlier });
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
  // Such a one is made anew, and nobody who read it follows that.
  const isImmutable = plan.before?.immutable === true;
  return { isImmutable, mark, keys: changedKeys(plan).map(({ key }) => key) };
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
