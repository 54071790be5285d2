import type { CachePlan, NewContent } from '../domain/plan/cachePlan.ts';
import { cacheExists } from '../domain/failure.ts';
import type { CacheRef } from '../domain/ref.ts';
import type { Changes } from './changes.ts';

/** A plan that creates a cache with this content. Throws a `Failure` where a ConfigMap has that name. */
export async function planCreation(
  changes: Pick<Changes, 'plan'>,
  { ref, content }: { readonly ref: CacheRef; readonly content: NewContent },
  signal: AbortSignal,
): Promise<CachePlan> {
  const plan = await changes.plan(ref, [content], signal);
  if (plan.before !== undefined) throw cacheExists(ref);
  return plan;
}
