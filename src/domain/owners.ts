import type { CacheContent } from './cache.ts';
import { factsOf } from './facts.ts';
import { briefly } from './text.ts';

/** An object that a ConfigMap belongs to, from `ownerReferences`, with all that is there. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Who wrote which keys and when, from `managedFields`. `time` is RFC 3339, in whole seconds. */
export interface Writer {
  readonly manager: string;
  readonly time: string;
  readonly keys: readonly string[];
}

/** Somebody beside the person who has a say in a ConfigMap, and may undo a change or be broken by it. */
export type Owner =
  | { readonly kind: 'argoCd'; readonly application: string }
  | {
      readonly kind: 'flux';
      readonly object: 'Kustomization' | 'HelmRelease';
      readonly name: string;
    }
  | { readonly kind: 'helm'; readonly release: string }
  | { readonly kind: 'hashedName' }
  | { readonly kind: 'object'; readonly owner: Pick<OwnerReference, 'kind' | 'name'> }
  | {
      readonly kind: 'writer';
      readonly manager: string;
      readonly key: string;
      readonly time: string;
    };

/** Who wrote a key last, as far as managedFields tell. */
export function lastWriter({ writers }: CacheContent, key: string): Writer | undefined {
  return writers
    .filter(({ keys }) => keys.includes(key))
    .sort((one, other) => (one.time < other.time ? 1 : -1))[0];
}

/** When a key was written last, in milliseconds since the epoch, as far as the cluster tells. */
export function writtenAt(cache: CacheContent, key: string): number {
  return Date.parse(lastWriter(cache, key)?.time ?? cache.createdAt);
}

/** Who wrote a key last, and when, as a sentence; nothing where managedFields do not tell. */
export function lastWriterSentence(cache: CacheContent, key: string): string | undefined {
  const writer = lastWriter(cache, key);
  return writer && `${writer.manager} wrote it last, at ${writer.time}.`;
}

/** Under this name the API server records what we write. */
export const FIELD_MANAGER = 'cache-configmaps';

/**
 * A name that kustomize has given a hash: ten signs out of those that its encoding has. Source: kustomize
 * `api/hasher`.
 */
const HASHED = /-[2456789bcdfghkmt]{10}$/;

/** Who has a say in a cache of which these keys are to be changed. */
export function ownersOf(cache: CacheContent, keys: readonly string[]): readonly Owner[] {
  return [
    ...deployersOf(cache),
    ...(HASHED.test(cache.ref.name) ? [{ kind: 'hashedName' as const }] : []),
    ...cache.owners.map(({ kind, name }) => ({ kind: 'object' as const, owner: { kind, name } })),
    ...keys.flatMap((key) => laterWriters(cache, key)),
  ];
}

/** What tells by whom an object is deployed. */
interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly writers: readonly Pick<Writer, 'manager'>[];
}

/** The tools that deploy an object. What Flux deploys with Helm also bears the marks of Helm. */
export function deployersOf({ labels, annotations, writers }: Marks): readonly Owner[] {
  const found: Owner[] = [];
  // `application:group/kind:namespace/name`
  const tracked = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
  const byArgoCd = writers.some(({ manager }) => manager === 'argocd-controller');
  const application = tracked ?? (byArgoCd ? labels['app.kubernetes.io/instance'] : undefined);
  if (application !== undefined) found.push({ kind: 'argoCd', application });
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization !== undefined) {
    found.push({ kind: 'flux', object: 'Kustomization', name: kustomization });
  }
  const helmRelease = labels['helm.toolkit.fluxcd.io/name'];
  const release = annotations['meta.helm.sh/release-name'];
  if (helmRelease !== undefined) {
    found.push({ kind: 'flux', object: 'HelmRelease', name: helmRelease });
  } else if (release !== undefined) found.push({ kind: 'helm', release });
  return found;
}

/**
 * Who else wrote a key after we had refreshed it. Times of managedFields are compared with that of our own
 * entry: the time of the refresh is by the clock of whoever did it, and counts where we have no hold of the key.
 */
function laterWriters({ annotations, writers }: CacheContent, key: string): readonly Owner[] {
  const { refreshed } = factsOf(annotations, key);
  if (refreshed === undefined) return [];
  const ours = writers.filter(({ manager, time }) => manager === FIELD_MANAGER && time !== '');
  const holding = ours.filter(({ keys }) => keys.includes(key));
  const last = Math.max(
    ...(holding.length > 0 ? holding : ours).map(({ time }) => Date.parse(time)),
  );
  const since =
    holding.length > 0 ? last : Math.min(...[Date.parse(refreshed), last].filter(Number.isFinite));
  return writers.flatMap(({ manager, time, keys }): Owner[] =>
    manager !== FIELD_MANAGER && keys.includes(key) && Date.parse(time) > since
      ? [{ kind: 'writer', manager, key, time }]
      : [],
  );
}

/**
 * True where a change needs the person's word that it is meant in spite of an owner. What somebody wrote
 * is in the difference that is shown.
 */
export function needsConsent({ kind }: Owner): boolean {
  return kind !== 'writer';
}

/** What follows from an owner for whoever changes the cache, as a sentence. */
export function ownerSentence(owner: Owner): string {
  switch (owner.kind) {
    case 'argoCd':
      return `The Argo CD application ${briefly(owner.application)} deploys it and may put back what it had.`;
    case 'flux':
      return `The Flux ${owner.object} ${owner.name} deploys it and will put back what it had.`;
    case 'helm':
      return `The Helm release ${briefly(owner.release)} contains it; its next upgrade may write this over.`;
    case 'hashedName':
      return 'Its name ends with a hash of its content, as kustomize makes it: the next deployment makes another ConfigMap.';
    case 'object':
      return `It belongs to ${briefly(`${owner.owner.kind} ${owner.owner.name}`)}, whose controller may put back what it had.`;
    case 'writer':
      return `${owner.manager} wrote ${owner.key} at ${owner.time}, after it was last refreshed.`;
  }
}
