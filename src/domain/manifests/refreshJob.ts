import type { Format } from '../content/content.ts';
import type { RestartableKind } from '../readers/restartPatch.ts';
import type { CacheRef } from '../ref.ts';
import { problemOfUrl } from '../source.ts';

/** What any refresh of one key is made of. */
export interface Refresh {
  readonly cache: Omit<CacheRef, 'context'>;
  readonly key: string;
  readonly format: Format;
  /** A URL in which `problemOfJobUrl` finds nothing. */
  readonly url: string;
  /** The key of a Secret that holds a whole header, such as `Authorization: Bearer ...`. */
  readonly header: SecretKey | undefined;
  /** A duration such as `24h`: older content counts as stale. */
  readonly maxAge: string | undefined;
  /** Restarted after a change. */
  readonly restarts: readonly { readonly kind: RestartableKind; readonly name: string }[];
  readonly image: string;
  /** True to ask with `If-None-Match`, so that a source that has not changed sends nothing. */
  readonly conditional?: boolean;
}

/** A key of a Secret in the namespace of the cache. Its value is never known here. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** What a scheduled refresh of one key is made of. */
export interface RefreshJob extends Refresh {
  /** A schedule in which `problemOfSchedule` finds nothing. */
  readonly schedule: string;
  readonly timeZone: string;
}

/**
 * An image with sh, curl, jq and kubectl. It has no tag `latest`; a tag is the version of its kubectl. Source:
 * github.com/alpine-docker/k8s.
 */
export const REFRESH_IMAGE = 'alpine/k8s:1.34.1';

/** Says what is wrong with a URL that a manifest is to hold, or nothing where it may stand there. */
export function problemOfJobUrl(text: string): string | undefined {
  const problem = problemOfUrl(text);
  if (problem !== undefined) return problem;
  const { username, password } = new URL(text);
  return username === '' && password === ''
    ? undefined
    : 'A user and password would stand in the manifest for all to read: put a header into a Secret.';
}

/** What a person has to know of a URL that pods are to fetch; nothing of most. */
export function noteOnJobUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { hostname } = new URL(text);
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
    ? `In a pod, ${hostname} is the pod itself: use a name that the cluster knows`
    : undefined;
}
