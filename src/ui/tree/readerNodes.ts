import { worstFirst } from '../../domain/readers/restartText.ts';
import { isThere, stalePods, type KeyTimes } from '../../domain/readers/stalePods.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { ReadersPicture } from '../../operations/readers.ts';
import type { ReaderNode } from './node.ts';

/** The rows of those that have not ended, what needs something first. */
export function readerNodes(
  ref: CacheRef,
  { readers, workloads, unknown }: ReadersPicture,
  times: KeyTimes,
): readonly ReaderNode[] {
  const change = { isImmutable: times.isImmutable };
  const isBlind = unknown.some(({ kind }) => kind === 'Pod' || kind === 'ReplicaSet');
  const lasting = readers.filter(({ workload }) => workload.life !== 'ended');
  return worstFirst(lasting, change).map((reader): ReaderNode => {
    const { workload } = reader;
    const pods = (workload.pod ? [workload] : workloads.podsOf(workload)).filter(isThere);
    const stale = stalePods(reader, pods, times);
    return { kind: 'reader', ref, reader, change, pods: isBlind ? undefined : pods, stale };
  });
}
