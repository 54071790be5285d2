import { window } from 'vscode';
import { problemOfName } from '../../domain/cache.ts';
import { cacheGone } from '../../domain/failure.ts';
import { namespaceOf, type NamespaceRef } from '../../domain/ref.ts';
import { pickContext } from '../pickers.ts';
import { isNode } from '../tree/node.ts';
import { namesIn, problemOfNames } from './names.ts';
import { inProgress, type Session } from './session.ts';

const TITLE = 'Name Caches';

/**
 * *Name Caches*: which ConfigMaps of a namespace are looked at where they cannot be listed. Only those are
 * remembered that can be read. Throws the failure of the first that cannot.
 */
export async function nameCaches(session: Session, argument: unknown): Promise<void> {
  const where = placeOf(argument) ?? (await askForPlace(session));
  if (where === undefined) return;
  const { remembered, operations } = session;
  const { context, namespace } = where;
  const answer = await window.showInputBox({
    title: `Caches of ${namespace} in ${context}`,
    prompt:
      'The ConfigMaps cannot be listed. Name those that you may read, with commas between them.',
    value: remembered.cachesOf(context, namespace).join(', '),
    validateInput: problemOfNames,
  });
  if (answer === undefined) return;
  const names = namesIn(answer);
  const { cluster } = await operations();
  await inProgress(`Reading ${names.join(', ')}`, async (_, signal) => {
    for (const name of names) {
      const ref = { ...where, name };
      if ((await cluster.readCache(ref, signal)) === undefined) throw cacheGone(ref);
    }
  });
  await remembered.setCaches(where, names);
}

/** The namespace that a row in place of its caches, or the button of a failure, is about. */
function placeOf(argument: unknown): NamespaceRef | undefined {
  if (typeof argument === 'string') return namespaceOf(argument);
  if (!isNode(argument)) return undefined;
  if (argument.kind === 'namespace') return argument;
  if (argument.kind !== 'notice' || argument.sight.kind !== 'failure') return undefined;
  const { nextStep, subject } = argument.sight.failure;
  return nextStep === 'nameCaches' && subject !== undefined ? namespaceOf(subject) : undefined;
}

async function askForPlace(session: Session): Promise<NamespaceRef | undefined> {
  const context = await pickContext(session, TITLE);
  if (context === undefined) return undefined;
  const namespace = await window.showInputBox({
    title: TITLE,
    prompt: `Namespace in ${context}`,
    validateInput: (text) => {
      const problem = problemOfName(text);
      return problem === undefined ? undefined : `Not allowed: ${problem}.`;
    },
  });
  return namespace === undefined ? undefined : { context, namespace };
}
