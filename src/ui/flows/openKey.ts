import type { KeyDocuments } from '../documents/keyDocuments.ts';
import { pickKeyOf } from '../pickers.ts';
import type { Session } from './session.ts';
import { targetOf } from './target.ts';

/** *Open*: shows a key of a cache as a read-only document. */
export async function openKey(
  session: Session,
  documents: KeyDocuments,
  argument: unknown,
): Promise<void> {
  const target = await targetOf(session, argument, 'Open');
  if (target === undefined) return;
  const key = target.key ?? (await pickKeyOf(session, target.ref, 'Open'));
  if (key !== undefined) await documents.show(target.ref, key);
}
