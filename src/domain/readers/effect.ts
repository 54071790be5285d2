import type { Use } from './use.ts';
import type { Life } from './life.ts';

/**
 * What it takes until a reader has new content: nothing but a delay; a restart; a new pod, since the kubelet
 * no longer looks at an immutable ConfigMap; its next run. Or it will never have it; or nobody can tell.
 */
export type Effect = 'live' | 'restart' | 'recreate' | 'nextRun' | 'never' | 'unknown';

/** From the worst on: what one place of a reader needs, all of it needs. */
export const WORST_FIRST: readonly Effect[] = [
  'recreate',
  'restart',
  'never',
  'unknown',
  'nextRun',
  'live',
];

/** The worst of some effects; nothing where there are none. */
export function worstOf(effects: readonly Effect[]): Effect | undefined {
  return WORST_FIRST.find((effect) => effects.includes(effect));
}

/**
 * What a change of the ConfigMap does at one place of a workload whose pods have that life. Source: the API
 * reference of volumes, `subPath` and environment variables, and for Argo its operator.
 */
export function effectOf(use: Use, life: Life, isImmutable: boolean): Effect {
  const effect = effectWhereMutable(use, life);
  return isImmutable && (effect === 'live' || effect === 'restart') ? 'recreate' : effect;
}

function effectWhereMutable({ way, role, place, subPath }: Use, life: Life): Effect {
  if (life === 'ended') return 'never';
  switch (way) {
    case 'text':
    case 'declared':
    case 'template':
    case 'unrecognized':
      return 'unknown';
    case 'semaphore':
    case 'memoization':
      // The controller reads them each time.
      return 'live';
    case 'artifactRepository':
      // A Workflow keeps what it found when it began.
      return life === 'running' ? 'never' : 'nextRun';
    case 'parameter':
      return life === 'running' && place === 'spec' ? 'unknown' : 'nextRun';
    case 'volume':
    case 'projected':
      return ofPods(life, role !== 'init' && role !== 'none' && subPath === undefined);
    case 'env':
    case 'envFrom':
      return ofPods(life, false);
  }
}

/** The effect on pods of which this place follows the ConfigMap, or is what it was when they began. */
function ofPods(life: Exclude<Life, 'ended'>, follows: boolean): Effect {
  switch (life) {
    case 'lasting':
      return follows ? 'live' : 'restart';
    case 'bare':
      return follows ? 'live' : 'never';
    case 'running':
    case 'toCome':
      return 'nextRun';
  }
}
