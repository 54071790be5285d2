import { isFailure } from '../../domain/failure.ts';
import { FAR_KINDS, readersElsewhere, type FarKind } from '../../domain/readers/elsewhere.ts';
import type { Reader } from '../../domain/readers/reader.ts';
import type { Workload } from '../../domain/readers/workload.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { UnknownKind } from './followedNamespace.ts';
import type { WorkloadCluster } from '../ports.ts';

/** Who reads a cache from other namespaces, as far as those could be looked through. */
export interface FarReaders {
  readonly readers: readonly Reader[];
  readonly unknown: readonly UnknownKind[];
}

/**
 * Looks through all namespaces once. It may be a long way in a large cluster, and nothing that is found needs
 * a restart by hand: so it is done where a person asks for it, and not followed.
 */
export async function farReadersOf(
  ref: CacheRef,
  cluster: Pick<WorkloadCluster, 'listEverywhere'>,
  signal: AbortSignal,
): Promise<FarReaders> {
  const look = async (kind: FarKind): Promise<readonly Workload[] | UnknownKind> => {
    try {
      return await cluster.listEverywhere(ref.context, kind, signal);
    } catch (failure) {
      if (!isFailure(failure)) throw failure;
      return { kind, failure };
    }
  };
  const answers = await Promise.all(FAR_KINDS.map(look));
  const unknown = answers.filter((answer): answer is UnknownKind => 'failure' in answer);
  const all = answers.flatMap((answer) => ('failure' in answer ? [] : answer));
  return { readers: readersElsewhere(all, ref), unknown };
}
