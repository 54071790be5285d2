import type { CacheContent } from '../../src/domain/cache.ts';
import type { Value } from '../../src/domain/content/content.ts';
import type { CacheRef } from '../../src/domain/ref.ts';

/** The cache that tests speak of where it does not matter which one. */
export const REF: CacheRef = { context: 'kind-dev', namespace: 'argo', name: 'workflow-cache' };

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

/** A cache as it would be read: strings are kept as text, bytes as binary. */
export function cacheWith(
  values: Readonly<Record<string, string | Uint8Array>>,
  other: Partial<CacheContent> = {},
): CacheContent {
  return {
    ref: REF,
    uid: '0d6b0a1e-0000-4000-8000-000000000001',
    resourceVersion: '41',
    createdAt: '2026-01-02T03:04:05Z',
    labels: {},
    annotations: {},
    keys: Object.keys(values).sort(),
    immutable: false,
    owners: [],
    finalizers: [],
    writers: [],
    values: new Map(
      Object.entries(values).map(([key, value]): [string, Value] => [
        key,
        typeof value === 'string'
          ? { kind: 'text', bytes: utf8(value) }
          : { kind: 'binary', bytes: value },
      ]),
    ),
    ...other,
  };
}
