import { ProgressLocation, window } from 'vscode';
import type { CacheContent } from '../../domain/cache.ts';
import type { CachePlan } from '../../domain/plan/cachePlan.ts';
import { cacheGone } from '../../domain/failure.ts';
import { ownersOf, ownerSentence } from '../../domain/owners.ts';
import { lossesOf } from '../../domain/plan/planState.ts';
import type { CacheChange } from '../../domain/readers/reader.ts';
import { reloaderMarkOf } from '../../domain/readers/tools.ts';
import { printCacheAndContext, type CacheRef } from '../../domain/ref.ts';
import { withoutIcons, withoutLinks } from '../../domain/text.ts';
import { firstLines, verdictSentence } from '../../domain/plan/verdictText.ts';
import type { NewCache } from '../../operations/written.ts';
import type { RecreateOutcome } from '../../operations/recreation.ts';
import { historyLimits } from '../settings.ts';
import { LINES, summaryOf } from './deed.ts';
import { lookUpReaders, tellChanged, tellWritten } from './restarts/offerRestart.ts';
import type { ShowPlan } from './restarts/restartReport.ts';
import { CAUTION } from './restarts/restartReaders.ts';
import { say, type Session } from './session.ts';
import { targetOf } from './target.ts';

const RECREATE = 'Recreate...';
const DISCARD = 'Discard';
const NEVER = new AbortController().signal;

/** *Recreate*: makes an immutable cache anew, as it is, so that its content can be changed. */
export async function recreateCache(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Recreate');
  if (target === undefined) return;
  const { cluster, recreation } = await session.operations();
  const cache = await cluster.readCache(target.ref, NEVER);
  if (cache === undefined) throw cacheGone(target.ref);
  if (!cache.immutable) {
    say(`${printCacheAndContext(cache.ref)} is not immutable: it can be changed as it is.`);
    return;
  }
  const outcome = await recreate(session, cache, {
    after: recreation.changeable(cache),
    what: 'It will hold the same content, and be changeable from then on.',
    doubts: ownersOf(cache, []).map(ownerSentence),
  });
  if (outcome === undefined) return;
  if (outcome.kind !== 'recreated') tellFailed(cache.ref, outcome);
  else {
    const mark = reloaderMarkOf(outcome.cache.annotations);
    await tellChanged(session, cache.ref, recreated(cache.ref), {
      change: { isImmutable: true, isSame: true, mark },
      caution: CAUTION,
    });
  }
}

/**
 * Shows the difference of a plan that is refused because the cache is immutable, and offers to make the cache
 * anew with it.
 */
export async function offerRecreation(
  session: Session,
  plan: CachePlan,
  show: ShowPlan,
): Promise<void> {
  await session.previews.show(plan);
  const question = `Recreate ${printCacheAndContext(plan.ref)} with this content? ${summaryOf(plan)}.`;
  const answer = await window.showInformationMessage(withoutLinks(question), RECREATE, DISCARD);
  if (answer === DISCARD) await session.previews.close(plan);
  if (answer !== RECREATE) return;
  if (session.previews.isShown(plan)) await recreateWith(session, plan, show);
  else say('That preview has ended. Nothing was written now.');
}

/**
 * Makes an immutable cache anew with the content of a plan that is shown; it is immutable again. `show` shows the
 * plan that takes it back.
 */
export async function recreateWith(
  session: Session,
  plan: CachePlan,
  show: ShowPlan,
): Promise<void> {
  if (plan.before === undefined) return;
  const { recreation } = await session.operations();
  const outcome = await recreate(session, plan.before, {
    after: await recreation.changed(plan.before, plan),
    what: 'It will hold the new content, and be immutable again.',
    doubts: [...lossesOf(plan).map(verdictSentence), ...plan.owners.map(ownerSentence)],
  });
  if (outcome === undefined) return;
  await session.previews.close(plan);
  if (outcome.kind !== 'recreated') tellFailed(plan.ref, outcome);
  else {
    await tellWritten(session, plan, {
      sentence: recreated(plan.ref),
      undo: { write: outcome.write, show },
      caution: CAUTION,
    });
  }
}

/** What an immutable cache is to be made into, and what a person has to know before that. */
interface Wanted {
  readonly after: NewCache;
  readonly what: string;
  /** What is lost, and who else has a say. */
  readonly doubts: readonly string[];
}

/** Asks, and makes it anew; nothing where the person does not want it. */
async function recreate(
  session: Session,
  before: CacheContent,
  wanted: Wanted,
): Promise<RecreateOutcome | undefined> {
  const { recreation } = await session.operations();
  // Nobody types a name for what cannot be.
  await recreation.check(before, wanted.after, NEVER);
  const who = await lookUpReaders(session, {
    ref: before.ref,
    change: changeOf(before.annotations),
    removed: [...before.values.keys()].filter((key) => !wanted.after.values.has(key)),
  });
  if (!(await isMeant(before, wanted, who))) return undefined;
  const place = printCacheAndContext(before.ref);
  return await window.withProgress(
    { location: ProgressLocation.Window, title: withoutIcons(`Recreating ${place}`) },
    () => recreation.recreate(before, wanted.after, NEVER),
  );
}

/** Pods read an immutable cache anew only when they are made anew, whatever of it has changed. */
function changeOf(annotations: CacheContent['annotations']): CacheChange {
  return { isImmutable: true, mark: reloaderMarkOf(annotations) };
}

async function isMeant(
  { ref }: CacheContent,
  { what, doubts }: Wanted,
  who: string,
): Promise<boolean> {
  const place = printCacheAndContext(ref);
  const back = isHistoryKept()
    ? 'What is there now is kept in the history, and put back if it cannot be created again.'
    : 'The history is off: what is there now is put back if it cannot be created again, and lost where that fails, too.';
  const pods =
    'Pods that run go on with the content that they have until they are restarted: nothing tells them of the new ConfigMap. Pods that start in the moment between the two wait for it.';
  const answer = await window.showWarningMessage(
    `Delete ${place} and create it again?`,
    {
      modal: true,
      detail: [what, ...firstLines(doubts, 3 * LINES), who, `${pods} ${back}`]
        .filter((line) => line !== '')
        .join('\n'),
    },
    RECREATE,
  );
  if (answer !== RECREATE) return false;
  const typed = await window.showInputBox({
    title: `Recreate ${place}`,
    prompt: `Type ${ref.name} to confirm`,
    validateInput: (text) => (text === ref.name ? undefined : `Type ${ref.name}.`),
    ignoreFocusOut: true,
  });
  return typed === ref.name;
}

function isHistoryKept(): boolean {
  return historyLimits().versionsPerKey > 0;
}

function recreated(ref: CacheRef): string {
  return `${printCacheAndContext(ref)} was recreated.`;
}

function tellFailed(
  ref: CacheRef,
  outcome: Exclude<RecreateOutcome, { readonly kind: 'recreated' }>,
): void {
  const place = printCacheAndContext(ref);
  switch (outcome.kind) {
    case 'conflict':
      say(`${place} changed meanwhile, and nothing was done. Try again.`);
      return;
    case 'putBack':
      say(`${place} could not be recreated, and was put back as it was. ${outcome.because}`);
      return;
    case 'taken':
      say(
        `${place} was deleted, and somebody else created one of its name before us: that one was left alone. ${isHistoryKept() ? 'Show History has what was there.' : 'The history is off: what was there is not kept.'}`,
      );
  }
}
