import type { CacheDetail } from '../../domain/detail.ts';
import { cacheGone } from '../../domain/failure.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { Session } from './session.ts';

/** What is known of a cache as the cluster has it now. Throws a `Failure` where it is not there any more. */
export async function detailOrGone(session: Session, ref: CacheRef): Promise<CacheDetail> {
  const { inventory } = await session.operations();
  const detail = await inventory.read(ref, new AbortController().signal);
  if (detail === undefined) throw cacheGone(ref);
  return detail;
}
