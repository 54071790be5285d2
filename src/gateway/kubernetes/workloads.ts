import { manualWorkflowOf, workflowFromTemplate } from '../../domain/jobs/manualWorkflow.ts';
import { FIELD_MANAGER } from '../../domain/owners.ts';
import { clusterEventOf } from '../../domain/readers/clusterEvent.ts';
import { objectsIn, type Fields } from '../../domain/readers/json.ts';
import { manualJobOf } from '../../domain/readers/manualJob.ts';
import {
  followedWorkloadOf,
  printWorkload,
  workloadOf,
  type Workload,
  type WorkloadKind,
  type WorkloadRef,
} from '../../domain/readers/workload.ts';
import type { FollowListener, PatchOutcome, WorkloadCluster } from '../../operations/ports.ts';
import { review } from './accessReview.ts';
import type { Asked } from './apiFailure.ts';
import { parsed } from './asking.ts';
import type { Followed } from './followed.ts';
import { listEverywhere } from './everywhere.ts';
import { existsKind } from './existence.ts';
import { isCustom, pathOf, pathOfKind, resourceOf } from './kinds.ts';
import { proven } from './proven.ts';
import type { Requests } from './requests.ts';
import type { ApiRequest } from './transport.ts';

/** Milliseconds after which a rollout is looked at again where it may not be watched. */
const POLLING = 2000;

/** The `WorkloadCluster` port over the API servers that a kubeconfig names. */
export class KubernetesWorkloads implements WorkloadCluster {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  readonly followKind: WorkloadCluster['followKind'] = (where, kind, listener, signal) => {
    const { context, namespace, label } = where;
    const { resource } = resourceOf(kind);
    const followed: Followed<Workload> = {
      asked: { context, deed: `list ${resource} in namespace ${namespace}` },
      path: pathOfKind(kind, namespace),
      label,
      accept: () => 'application/json',
      translate: (object) => workloadOf(context, kind, object),
      isWhole: true,
    };
    const enough = new AbortController();
    const until = AbortSignal.any([signal, enough.signal]);
    const hasNone = () => {
      enough.abort();
      listener({ kind: 'all', items: [] });
    };
    const hear: FollowListener<Workload> = (event) => {
      const reason = event.kind === 'failed' ? event.failure.reason : undefined;
      if (reason === 'NotFound') hasNone();
      // Who may do little is forbidden before it is said that there is no such thing.
      else if (reason === 'Forbidden' && isCustom(kind)) {
        existsKind(this.#requests, context, kind, until).then(
          (exists) => {
            if (exists) listener(event);
            else hasNone();
          },
          () => {
            listener(event);
          },
        );
      } else listener(event);
    };
    this.#requests.follow(followed, hear, until);
  };

  readonly listEverywhere: WorkloadCluster['listEverywhere'] = async (context, kind, signal) =>
    await listEverywhere(this.#requests, context, kind, signal);

  readonly followWorkload: WorkloadCluster['followWorkload'] = (ref, listener, signal) => {
    const followed: Followed<Workload> = {
      asked: about(ref, 'follow'),
      path: pathOfKind(ref.kind, ref.namespace),
      name: ref.name,
      accept: () => 'application/json',
      translate: (object) => followedWorkloadOf(ref.context, ref.kind, object),
      longestPause: POLLING,
    };
    this.#requests.follow(followed, listener, signal);
  };

  readonly readWorkload: WorkloadCluster['readWorkload'] = async (ref, signal) => {
    const object = await this.#read(ref, signal);
    return object && followedWorkloadOf(ref.context, ref.kind, object);
  };

  readonly restart: WorkloadCluster['restart'] = async (ref, patch, signal) => {
    const call: ApiRequest = {
      method: 'PATCH',
      path: `${pathOf(ref)}?fieldManager=${patch.fieldManager}`,
      contentType: patch.contentType,
      body: patch.body,
    };
    return await this.#write(about(ref, 'restart'), { call, kind: ref.kind }, signal);
  };

  readonly runJob: WorkloadCluster['runJob'] = async (ref, name, signal) => {
    const job = await this.#read(ref, signal);
    if (job === undefined) return { kind: 'gone' };
    const isCronJob = ref.kind === 'CronJob';
    const kind = isCronJob ? 'Job' : 'Workflow';
    const manager = isCronJob ? 'kubectl-create' : FIELD_MANAGER;
    const call: ApiRequest = {
      method: 'POST',
      path: `${pathOfKind(kind, ref.namespace)}?fieldManager=${manager}`,
      body: runOf(job, { kind: ref.kind, name }),
    };
    return await this.#write(about(ref, `run a ${kind} of`), { call, kind }, signal);
  };

  readonly events: WorkloadCluster['events'] = async ({ context, namespace }, uid, signal) => {
    // What belongs to no namespace has its events elsewhere, and none that matter here.
    if (namespace === '') return [];
    const asked = { context, deed: `list events in namespace ${namespace}` };
    const query = new URLSearchParams({ fieldSelector: `involvedObject.uid=${uid}` });
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events?${query.toString()}`;
    const answer = await this.#requests.send(asked, { method: 'GET', path }, signal);
    const { items } = parsed(asked, answer) as { readonly items: unknown };
    return objectsIn(items)
      .map(clusterEventOf)
      .sort((one, other) => (one.time < other.time ? -1 : 1));
  };

  readonly mayRestart: WorkloadCluster['mayRestart'] = async (ref, signal) => {
    const { context, kind, namespace, name } = ref;
    const attributes = { verb: 'patch', ...resourceOf(kind), namespace, name };
    return await review(this.#requests, context, { attributes }, signal);
  };

  async #read(ref: WorkloadRef, signal: AbortSignal): Promise<Fields | undefined> {
    const asked = about(ref, 'read');
    const answer = await this.#requests.send(asked, { method: 'GET', path: pathOf(ref) }, signal);
    return answer.status === 404 ? undefined : (parsed(asked, answer) as Fields);
  }

  async #write(
    asked: Asked,
    { call, kind }: { call: ApiRequest; kind: WorkloadKind },
    signal: AbortSignal,
  ): Promise<PatchOutcome> {
    const answer = proven(asked, await this.#requests.attempt(asked, call, signal));
    if ('kind' in answer) return answer;
    if (answer.status === 404) return { kind: 'gone' };
    return {
      kind: 'done',
      workload: followedWorkloadOf(asked.context, kind, parsed(asked, answer)),
    };
  }
}

/** What a run by hand is made of. Only a Job is given its name. */
function runOf(job: Fields, { kind, name }: { kind: WorkloadKind; name: string }): object {
  if (kind === 'CronJob') return manualJobOf(job, name);
  return kind === 'CronWorkflow' ? manualWorkflowOf(job, new Date()) : workflowFromTemplate(job);
}

/** What is asked about one workload. */
export function about(ref: WorkloadRef, verb: string): Asked {
  const where = ref.namespace === '' ? '' : ` in namespace ${ref.namespace}`;
  return { context: ref.context, deed: `${verb} ${printWorkload(ref)}${where}` };
}
