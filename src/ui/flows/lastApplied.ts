import { window } from 'vscode';
import { cacheGone } from '../../domain/failure.ts';
import { LAST_APPLIED } from '../../domain/facts.ts';
import { printCacheAndContext } from '../../domain/ref.ts';
import { printBytes } from '../../domain/size.ts';
import { say, type Session } from './session.ts';
import { targetOf } from './target.ts';

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
  const remove = 'Remove It';
  const answer = await window.showWarningMessage(
    `Remove the last-applied copy from ${place}?`,
    {
      modal: true,
      detail: `The annotation ${LAST_APPLIED} holds ${printBytes(copy.length)}: a copy of the data that kubectl apply made. The data stays. If somebody applies this ConfigMap from a manifest again, keys that left the manifest are not deleted that time, and the copy comes back unless they use --server-side.`,
    },
    remove,
  );
  if (answer !== remove) return;
  const nothing = { values: new Map(), removed: new Map() };
  const write = { ref, ...nothing, annotations: { [LAST_APPLIED]: null } };
  const outcome = await cluster.changeKeys(write, cache.resourceVersion, NEVER);
  say(
    outcome.kind === 'written'
      ? `The last-applied copy was removed from ${place}.`
      : `${place} changed meanwhile, and nothing was removed. Try again.`,
  );
}
