import type { Value } from './content/content.ts';
import type { KeyFacts } from './facts.ts';
import type { CacheRef } from './ref.ts';

/** Where new content comes from. A file is named by its URI, so that it may be on another machine. */
export type Source =
  { readonly kind: 'file'; readonly uri: string } | { readonly kind: 'url'; readonly url: string };

/**
 * Where the new content of a key comes from: a source that was fetched, a person's typing, the history on
 * this machine, or another key of the cache. The last two bring the facts that went with the content. Where the
 * new content is `value`, what that other key holds, it is what it holds in the version that is compared.
 */
export type Origin =
  | Source
  | { readonly kind: 'editor' }
  | { readonly kind: 'history'; readonly at: string; readonly facts: KeyFacts }
  | {
      readonly kind: 'key';
      readonly key: string;
      readonly facts: KeyFacts;
      readonly value?: Value;
    };

/** True for content that no person has seen yet: what is wrong with it is never written. */
export function isFetched(origin: Origin): origin is Source {
  return origin.kind === 'file' || origin.kind === 'url';
}

/** The bytes of a source, read whole. `mediaType` is lower case, without parameters. */
export interface SourceContent {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
}

/** Bytes that one source may have at most: enough to say by how much a cache would be too large. */
export const MAX_SOURCE_BYTES = 8 * 1024 * 1024;

/**
 * The source as it is written into the cluster and shown: a URL loses user info, query and fragment,
 * where credentials travel; a file keeps its name only, since its folder means nothing to others.
 */
export function printSource(source: Source): string {
  if (source.kind === 'file') return `file:${fileName(source.uri)}`;
  const url = new URL(source.url);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** The last part of a file's URI, decoded: the key that `kubectl create configmap` would give it. */
export function fileName(uri: string): string {
  const last =
    uri
      .split(/[?#]/, 1)[0]
      ?.split('/')
      .findLast((part) => part !== '') ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Says what is wrong with a URL that somebody types, or nothing when it can be fetched. */
export function problemOfUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return 'Type a whole URL, such as https://example.com/mappings.json.';
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return 'Only http and https can be fetched.';
  return hostname === '' ? 'The URL names no host.' : undefined;
}

/** One string per key of a cache, to remember under it which source was used last. */
export function keyId(ref: CacheRef, key: string): string {
  return JSON.stringify([ref.context, ref.namespace, ref.name, key]);
}
