import { window } from 'vscode';
import { cacheGone } from '../../../domain/failure.ts';
import type { KeyAddress } from '../../../operations/keys/keyAddress.ts';
import { uriOf } from '../../documents/keyAddress.ts';
import { isNode } from '../../tree/node.ts';
import { keyTarget } from './keys.ts';
import type { Session } from '../session.ts';

/** *Open*: a key as a file. A click previews it, as a click on a file does. */
export async function openKey(session: Session, argument: unknown): Promise<void> {
  const address = await addressFor(session, argument);
  if (address !== undefined) await window.showTextDocument(uriOf(address), { preview: true });
}

async function addressFor(session: Session, argument: unknown): Promise<KeyAddress | undefined> {
  if (isNode(argument) && argument.kind === 'key') {
    const { ref, summary, detail } = argument;
    return { ref, uid: summary.uid, key: detail.key };
  }
  const target = await keyTarget(session, argument, 'Open');
  if (target === undefined) return undefined;
  const { cluster } = await session.operations();
  const cache = await cluster.readCache(target.ref, new AbortController().signal);
  if (cache === undefined) throw cacheGone(target.ref);
  return { ...target, uid: cache.uid };
}
