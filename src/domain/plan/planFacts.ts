import type { KeyPlan } from './cachePlan.ts';
import { factAnnotation, factsOf, type KeyFacts } from '../facts.ts';
import { printSource } from '../source.ts';

/** What a plan needs to know to write the facts of a key. */
export interface Present {
  /** The annotations that the cache has. */
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339, UTC, whole seconds. */
  readonly now: string;
  /** Of the new content; absent where the key is deleted. */
  readonly sha256: string | undefined;
}

/** What becomes of the annotations of a key; `null` removes one. Only what changes is named. */
export function factChanges(
  { key, source, after }: KeyPlan,
  { annotations, now, sha256 }: Present,
): Readonly<Record<string, string | null>> {
  const before = factsOf(annotations, key);
  const facts = after === undefined ? NO_FACTS : factsAfter(before, source, { now, sha256 });
  const changes = (Object.keys(facts) as (keyof KeyFacts)[]).flatMap((fact) =>
    facts[fact] === before[fact] ? [] : [[factAnnotation(fact, key), facts[fact] ?? null]],
  );
  return Object.fromEntries(changes) as Record<string, string | null>;
}

type Facts = { readonly [F in keyof KeyFacts]: string | undefined };

const NO_FACTS: Required<Facts> = {
  source: undefined,
  refreshed: undefined,
  sha256: undefined,
  maxAge: undefined,
};

function factsAfter(
  before: KeyFacts,
  source: KeyPlan['source'],
  { now, sha256 }: Omit<Present, 'annotations'>,
): Facts {
  switch (source.kind) {
    case 'file':
    case 'url':
      return { source: printSource(source), refreshed: now, sha256 };
    case 'editor':
      // Where it came from and when that was last seen to match is as true as before.
      return before.sha256 === undefined ? {} : { sha256 };
    case 'key':
      return { ...NO_FACTS, ...source.facts };
    case 'history':
      return { ...NO_FACTS, ...source.facts, maxAge: before.maxAge ?? source.facts.maxAge };
  }
}
