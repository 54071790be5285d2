import type { CacheContent } from '../domain/cache.ts';
import type { CachePlan } from '../domain/plan/cachePlan.ts';
import { sameValue, type Value } from '../domain/content/content.ts';
import { CACHE_LABEL } from '../domain/facts.ts';
import type { Failure } from '../domain/failure.ts';
import type { OwnerReference } from '../domain/owners.ts';
import type { CacheRef } from '../domain/ref.ts';
import type { CacheWrite } from './ports.ts';

/** A ConfigMap that is to be made. */
export interface NewCache {
  readonly ref: CacheRef;
  readonly values: ReadonlyMap<string, Value>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
  readonly owners?: readonly OwnerReference[];
}

/** How a write ended, as far as the answer tells. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly cache: CacheContent }
  /** The object is no longer at the version that the write was made for, or is already there. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'gone' }
  | Unanswered;

/** A write was sent, and no answer tells how it ended: it may or may not have been carried out. */
export interface Unanswered {
  readonly kind: 'unanswered';
  readonly detail: string;
  /** What the server said in place of that, where the connection did not break: true if it was not. */
  readonly failure?: Failure;
}

/** A plan was written, as the answer tells or what was read after it. */
export interface Written {
  readonly kind: 'written';
  readonly cache: CacheContent;
  readonly confirmedByReading: boolean;
  /** The id of the write in the history. */
  readonly write: string;
}

/** How a deletion ended, as far as the answer tells. */
export type DeleteOutcome =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'gone' }
  | Unanswered;

/** The ConfigMap that the write of a plan makes where there was none. */
export function newCacheOf(
  { birth }: CachePlan,
  { ref, values, annotations }: CacheWrite,
): NewCache {
  const facts = Object.entries(annotations).filter(([, value]) => value !== null);
  return {
    ref,
    values,
    labels: birth?.labels ?? { [CACHE_LABEL]: 'true' },
    annotations: {
      ...birth?.annotations,
      ...(Object.fromEntries(facts) as Record<string, string>),
    },
    immutable: birth?.immutable ?? false,
  };
}

/** True when the cache holds every value and annotation of the write, its time stamp included. */
export function holds(cache: CacheContent, { values, removed, annotations }: CacheWrite): boolean {
  const is = (key: string, value: Value | undefined) => sameValue(cache.values.get(key), value);
  return (
    [...values].every(([key, value]) => is(key, value)) &&
    [...removed.keys()].every((key) => is(key, values.get(key))) &&
    Object.entries(annotations).every(
      ([name, value]) => cache.annotations[name] === (value ?? undefined),
    )
  );
}
