import { env } from 'vscode';
import { questionsFor, roleFor } from '../../domain/accessRequest.ts';
import { printCacheAndContext } from '../../domain/ref.ts';
import { inProgress, say, type Session } from './session.ts';
import { targetOf } from './target.ts';

const TITLE = 'Copy Access Request';

/** *Copy Access Request*: copies the smallest Role that gives what is missing for a cache. */
export async function copyAccessRequest(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, TITLE);
  if (target === undefined) return;
  const { context, namespace, name } = target.ref;
  const { cluster } = await session.operations();
  const place = printCacheAndContext(target.ref);
  const questions = questionsFor(namespace, name);
  const answers = await inProgress('Asking what you may do', async (_, signal) =>
    Promise.all(questions.map((question) => cluster.may(context, question, signal))),
  );
  const missing = questions.flatMap(({ verb }, index) => (answers[index] === true ? [] : [verb]));
  if (missing.length === 0) {
    say(`You may see and refresh ${place}: there is nothing to ask for.`);
    return;
  }
  await env.clipboard.writeText(roleFor(namespace, name, missing));
  say(`A Role with what you may not do with ${place} was copied: ${missing.join(', ')}.`);
}
