import { printCount } from '../size.ts';
import { briefly } from '../text.ts';
import type { RolloutState } from './rolloutState.ts';
import type { WorkloadKind } from './workload.ts';

/** How far a rollout is, by kubectl's rules. The words are a clause without its subject. */
export type Progress =
  | { readonly kind: 'progressing'; readonly words: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly words: string };

const progressing = (words: string): Progress => ({ kind: 'progressing', words });
const DONE: Progress = { kind: 'done' };

/**
 * The verdict on a rollout: the same questions in the same order as `kubectl rollout status`. Source: kubectl
 * `polymorphichelpers/rollout_status.go`; for a Rollout, that Argo has restarted all its pods and they are available.
 */
export function progressOf(kind: WorkloadKind, state: RolloutState): Progress {
  switch (kind) {
    case 'Deployment':
      return ofDeployment(state);
    case 'DaemonSet':
      return ofDaemonSet(state);
    case 'StatefulSet':
      return ofStatefulSet(state);
    case 'Rollout':
      return ofRollout(state);
    default:
      return { kind: 'failed', words: `${kind} objects are not rolled out` };
  }
}

const UNSEEN = progressing('waits for its controller to see the change');

function ofDeployment(state: RolloutState): Progress {
  const { generation, observed, desired, updated, current, available, conditions } = state;
  if (generation > observed) return UNSEEN;
  const deadline = conditions.find(({ type }) => type === 'Progressing');
  if (deadline?.reason === 'ProgressDeadlineExceeded') {
    return { kind: 'failed', words: 'made no progress within its deadline' };
  }
  if (updated < desired) return progressing(`${updated} of ${desired} new pods made`);
  if (current > updated)
    return progressing(`${printCount(current - updated, 'old pod', 'old pods')} still there`);
  if (available < updated) return progressing(`${available} of ${updated} new pods available`);
  return DONE;
}

const ON_DELETE: Progress = {
  kind: 'failed',
  words: 'replaces its pods only when they are deleted, so there is nothing to follow',
};

function ofDaemonSet({ strategy, generation, observed, ...state }: RolloutState): Progress {
  if (strategy !== 'RollingUpdate') return ON_DELETE;
  if (generation > observed) return UNSEEN;
  const { updated, desired, available } = state;
  if (updated < desired) return progressing(`${updated} of ${desired} new pods made`);
  if (available < desired) return progressing(`${available} of ${desired} new pods available`);
  return DONE;
}

function ofStatefulSet(state: RolloutState): Progress {
  const { strategy, generation, observed, desired, ready, partition, updated } = state;
  if (strategy !== 'RollingUpdate') return ON_DELETE;
  if (observed === 0 || generation > observed) return UNSEEN;
  if (ready < desired) return progressing(`${ready} of ${desired} pods ready`);
  if (partition !== undefined) {
    const wanted = desired - partition;
    return updated < wanted ? progressing(`${updated} of ${wanted} new pods made`) : DONE;
  }
  if (state.updateRevision !== state.currentRevision) {
    return progressing(`${updated} of ${desired} new pods made`);
  }
  return DONE;
}

/**
 * What is said of a Rollout beside its restart, such as that it pauses at a step or was aborted earlier, does
 * not end the restart: old pods gone and enough new ones available does.
 */
function ofRollout(state: RolloutState): Progress {
  const { generation, observed, restartedAt, restarted, phase, message, desired, available } =
    state;
  if (generation > observed) return UNSEEN;
  const asked = Date.parse(restartedAt);
  if (!Number.isNaN(asked) && !(Date.parse(restarted) >= asked)) {
    return progressing('old pods still there');
  }
  if (available >= desired) return DONE;
  if (phase === 'Degraded') return { kind: 'failed', words: briefly(message) || 'is degraded' };
  return progressing(`${available} of ${desired} pods available`);
}
