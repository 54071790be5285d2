import { ProgressLocation, window } from 'vscode';
import { notYetWritten } from '../../../domain/failure.ts';
import { ownerSentence } from '../../../domain/owners.ts';
import { stateOf } from '../../../domain/plan/planState.ts';
import { printCacheAndContext } from '../../../domain/ref.ts';
import { withoutIcons, withoutLinks } from '../../../domain/text.ts';
import type { CachePlan } from '../../../domain/plan/cachePlan.ts';
import {
  firstLines,
  limitSentences,
  missingSentence,
  verdictSentence,
} from '../../../domain/plan/verdictText.ts';
import type { Verdict } from '../../../domain/plan/verdict.ts';
import type { ChangeOutcome } from '../../../operations/changes.ts';
import { deedOf, LINES, summaryOf } from '../deed.ts';
import { recreateWith } from '../recreate.ts';
import { refuse } from '../refusal.ts';
import { readersOf, tellWritten } from '../restarts/offerRestart.ts';
import { openSource, workspaceSourceOf } from './workspaceSource.ts';
import { say, type Session } from '../session.ts';

const APPLY = 'Apply';
const DISCARD = 'Discard';
const EDIT = 'Edit the Source Instead';

/** Shows a plan as what it is: nothing to do, refused, or a difference that waits for an answer. */
export async function showPlan(session: Session, plan: CachePlan, because = ''): Promise<void> {
  const state = stateOf(plan);
  const place = printCacheAndContext(plan.ref);
  switch (state.kind) {
    case 'nothingToChange':
      say(
        `${because} Nothing to change: ${place} already holds this content.${because === '' ? ' Nothing was written.' : ''}`.trim(),
      );
      return;
    case 'refused':
      await refuse(session, plan, {
        because: state.because,
        show: (one) => showPlan(session, one),
      });
      return;
    case 'ask':
    case 'ready':
      await session.previews.show(plan);
      await offer(session, plan, because);
  }
}

/** Asks in a notification, too; the title of the preview has the same two actions. */
async function offer(session: Session, plan: CachePlan, because: string): Promise<void> {
  const verb = plan.before === undefined ? 'Create' : deedOf(plan).verb;
  const what = `${verb} ${printCacheAndContext(plan.ref)}? ${summaryOf(plan)}.`;
  const remarks = plan.keys.flatMap(({ key, verdicts }) =>
    verdicts.filter(isRemarkable).map((verdict) => verdictSentence({ key, verdict })),
  );
  const owners = plan.owners.map(ownerSentence);
  const [readers, file] = await Promise.all([
    readersOf(session, plan),
    workspaceSourceOf(session, plan),
  ]);
  const parts = [...firstLines(remarks, LINES), ...limitSentences(plan), ...owners, readers];
  const message = [because, what, missingSentence(plan), ...parts]
    .filter((part) => part !== '')
    .join(' ');
  const buttons = file === undefined ? [APPLY, DISCARD] : [APPLY, EDIT, DISCARD];
  const answer = await window.showInformationMessage(withoutLinks(message), ...buttons);
  if (answer === DISCARD || answer === EDIT) await session.previews.close(plan);
  if (answer === EDIT && file !== undefined) await openSource(file);
  if (answer !== APPLY) return;
  if (session.previews.isShown(plan)) await applyPlan(session, plan);
  else say('That preview has ended. Nothing was written now.');
}

function isRemarkable({ kind }: Verdict): boolean {
  return kind !== 'fits' && kind !== 'unchanged';
}

/**
 * Asks once more where something will be lost, or where somebody else has a say and the person has not
 * gone on in spite of that before; writes the plan, and says how it ended.
 */
export async function applyPlan(session: Session, plan: CachePlan): Promise<void> {
  if (stateOf(plan).kind === 'refused') {
    // Such a plan is on the screen only where the cache can be made anew with it.
    await recreateWith(session, plan, showPlan);
    return;
  }
  const outcome = await applied(session, plan);
  if (outcome !== undefined) await tell(session, plan, outcome);
}

