import type { FollowListener } from '../../operations/ports.ts';
import type { Asked } from './apiFailure.ts';
import type { ApiRequest } from './transport.ts';
import type { ApiObject } from './translate.ts';

/** What to follow: a collection or one object of it, how its objects are asked for and turned into values. */
export interface Followed<T> {
  readonly asked: Asked;
  /** Begins with a slash, without a query. */
  readonly path: string;
  /** The name of the one object that is followed; absent for all. */
  readonly name?: string | undefined;
  /** A label that the objects bear, whatever its value. */
  readonly label?: string | undefined;
  readonly accept: (kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList') => string;
  readonly translate: (object: ApiObject) => T;
  /** For one object: true where states that were missed while the connection was broken are told, too. */
  readonly isGapless?: boolean;
  /** True where a part of the objects is no answer, so that all are asked for at once. */
  readonly isWhole?: boolean;
  /** Milliseconds of the longest pause after a fault, where somebody waits for an end. */
  readonly longestPause?: number;
}

/** Who hears of what is followed, and until when. */
export interface Following<T> {
  readonly listener: FollowListener<T>;
  readonly signal: AbortSignal;
}

/** By its name, lists and watches are allowed to whom rules allow that one alone. Source: RBAC, `resourceNames`. */
export function selectorOf<T>({
  name,
  label,
}: Pick<Followed<T>, 'name' | 'label'>): Readonly<Record<string, string>> {
  return {
    ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
    ...(label === undefined ? {} : { labelSelector: label }),
  };
}

/** A line of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: ApiObject & { readonly code?: number };
}

/** The request of a watch from a version, for so many seconds. */
export function watchCall<T>(
  followed: Followed<T>,
  { version, seconds }: { readonly version: string; readonly seconds: number },
): ApiRequest {
  const { path, accept } = followed;
  const query = new URLSearchParams({
    watch: 'true',
    ...selectorOf(followed),
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    timeoutSeconds: String(seconds),
  });
  return {
    method: 'GET',
    path: `${path}?${query.toString()}`,
    accept: accept('PartialObjectMetadata'),
  };
}
