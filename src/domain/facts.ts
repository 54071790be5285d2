/**
 * What is remembered about one key, in annotations of its ConfigMap, one annotation per key and
 * fact, so that several refreshers never fight over one field.
 */
export interface KeyFacts {
  /** Where the content came from: a URL without user info and query, or `file:` and a file name. */
  readonly source?: string;
  /** RFC 3339, UTC: when the source was last seen to match. */
  readonly refreshed?: string;
  /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
  readonly sha256?: string;
  /** A duration such as `24h`: older content counts as stale. */
  readonly maxAge?: string;
}

/** The label that makes any ConfigMap a cache. */
export const CACHE_LABEL = 'cache-configmaps.dev/cache';

const PREFIXES = {
  source: 'source.cache-configmaps.dev',
  refreshed: 'refreshed.cache-configmaps.dev',
  sha256: 'sha256.cache-configmaps.dev',
  maxAge: 'max-age.cache-configmaps.dev',
} as const satisfies Record<keyof KeyFacts, string>;

const ETAG = 'etag.cache-configmaps.dev';
const RESTARTED = 'restarted.cache-configmaps.dev';

const FACTS = Object.keys(PREFIXES) as readonly (keyof KeyFacts)[];

/**
 * What may stand after the slash of an annotation's name: at most 63 characters that begin and end
 * with a letter or digit. Source: `IsQualifiedName` of apimachinery.
 */
const QUALIFIED_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** FNV-1a, 64 bits, as 16 hexadecimal digits. */
export function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/**
 * The annotation that holds one fact of one key. A key may be longer than an annotation's name and may
 * begin or end with a dot, dash or underscore; such a key is named `k-` and the FNV-1a hash of it.
 */
export function factAnnotation(fact: keyof KeyFacts, key: string): string {
  return `${PREFIXES[fact]}/${suffixOf(key)}`;
}

function suffixOf(key: string): string {
  return QUALIFIED_NAME.test(key) ? key : `k-${fnv1a(key)}`;
}

/**
 * The annotation in which a refresh job keeps the ETag of what it fetched for one key, for its own use: behind a sum
 * of what the ETag holds for, so that it counts no more once the content is another.
 */
export function etagAnnotation(key: string): string {
  return `${ETAG}/${suffixOf(key)}`;
}

/**
 * The annotation in which a refresh job or script keeps, for its own use, which readers were restarted for which content of
 * one key: the SHA-256 of the content, and after it their names. It is empty where a refresh wrote and restarted nobody yet.
 */
export function restartedAnnotation(key: string): string {
  return `${RESTARTED}/${suffixOf(key)}`;
}

/** The facts of one key, read from the annotations of its ConfigMap. */
export function factsOf(annotations: Readonly<Record<string, string>>, key: string): KeyFacts {
  return Object.fromEntries(
    FACTS.flatMap((fact) => {
      const value = annotations[factAnnotation(fact, key)];
      return value === undefined ? [] : [[fact, value]];
    }),
  );
}

/** The annotations that hold the given facts of one key. */
export function factAnnotations(key: string, facts: KeyFacts): Record<string, string> {
  return Object.fromEntries(
    FACTS.flatMap((fact) => {
      const value = facts[fact];
      return value === undefined ? [] : [[factAnnotation(fact, key), value]];
    }),
  );
}

/** True when the annotation is one of ours. */
export function isFactAnnotation(name: string): boolean {
  return [...Object.values(PREFIXES), ETAG, RESTARTED].some((prefix) =>
    name.startsWith(`${prefix}/`),
  );
}

/** The annotation in which `kubectl apply` keeps a copy of the whole object. Source: kubectl, `apply.go`. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
