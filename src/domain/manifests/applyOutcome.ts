import type { NamespaceRef } from '../ref.ts';
import type { ApplyDeed } from './applyPlan.ts';
import { printObject, type ManifestObject } from './manifestObject.ts';

/** How applying one object ended. */
export type ApplyOutcome =
  | { readonly kind: ApplyDeed }
  /** Nothing of it was applied; `words` is a clause. */
  | { readonly kind: 'failed'; readonly words: string }
  /** No answer came, and whether it was applied could not be found out. */
  | { readonly kind: 'unclear'; readonly words: string }
  | { readonly kind: 'notTried' };

/** An object and how applying it ended. */
export interface Applied {
  readonly object: ManifestObject;
  readonly outcome: ApplyOutcome;
}

/** True where all objects are as they should be. */
export function isWhole(applied: readonly Applied[]): boolean {
  return applied.every(({ outcome: { kind } }) => DONE.some((done) => done === kind));
}

const DONE = ['created', 'changed', 'unchanged'] as const;

/** How all of it ended, and where, in sentences: first what did not go well. */
export function appliedSentence(applied: readonly Applied[], where: NamespaceRef): string {
  const troubles = applied.flatMap(({ object, outcome }) => {
    switch (outcome.kind) {
      case 'failed':
        return [`${printObject(object)} was not applied: ${outcome.words}.`];
      case 'unclear':
        return [`Whether ${printObject(object)} was applied is not known: ${outcome.words}.`];
      default:
        return [];
    }
  });
  const named = [...DONE, 'notTried' as const].flatMap((kind) => {
    const objects = applied.filter(({ outcome }) => outcome.kind === kind);
    if (objects.length === 0) return [];
    const names = objects.map(({ object }) => `${object.kind} ${object.name}`).join(', ');
    return [`${TITLES[kind]}: ${names}.`];
  });
  const place = `In context ${where.context}, namespace ${where.namespace}:`;
  return [place, ...troubles, ...named].join(' ');
}

const TITLES = {
  created: 'Created',
  changed: 'Changed',
  unchanged: 'As it was',
  notTried: 'Not tried',
} as const;
