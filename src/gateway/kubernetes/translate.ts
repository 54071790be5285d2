import type { CacheContent, CacheSummary } from '../../domain/cache.ts';
import type { Value } from '../../domain/content/content.ts';
import { isFactAnnotation } from '../../domain/facts.ts';
import type { OwnerReference, Writer } from '../../domain/owners.ts';
import type { CacheWrite } from '../../operations/ports.ts';
import type { NewCache } from '../../operations/written.ts';

/** The metadata of any object, as the API server sends it. */
export interface ApiMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFields[];
}

interface ManagedFields {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** An object of which only the metadata is known. */
export interface ApiObject {
  readonly metadata: ApiMetadata;
}

/** A ConfigMap as the API server sends it. */
export interface ApiConfigMap extends ApiObject {
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>> | null;
  readonly binaryData?: Readonly<Record<string, string>> | null;
}

const NOTHING: Readonly<Record<string, string>> = {};

/** What metadata tells of a ConfigMap. Of the annotations only ours are kept: others may be large. */
export function summaryOf(context: string, { metadata }: ApiObject): CacheSummary {
  const { name, namespace = '', uid, resourceVersion, creationTimestamp } = metadata;
  const annotations = Object.entries(metadata.annotations ?? NOTHING).filter(([annotation]) =>
    isFactAnnotation(annotation),
  );
  return {
    ref: { context, namespace, name },
    uid,
    resourceVersion,
    createdAt: creationTimestamp,
    labels: metadata.labels ?? NOTHING,
    annotations: annotations.length > 0 ? Object.fromEntries(annotations) : NOTHING,
    keys: keysOf(metadata),
  };
}

/** The names of keys that managedFields mention. */
function keysOf({ managedFields = [] }: ApiMetadata): readonly string[] {
  return [...new Set(managedFields.flatMap(keysIn))].sort();
}

/** The keys of one entry: `f:data` and `f:binaryData`, then `f:<key>`. */
function keysIn({ fieldsV1 }: ManagedFields): string[] {
  return ['f:data', 'f:binaryData'].flatMap((field) =>
    Object.keys((fieldsV1?.[field] as object | undefined) ?? NOTHING).flatMap((path) =>
      path.startsWith('f:') ? [path.slice(2)] : [],
    ),
  );
}

function writersOf({ managedFields = [] }: ApiMetadata): readonly Writer[] {
  return managedFields.map((entry) => ({
    manager: entry.manager ?? '',
    time: entry.time ?? '',
    keys: keysIn(entry),
  }));
}

/** A whole ConfigMap, its values as bytes. */
export function contentOf(context: string, object: ApiConfigMap): CacheContent {
  const values = new Map<string, Value>();
  for (const [key, text] of Object.entries(object.data ?? NOTHING)) {
    values.set(key, { kind: 'text', bytes: new TextEncoder().encode(text) });
  }
  for (const [key, base64] of Object.entries(object.binaryData ?? NOTHING)) {
    values.set(key, { kind: 'binary', bytes: new Uint8Array(Buffer.from(base64, 'base64')) });
  }
  return {
    ...summaryOf(context, object),
    annotations: object.metadata.annotations ?? NOTHING,
    keys: [...values.keys()].sort(),
    immutable: object.immutable === true,
    owners: object.metadata.ownerReferences ?? [],
    finalizers: object.metadata.finalizers ?? [],
    writers: writersOf(object.metadata),
    values,
  };
}

type Section = Record<string, string | null>;

/** `data` and `binaryData` of a write; a section that the write does not touch is left out. */
function sectionsOf({ values, removed }: Pick<CacheWrite, 'values' | 'removed'>): {
  data?: Section;
  binaryData?: Section;
} {
  const data: Section = {};
  const binaryData: Section = {};
  for (const [key, kind] of removed) (kind === 'text' ? data : binaryData)[key] = null;
  for (const [key, { kind, bytes }] of values) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (kind === 'text') data[key] = buffer.toString('utf8');
    else binaryData[key] = buffer.toString('base64');
  }
  return {
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
  };
}

/** The merge patch of a write: those keys and annotations alone, on the version that was compared. */
export function mergePatchOf(
  write: CacheWrite,
  resourceVersion: string,
): { readonly metadata: object } {
  return { metadata: { resourceVersion, annotations: write.annotations }, ...sectionsOf(write) };
}

/** A new ConfigMap as it is sent. */
export function newConfigMapOf(cache: NewCache): object {
  const { ref, values, labels, annotations, immutable, owners = [] } = cache;
  const owned = owners.length > 0 ? { ownerReferences: owners } : {};
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: ref.name, namespace: ref.namespace, labels, annotations, ...owned },
    ...sectionsOf({ values, removed: new Map() }),
    ...(immutable ? { immutable } : {}),
  };
}
