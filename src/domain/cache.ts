import type { Value } from './content/content.ts';
import { CACHE_LABEL, isFactAnnotation } from './facts.ts';
import type { OwnerReference, Writer } from './owners.ts';
import type { CacheRef } from './ref.ts';
import { bytesOf } from './text.ts';

/** What the metadata of a ConfigMap tells, without its content. */
export interface CacheSummary {
  readonly ref: CacheRef;
  readonly uid: string;
  readonly resourceVersion: string;
  /** RFC 3339, as the API server gives it. */
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Names of keys, from managedFields; empty where those tell nothing. */
  readonly keys: readonly string[];
}

/** A ConfigMap as it was read whole. */
export interface CacheContent extends CacheSummary {
  readonly immutable: boolean;
  readonly owners: readonly OwnerReference[];
  /** Who has to agree before it is gone once it is deleted. */
  readonly finalizers: readonly string[];
  readonly writers: readonly Writer[];
  readonly values: ReadonlyMap<string, Value>;
}

const MEMOIZATION_LABEL = 'workflows.argoproj.io/configmap-type';

/** ConfigMaps that a cluster puts into every namespace; nobody keeps look-ups in them. */
const NEVER_SHOWN = new Set([
  'kube-root-ca.crt',
  'openshift-service-ca.crt',
  'istio-ca-root-cert',
  'linkerd-identity-trust-roots',
]);

/** True for an Argo memoization map: shown as what it is, and never refreshed. */
export function isMemoization({ labels }: Pick<CacheSummary, 'labels'>): boolean {
  return labels[MEMOIZATION_LABEL] === 'Cache';
}

/**
 * True where the second is the first after a hit of an entry, which Argo writes into the map each time, or
 * any other change of values alone: nothing that the row of a memoization map shows has changed.
 */
export function isChurn(before: CacheSummary | undefined, after: CacheSummary): boolean {
  if (before?.uid !== after.uid || !isMemoization(before) || after.keys.length === 0) return false;
  const marks = ({ labels, annotations, keys }: CacheSummary) =>
    JSON.stringify([labels, annotations, keys]);
  return marks(before) === marks(after);
}

/** Which ConfigMaps a view shows: patterns of names with `*` and `?`, or simply all. */
export interface CacheFilter {
  readonly namePatterns: readonly string[];
  readonly showAll: boolean;
}

/** True when the ConfigMap is to be shown under this filter. */
export function isShown(summary: CacheSummary, filter: CacheFilter): boolean {
  if (NEVER_SHOWN.has(summary.ref.name)) return false;
  return filter.showAll || isCache(summary, filter.namePatterns);
}

/**
 * True when a ConfigMap is a cache: by the label, by one of our annotations (a bound source is one of
 * them), by its name, or as a memoization map.
 */
export function isCache(summary: CacheSummary, namePatterns: readonly string[]): boolean {
  return (
    summary.labels[CACHE_LABEL] === 'true' ||
    Object.keys(summary.annotations).some(isFactAnnotation) ||
    isMemoization(summary) ||
    namePatterns.some((pattern) => matchesPattern(summary.ref.name, pattern))
  );
}

/** True when the name is described by the pattern: `*` stands for any text, `?` for one character. */
export function matchesPattern(name: string, pattern: string): boolean {
  // Every place in the name that the pattern so far may reach: no pattern takes long, as a RegExp may.
  let reached = [0];
  for (const sign of pattern) {
    reached =
      sign === '*'
        ? placesFrom(reached[0] ?? name.length + 1, name.length)
        : reached
            .filter((place) => place < name.length && (sign === '?' || name[place] === sign))
            .map((place) => place + 1);
  }
  return reached.at(-1) === name.length;
}

function placesFrom(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** The bytes of all values together: what counts against the API server's limit. */
export function valueBytes(values: ReadonlyMap<string, Value>): number {
  let total = 0;
  for (const { bytes } of values.values()) total += bytes.length;
  return total;
}

/**
 * The bytes of all annotations together, names and values: what counts against their limit. Source:
 * `ValidateAnnotationsSize` of apimachinery.
 */
export function annotationBytes(annotations: Readonly<Record<string, string>>): number {
  return Object.entries(annotations).reduce(
    (total, [name, value]) => total + bytesOf(name) + bytesOf(value),
    0,
  );
}

/**
 * What keeps a text from being a key of a ConfigMap, as a phrase, or nothing if it may be one.
 * Source: `IsConfigMapKey` of apimachinery.
 */
export function problemOfKey(key: string): string | undefined {
  if (key === '') return 'a key needs a name';
  if (key.length > 253) return 'a key has at most 253 characters';
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    return 'a key has only letters, digits, dashes, underscores and dots';
  }
  if (key === '.' || key.startsWith('..')) return 'a key is not "." and does not begin with ".."';
  return undefined;
}

/**
 * What keeps a text from being the name of a ConfigMap, as a phrase, or nothing if it may be one.
 * Source: `IsDNS1123Subdomain` of apimachinery.
 */
export function problemOfName(name: string): string | undefined {
  if (name.length > 253) return 'a name has at most 253 characters';
  const part = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
  return new RegExp(`^${part}(\\.${part})*$`).test(name)
    ? undefined
    : 'a name has only lower-case letters, digits, dashes and dots, and begins and ends with a letter or digit';
}