/** Asks what has to be asked, and writes the plan. Nothing where the person does not want it. */
export async function applied(
  session: Session,
  plan: CachePlan,
): Promise<ChangeOutcome | undefined> {
  const state = stateOf(plan);
  const losses = state.kind === 'ask' ? state.losses.map(verdictSentence) : [];
  const owners = session.remembered.notAccepted(plan.ref, plan.owners).map(ownerSentence);
  if (!(await confirmed(session, plan, [...losses, ...owners]))) return undefined;
  if (owners.length > 0) await session.remembered.accept(plan.ref, plan.owners);
  const { changes } = await session.operations();
  // Not cancellable: a write that was sent has to be followed to its end.
  return await window.withProgress(
    {
      location: ProgressLocation.Window,
      title: withoutIcons(`Writing ${printCacheAndContext(plan.ref)}`),
    },
    () => changes.apply(plan, new AbortController().signal),
  );
}

async function confirmed(
  session: Session,
  plan: CachePlan,
  doubts: readonly string[],
): Promise<boolean> {
  if (doubts.length === 0) return true;
  const anyway = 'Apply Anyway';
  const file = await workspaceSourceOf(session, plan);
  const answer = await window.showWarningMessage(
    `Really write ${printCacheAndContext(plan.ref)}?`,
    { modal: true, detail: firstLines(doubts, 3 * LINES).join('\n') },
    anyway,
    ...(file === undefined ? [] : [EDIT]),
  );
  if (answer === EDIT && file !== undefined) {
    await session.previews.close(plan);
    await openSource(file);
  }
  return answer === anyway;
}

async function tell(session: Session, plan: CachePlan, outcome: ChangeOutcome): Promise<void> {
  const place = printCacheAndContext(plan.ref);
  switch (outcome.kind) {
    case 'written':
      await session.previews.close(plan);
      await tellWritten(session, plan, {
        sentence: `${place} was ${plan.before === undefined ? 'created' : deedOf(plan).done}. ${summaryOf(plan)}.${outcome.confirmedByReading ? READ_AGAIN : ''}`,
        undo: { write: outcome.write, show: showPlan },
      });
      return;
    case 'conflict':
    case 'gone':
    case 'overwritten':
    case 'overtaken':
      await session.previews.close(plan);
      passOn(session, plan, outcome.plan);
      await showPlan(session, outcome.plan, MEANWHILE[outcome.kind]);
      return;
    case 'notYet':
      await checkAgain(session, plan, outcome);
  }
}

/**
 * Says of a write that it was not seen, and looks again; it is sent once more only where it still was not:
 * both are for the same version, so that one of them at most is carried out.
 */
async function checkAgain(
  session: Session,
  plan: CachePlan,
  { failure, check }: Extract<ChangeOutcome, { kind: 'notYet' }>,
): Promise<void> {
  const again = 'Try Again';
  const sentence = withoutLinks(notYetWritten(plan.ref, failure));
  const answer = await window.showWarningMessage(sentence, 'Check Again', again);
  if (answer === undefined) return;
  const now = await check(new AbortController().signal);
  if (now.kind === 'notYet' && answer === again) await applyPlan(session, plan);
  else await tell(session, plan, now);
}

/** What was to happen after a plan happens after the one that takes its place. */
function passOn({ previews: { restartAfter } }: Session, from: CachePlan, to: CachePlan): void {
  const ids = restartAfter.get(from);
  if (ids !== undefined) restartAfter.set(to, ids);
}

const READ_AGAIN = ' No answer told of it; the cache was read again and holds the new content.';

const MEANWHILE = {
  overwritten:
    'The new content was written, and then somebody else wrote the cache, too. This is the difference to what it holds now.',
  overtaken:
    'No answer came, and somebody else wrote the cache meanwhile: whether the new content was there in between is not known. This is the difference to what it holds now.',
  conflict:
    'The cache changed meanwhile, and nothing was written. This is the difference to what it holds now.',
  gone: 'The cache was deleted meanwhile, and nothing was written. Applying this would create it again.',
} as const;
