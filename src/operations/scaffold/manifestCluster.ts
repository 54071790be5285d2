import type { FieldConflict } from '../../domain/manifests/applyPlan.ts';
import type { ManifestObject, ObjectVersion } from '../../domain/manifests/manifestObject.ts';
import type { Fields } from '../../domain/readers/json.ts';
import type { Unanswered } from '../written.ts';

/** How an object is applied. */
export interface ApplyManner {
  /** True to be told what would become of it, and to change nothing. */
  readonly isTrial: boolean;
  /** True to take over fields that others have set to something else. */
  readonly isForced: boolean;
  /** The object and version that it was compared with; absent where it was not there. */
  readonly at?: ObjectVersion | undefined;
}

/** How a request to apply an object ended, as far as the answer tells. */
export type ApplyAnswer =
  | { readonly kind: 'applied'; readonly object: Fields }
  | { readonly kind: 'conflict'; readonly conflicts: readonly FieldConflict[] }
  /** It is no longer the object, or at the version, that it was compared with. */
  | { readonly kind: 'moved' }
  /** An object that it refers to is not there. */
  | { readonly kind: 'missing'; readonly name: string; readonly detail: string }
  | Unanswered;

/** All that is asked of Kubernetes about objects of any kind. Every method throws a `Failure`, or the signal's reason. */
export interface ManifestCluster {
  /** Reads an object; nothing if it does not exist. */
  readonly readObject: (object: ManifestObject, signal: AbortSignal) => Promise<Fields | undefined>;
  /** Server-side apply, with strict validation. */
  readonly applyObject: (
    object: ManifestObject,
    manner: ApplyManner,
    signal: AbortSignal,
  ) => Promise<ApplyAnswer>;
}
