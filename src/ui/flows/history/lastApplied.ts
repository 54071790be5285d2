import { window } from 'vscode';
import { cacheGone } from '../../../domain/failure.ts';
import { ownersOf, ownerSentence } from '../../../domain/owners.ts';
import { LAST_APPLIED } from '../../../domain/facts.ts';
import { printCacheAndContext } from '../../../domain/ref.ts';
import { printBytes } from '../../../domain/size.ts';
import { bytesOf } from '../../../domain/text.ts';
import { say, type Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const NEVER = new AbortController().signal;

/** *Remove It*: the copy of all data that `kubectl apply` leaves in an annotation. */
export async function removeLastApplied(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Remove Last-Applied Copy');
  if (target === undefined) return;
  const { ref } = target;
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(ref, NEVER);
  if (cache === undefined) throw cacheGone(ref);
  const copy = cache.annotations[LAST_APPLIED];
  const place = printCacheAndContext(ref);
  if (copy === undefined) {
    say(`${place} has no last-applied copy.`);
    return;
  }
  // The copy is no content: nothing that a history keeps is lost. But whoever applies it has a say.
  const owners = ownersOf(cache, []).map((owner) => `\n${ownerSentence(owner)}`);
  const remove = 'Remove It';
  const answer = await window.showWarningMessage(
    `Remove the last-applied copy from ${place}?`,
    {
      modal: true,
      detail: `The annotation ${LAST_APPLIED} holds ${printBytes(bytesOf(copy))}: a copy of the data that kubectl apply made. The data stays. If somebody applies this ConfigMap from a manifest again, keys that left the manifest are not deleted that time, and the copy comes back unless they use --server-side.${owners.join('')}`,
    },
    remove,
  );
  if (answer !== remove) return;
  const nothing = { values: new Map(), removed: new Map() };
  const write = { ref, ...nothing, annotations: { [LAST_APPLIED]: null } };
  const outcome = await cluster.changeKeys(write, cache.resourceVersion, NEVER);
  if (outcome.kind === 'gone') throw cacheGone(ref);
  // Without an answer only the cluster can tell.
  const isUnclear = outcome.kind === 'unanswered';
  if (outcome.kind === 'written' || (isUnclear && !(await hasCopy(session, target)))) {
    say(`The last-applied copy was removed from ${place}.`);
    return;
  }
  if (isUnclear && outcome.failure !== undefined) throw outcome.failure;
  const why = isUnclear ? 'the connection broke' : 'it changed meanwhile';
  say(`The last-applied copy was not removed from ${place}: ${why}. Try again.`);
}

async function hasCopy(session: Session, { ref }: Target): Promise<boolean> {
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(ref, NEVER);
  if (cache === undefined) throw cacheGone(ref);
  return LAST_APPLIED in cache.annotations;
}
