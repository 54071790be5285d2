import { commands, window } from 'vscode';
import type { CachePlan } from '../../../domain/plan/cachePlan.ts';
import { workloadId, type Workload } from '../../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { withoutLinks } from '../../../domain/text.ts';
import {
  isRenewed,
  isTroubled,
  restartSentences,
  wasRestarted,
} from '../../../operations/restarts/restartWords.ts';
import type { Restarted } from '../../../operations/restarts/restarts.ts';
import { COMMANDS } from '../../contributions.ts';
import { say, type Session } from '../session.ts';
import { showEvents } from './showEvents.ts';

const NEVER = new AbortController().signal;

/** Shows a plan as any other; given from outside, since showing one leads back here. */
export type ShowPlan = (session: Session, plan: CachePlan) => Promise<void>;

/** The write that led to restarts, and how the plan that takes it back is shown. */
export interface WriteToUndo {
  readonly write: string;
  readonly show: ShowPlan;
}

/** What was restarted, and what an undo of what was written needs. */
export interface RestartReport {
  readonly ref: CacheRef;
  readonly restarted: readonly Restarted[];
  /** Absent where nothing was written before. */
  readonly undo: WriteToUndo | undefined;
  readonly caution: string | undefined;
}

/** Says how restarts ended, and offers what helps where one did not end well. */
export async function report(session: Session, of: RestartReport): Promise<void> {
  const { ref, restarted, caution = '' } = of;
  const sentences = restartSentences(restarted).join(' ');
  const message = withoutLinks(`${printCacheAndContext(ref)}: ${sentences} ${caution}`.trim());
  if (restarted.every(isRenewed)) {
    say(message);
    return;
  }
  const stuck = restarted.filter(isTroubled);
  const [undo, events, readers] = ['Undo', 'Show Events', 'Show Readers'] as const;
  const buttons = [
    ...(stuck.length > 0 && of.undo !== undefined ? [undo] : []),
    ...(stuck.length > 0 ? [events] : []),
    readers,
  ];
  const hasFailed = restarted.some(({ outcome }) => outcome.kind === 'failed');
  const answer = hasFailed
    ? await window.showErrorMessage(message, ...buttons)
    : await window.showWarningMessage(message, ...buttons);
  if (answer === undo && of.undo !== undefined) await undoAndRestart(session, of, of.undo);
  if (answer === events) await showEvents(session, stuck.map(workloadOf));
  if (answer === readers) {
    await commands.executeCommand(COMMANDS.showReaders, { kind: 'cache', ref });
  }
}

function workloadOf({ reader }: Restarted): Workload {
  return reader.workload;
}

/** Puts the content from before that write back, as a plan like any other, and then offers the same readers. */
async function undoAndRestart(
  session: Session,
  { ref, restarted }: RestartReport,
  { write, show }: WriteToUndo,
): Promise<void> {
  const { undo } = await session.operations();
  const plan = await undo.planUndoOf(ref, write, NEVER);
  const touched = restarted.filter(wasRestarted);
  session.previews.restartAfter.set(
    plan,
    new Set(touched.map(({ reader }) => workloadId(reader.workload.ref))),
  );
  await show(session, plan);
}
