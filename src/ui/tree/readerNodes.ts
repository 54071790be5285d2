import { worstFirst } from '../../domain/readers/restartText.ts';
import { isThere, stalePods, type KeyTimes } from '../../domain/readers/stalePods.ts';
import type { CacheRef } from '../../domain/ref.ts';
import { podsIn, readersIn, type ReadersPicture } from '../../operations/readers/readers.ts';
import type { ReaderNode } from './node.ts';

/** The rows of the readers, what needs something first. */
export function readerNodes(
  ref: CacheRef,
  picture: ReadersPicture,
  times: KeyTimes,
): readonly ReaderNode[] {
  const { isImmutable, mark = 'none' } = times;
  const change = { isImmutable, mark };
  return worstFirst(readersIn(picture, times), change).map((reader): ReaderNode => {
    const pods = podsIn(picture, reader.workload)?.filter(isThere);
    const stale = stalePods(reader, pods ?? [], times);
    return { kind: 'reader', ref, reader, change, pods, stale };
  });
}
