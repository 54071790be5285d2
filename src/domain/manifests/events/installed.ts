import type { Trigger } from './eventRefresh.ts';

/** What of Argo a cluster has. */
export interface ArgoInstalled {
  readonly workflows: boolean;
  readonly events: boolean;
  /** Whether the namespace has an EventBus; absent where that may not be seen. */
  readonly eventBus: boolean | undefined;
}

/** How a refresh is started: by a trigger, or as a job without Argo. */
export type Start = Trigger['kind'] | 'job';

/** Says what a start lacks in a cluster, or nothing where all is there. */
export function lackOf(start: Start, { workflows, events }: ArgoInstalled): string | undefined {
  if (start === 'job') return undefined;
  const wanted = start === 'schedule' ? [] : [{ name: 'Argo Events', isThere: events }];
  const missing = [...wanted, { name: 'Argo Workflows', isThere: workflows }]
    .filter(({ isThere }) => !isThere)
    .map(({ name }) => name);
  return missing.length === 0 ? undefined : `this cluster has no ${missing.join(' and no ')}`;
}
