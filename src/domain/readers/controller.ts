import { objectsIn, textOr, type Fields } from './json.ts';
import type { WorkloadKind } from './workload.ts';

/** The object that controls another. */
export interface Controller {
  readonly kind: string;
  /** The group of its API, without the version; empty for the core. */
  readonly group: string;
  readonly name: string;
  readonly uid: string;
}

/** What an object says of what controls it; nothing where nothing does. */
export function controllerOf(metadata: Fields): Controller | undefined {
  const owner = objectsIn(metadata['ownerReferences']).find((each) => each['controller'] === true);
  if (owner === undefined) return undefined;
  const [group = '', version] = textOr(owner['apiVersion']).split('/');
  return {
    kind: textOr(owner['kind']),
    group: version === undefined ? '' : group,
    name: textOr(owner['name']),
    uid: textOr(owner['uid']),
  };
}

/**
 * What makes objects of a kind by its own template: `kind.group`. What anything else controls reads by itself, or
 * nobody would be seen to read: a kind of another group may bear the same name, and a Workflow may own a Job.
 */
const MAKERS: Readonly<Partial<Record<WorkloadKind, readonly string[]>>> = {
  Pod: [
    'ReplicaSet.apps',
    'ReplicationController.',
    'StatefulSet.apps',
    'DaemonSet.apps',
    'Job.batch',
    'Workflow.argoproj.io',
  ],
  ReplicaSet: ['Deployment.apps', 'Rollout.argoproj.io'],
  Job: ['CronJob.batch'],
};

/** True where what controls an object of that kind has made it by its own template. */
export function isCopy(kind: WorkloadKind, controller: Controller | undefined): boolean {
  if (controller === undefined) return false;
  return MAKERS[kind]?.includes(`${controller.kind}.${controller.group}`) === true;
}
