import { printCache, type CacheRef } from '../../domain/ref.ts';
import type { Scope } from '../../operations/ports.ts';
import type { ApiAnswer } from './answer.ts';
import { answerFailure, type Asked } from './apiFailure.ts';

/** The media type of an object, or of a list, of which only the metadata is wanted. */
export function metadataOnly(kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList'): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`;
}

/** The path of the ConfigMaps of a namespace, or of all of them. */
export function collection(namespace: string | undefined): string {
  return namespace === undefined
    ? '/api/v1/configmaps'
    : `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
}

/** The path of one ConfigMap. */
export function object(ref: CacheRef): string {
  return `${collection(ref.namespace)}/${encodeURIComponent(ref.name)}`;
}

/** What is asked by a list or a watch. */
export function listing({ context, namespace, name }: Scope): Asked {
  if (namespace === undefined) return { context, deed: 'list ConfigMaps in all namespaces' };
  if (name !== undefined) return about({ context, namespace, name }, 'follow');
  return { context, deed: `list ConfigMaps in namespace ${namespace}`, namespace };
}

/** What is asked about one ConfigMap. */
export function about(ref: CacheRef, verb: string): Asked {
  return { context: ref.context, deed: `${verb} ConfigMap ${printCache(ref)}`, cache: ref };
}

/** The object of an answer. Throws the failure that any other answer stands for. */
export function parsed(asked: Asked, answer: ApiAnswer): unknown {
  if (answer.status < 200 || answer.status > 299) throw answerFailure(asked, answer);
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    throw answerFailure(asked, answer);
  }
}
