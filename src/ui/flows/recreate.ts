import { ProgressLocation, window } from 'vscode';
import type { CacheContent } from '../../domain/cache.ts';
import type { CachePlan } from '../../domain/cachePlan.ts';
import { cacheGone } from '../../domain/failure.ts';
import { printCacheAndContext } from '../../domain/ref.ts';
import type { NewCache } from '../../operations/written.ts';
import type { RecreateOutcome } from '../../operations/recreation.ts';
import { say, type Session } from './session.ts';
import { targetOf } from './target.ts';

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
  await recreate(session, cache, {
    after: recreation.changeable(cache),
    what: 'It will hold the same content, and be changeable from then on.',
  });
}

/** Makes an immutable cache anew with the content of a plan; it is immutable again. */
export async function recreateWith(session: Session, plan: CachePlan): Promise<void> {
  if (plan.before === undefined) return;
  const { recreation } = await session.operations();
  await recreate(session, plan.before, {
    after: await recreation.changed(plan.before, plan),
    what: 'It will hold the new content, and be immutable again.',
  });
}

async function recreate(
  session: Session,
  before: CacheContent,
  { after, what }: { after: NewCache; what: string },
): Promise<void> {
  if (!(await isMeant(before, what))) return;
  const { recreation } = await session.operations();
  const place = printCacheAndContext(before.ref);
  const outcome = await window.withProgress(
    { location: ProgressLocation.Window, title: `Recreating ${place}` },
    () => recreation.recreate(before, after, NEVER),
  );
  tell(place, outcome);
}

async function isMeant({ ref }: CacheContent, what: string): Promise<boolean> {
  const go = 'Recreate...';
  const place = printCacheAndContext(ref);
  const answer = await window.showWarningMessage(
    `Delete ${place} and create it again?`,
    {
      modal: true,
      detail: `${what}\nPods that run go on with the content that they have until they are restarted: nothing tells them of the new ConfigMap. Pods that start in the moment between the two wait for it. What is there now is kept in the history, and put back if it cannot be created again.`,
    },
    go,
  );
  if (answer !== go) return false;
  const typed = await window.showInputBox({
    title: `Recreate ${place}`,
    prompt: `Type ${ref.name} to confirm`,
    validateInput: (text) => (text === ref.name ? undefined : `Type ${ref.name}.`),
    ignoreFocusOut: true,
  });
  return typed === ref.name;
}

function tell(place: string, outcome: RecreateOutcome): void {
  switch (outcome.kind) {
    case 'recreated':
      say(`${place} was recreated. Pods that run see it after a restart.`);
      return;
    case 'conflict':
      say(`${place} changed meanwhile, and nothing was done. Try again.`);
      return;
    case 'putBack':
      say(`${place} could not be recreated, and was put back as it was. ${outcome.because}`);
      return;
    case 'taken':
      say(
        `${place} was deleted, and somebody else created one of its name before us: that one was left alone. Show History has what was there.`,
      );
  }
}
