import { problemOfName } from '../../domain/cache.ts';

/** The names that a person typed, with commas or spaces between them. */
export function namesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/** What is wrong with names that a person typed, as a sentence; nothing where all are allowed. */
export function problemOfNames(text: string): string | undefined {
  const problem = namesIn(text).map(problemOfName).find(Boolean);
  return problem === undefined ? undefined : `Not allowed: ${problem}.`;
}
