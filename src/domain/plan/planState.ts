import type { CachePlan, KeyPlan } from './cachePlan.ts';
import { isFetched } from '../source.ts';
import { consequenceOf, type Consequence, type Verdict } from './verdict.ts';

/** A verdict and the key it was given for. */
export interface KeyVerdict {
  readonly key: string;
  readonly verdict: Verdict;
}

/** What may be done with a plan as a whole. */
export type PlanState =
  | { readonly kind: 'nothingToChange' }
  | { readonly kind: 'refused'; readonly because: readonly KeyVerdict[] }
  | { readonly kind: 'ask'; readonly losses: readonly KeyVerdict[] }
  | { readonly kind: 'ready' };

/** The keys whose content differs: the ones that are written. */
export function changedKeys(plan: CachePlan): readonly KeyPlan[] {
  return plan.keys.filter(({ verdicts }) => verdicts.every(({ kind }) => kind !== 'unchanged'));
}

/** What would be lost by a plan, also by one that is refused for something else. */
export function lossesOf(plan: CachePlan): readonly KeyVerdict[] {
  return verdictsOf(plan, 'ask');
}

/** Sums up the verdicts of a plan. One refusal refuses the whole: a plan is applied as shown or not. */
export function stateOf(plan: CachePlan): PlanState {
  const because = verdictsOf(plan, 'refuse');
  if (because.length > 0) return { kind: 'refused', because };
  if (changedKeys(plan).length === 0) return { kind: 'nothingToChange' };
  const losses = lossesOf(plan);
  return losses.length > 0 ? { kind: 'ask', losses } : { kind: 'ready' };
}

function verdictsOf({ keys }: CachePlan, which: Consequence): readonly KeyVerdict[] {
  return keys.flatMap(({ key, verdicts, source }) =>
    verdicts.flatMap((verdict) =>
      consequenceOf(verdict, isFetched(source)) === which ? [{ key, verdict }] : [],
    ),
  );
}
