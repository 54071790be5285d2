import { commands, window } from 'vscode';
import type { CachePlan } from '../../domain/cachePlan.ts';
import { workloadId } from '../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../domain/ref.ts';
import { withoutLinks } from '../../domain/text.ts';
import { isRenewed, restartSentences } from '../../operations/restartWords.ts';
import type { Restarted } from '../../operations/restarts.ts';
import { COMMANDS } from '../contributions.ts';
import { say, type Session } from './session.ts';
import { showEvents } from './showEvents.ts';

const NEVER = new AbortController().signal;

/** Shows a plan as any other; given from outside, since showing one leads back here. */
export type ShowPlan = (session: Session, plan: CachePlan) => Promise<void>;

/** What was restarted, and what an undo of it needs. */
export interface RestartReport {
  readonly ref: CacheRef;
  readonly restarted: readonly Restarted[];
  readonly show: ShowPlan;
}

/** Says how restarts ended, and offers what helps where one failed. */
export async function report(session: Session, of: RestartReport): Promise<void> {
  const { ref, restarted } = of;
  const sentences = restartSentences(restarted).join(' ');
  const message = withoutLinks(`${printCacheAndContext(ref)}: ${sentences}`);
  if (restarted.every(isRenewed)) {
    say(message);
    return;
  }
  const failed = restarted.filter(({ outcome }) => outcome.kind === 'failed');
  const [undo, events, readers] = ['Undo', 'Show Events', 'Show Readers'] as const;
  const answer =
    failed.length > 0
      ? await window.showErrorMessage(message, undo, events, readers)
      : await window.showWarningMessage(message, readers);
  if (answer === undo) await undoAndRestart(session, of);
  if (answer === events)
    await showEvents(
      session,
      failed.map(({ reader }) => reader.workload),
    );
  if (answer === readers)
    await commands.executeCommand(COMMANDS.showReaders, { kind: 'cache', ref });
}

/** Puts the previous content back, as a plan like any other, and then offers the same readers. */
async function undoAndRestart(
  session: Session,
  { ref, restarted, show }: RestartReport,
): Promise<void> {
  const { undo } = await session.operations();
  const plan = await undo.planUndo(ref, NEVER);
  const touched = restarted.filter(({ outcome }) => outcome.kind !== 'notStarted');
  session.previews.restartAfter.set(
    plan,
    new Set(touched.map(({ reader }) => workloadId(reader.workload.ref))),
  );
  await show(session, plan);
}
