import type { Uri } from 'vscode';
import type { Scaffold } from '../../../domain/manifests/scaffold.ts';
import { askInSteps, BACK, type Step } from '../../steps.ts';
import type { Session } from '../session.ts';
import { writeScaffold } from './writeScaffold.ts';

/** A scaffold that is asked for question by question. */
export interface AskedFor<A> {
  readonly title: string;
  readonly steps: readonly Step<A>[];
  /** The answers that are offered first. */
  readonly first: A;
  readonly scaffoldOf: (answers: A) => Promise<Scaffold>;
  /** The folder on which the command was called in the Explorer. */
  readonly parent: Uri | undefined;
}

/** Asks what a scaffold is made of, then shows and writes it; the way back from there leads to the last question. */
export async function scaffoldInSteps<A>(
  session: Session,
  { title, steps, first, scaffoldOf, parent }: AskedFor<A>,
): Promise<void> {
  let answers = await askInSteps(title, steps, first);
  while (answers !== undefined) {
    const ended = await writeScaffold(session, await scaffoldOf(answers), parent);
    if (ended !== BACK) return;
    answers = await askInSteps(title, steps, answers, 'last');
  }
}
