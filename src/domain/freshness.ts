import type { CacheSummary } from './cache.ts';
import { factsOf, type KeyFacts } from './facts.ts';

/** How old content is against its age limit. Ages are milliseconds. */
export type Freshness =
  | { readonly kind: 'fresh'; readonly age: number }
  | { readonly kind: 'stale'; readonly age: number; readonly maxAge: number }
  | { readonly kind: 'unknown' };

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A duration such as `90m`, `24h`, `1h30m` or `7d` in milliseconds; nothing if it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  return total;
}

/**
 * A time in milliseconds since the epoch, `NaN` if it is none. RFC 3339 only: `Date.parse` also takes `12`,
 * and a time without an offset as the person's own.
 */
export function parseTime(text: string): number {
  const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text);
  return whole ? Date.parse(text) : Number.NaN;
}

/** How fresh one key is at a time, in milliseconds since the epoch. No age limit: always fresh. */
export function freshnessOf(facts: KeyFacts, now: number): Freshness {
  const refreshed = parseTime(facts.refreshed ?? '');
  if (Number.isNaN(refreshed)) return { kind: 'unknown' };
  const age = Math.max(0, now - refreshed);
  const maxAge = parseDuration(facts.maxAge ?? '');
  return maxAge !== undefined && age > maxAge
    ? { kind: 'stale', age, maxAge }
    : { kind: 'fresh', age };
}

/** The freshness of a cache: stale if one key is, else that of the key refreshed longest ago. */
export function freshnessOfCache(summary: CacheSummary, now: number): Freshness {
  let oldest: Freshness = { kind: 'unknown' };
  for (const key of summary.keys) {
    const one = freshnessOf(factsOf(summary.annotations, key), now);
    if (one.kind === 'unknown') continue;
    if (oldest.kind === 'unknown' || rank(one) > rank(oldest)) oldest = one;
  }
  return oldest;
}

function rank(freshness: Exclude<Freshness, { kind: 'unknown' }>): number {
  return freshness.age + (freshness.kind === 'stale' ? Number.MAX_SAFE_INTEGER / 2 : 0);
}

/** An age in its largest unit: `just now`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function printAge(age: number): string {
  if (age < 60_000) return 'just now';
  if (age < 3_600_000) return `${Math.floor(age / 60_000)} min ago`;
  if (age < 48 * 3_600_000) return `${Math.floor(age / 3_600_000)} h ago`;
  return `${Math.floor(age / 86_400_000)} d ago`;
}
