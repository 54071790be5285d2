import type { Refresh, SecretKey } from '../refreshJob.ts';

/** What a refresh on an event is made of. */
export interface EventRefresh extends Refresh {
  readonly trigger: Trigger;
  /** True to make the namespace's EventBus as well, where it has none. */
  readonly eventBus: boolean;
}

/** What says that the source may have changed. All but the schedule need Argo Events. */
export type Trigger = EventTrigger | ScheduleTrigger;

/** An event that Argo Events hears of. */
export type EventTrigger =
  | { readonly kind: 'webhook'; readonly token: SecretKey }
  | {
      readonly kind: 'github';
      readonly owner: string;
      readonly repository: string;
      /** The branch whose pushes count; all where it is absent. */
      readonly branch: string | undefined;
      readonly secret: SecretKey;
    }
  | { readonly kind: 'object'; readonly watched: WatchedObject };

/** A schedule of Argo Workflows: a workflow that looks whether there is something to do. */
export interface ScheduleTrigger {
  readonly kind: 'schedule';
  readonly schedule: string;
  readonly timeZone: string;
}

/** An object in the namespace of the cache, by the words of the API. */
export interface WatchedObject {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural, such as `configmaps`. */
  readonly resource: string;
  readonly name: string;
}

/** Says what is wrong with watching this object, or nothing where it may start a refresh of the cache. */
export function problemOfWatched(
  { group, resource, name }: WatchedObject,
  cache: string,
): string | undefined {
  if (group === '' && resource === 'secrets') {
    return 'Argo Events would need the right to read every Secret of the namespace.';
  }
  return group === '' && resource === 'configmaps' && name === cache
    ? 'Each refresh changes the cache itself, and would start the next.'
    : undefined;
}

/** Says what is wrong with the name of a repository, or nothing where it is an owner and a name. */
export function problemOfRepository(text: string): string | undefined {
  return REPOSITORY.test(text) ? undefined : 'Type an owner and a repository: example/mappings.';
}

const REPOSITORY = /^[A-Za-z0-9][-A-Za-z0-9]{0,38}\/[-A-Za-z0-9_.]{1,100}$/;
