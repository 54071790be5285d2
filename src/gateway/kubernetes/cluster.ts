import type { CacheContent, CacheSummary } from '../../domain/cache.ts';
import { FIELD_MANAGER } from '../../domain/owners.ts';
import type { CacheRef } from '../../domain/ref.ts';
import type { CacheWrite, Cluster, FollowListener, Scope } from '../../operations/ports.ts';
import { KubernetesArgo } from './argo.ts';
import type { NewCache, WriteOutcome } from '../../operations/written.ts';
import { statusOf, type Asked } from './apiFailure.ts';
import { review } from './accessReview.ts';
import { about, collection, listing, metadataOnly, object, parsed } from './asking.ts';
import { Connections, type Surroundings } from './connections.ts';
import type { Followed } from './followed.ts';
import { KubernetesJobs } from './jobs.ts';
import {
  contentOf,
  mergePatchOf,
  newConfigMapOf,
  summaryOf,
  type ApiConfigMap,
  type ApiObject,
} from './translate.ts';
import { proven } from './proven.ts';
import { Requests } from './requests.ts';
import type { ApiRequest, Transport } from './transport.ts';
import { KubernetesManifests } from './manifests.ts';
import { KubernetesWorkloads } from './workloads.ts';

const MERGE_PATCH = 'application/merge-patch+json';
const AS_US = `fieldManager=${FIELD_MANAGER}`;

/** What is remembered of clusters on this machine. It does not throw. */
export interface KnownUids {
  readonly uidOf: (fingerprint: string) => Promise<string | undefined>;
  readonly remember: (fingerprint: string, uid: string) => Promise<void>;
}

/** The `Cluster` port over the API servers that a kubeconfig names. */
export class KubernetesCluster implements Cluster {
  /** The workloads of the same API servers, over the same connections. */
  readonly workloads: KubernetesWorkloads;
  /** Objects of any kind, for applying manifests. */
  readonly manifests: KubernetesManifests;
  /** What of Argo they have. */
  readonly argo: KubernetesArgo;
  /** What is asked of them for the care of refresh jobs. */
  readonly jobs: KubernetesJobs;
  readonly #connections: Connections;
  readonly #requests: Requests;
  readonly #uids: KnownUids | undefined;
  readonly #identities = new WeakMap<Transport, Promise<readonly string[]>>();

  /** `files` names the kubeconfig files; it is asked each time they are read. */
  constructor(
    files: () => readonly string[],
    { uids, ...surroundings }: Partial<Surroundings & { readonly uids: KnownUids }> = {},
  ) {
    this.#uids = uids;
    this.#connections = new Connections(files, {
      now: Date.now,
      log: () => undefined,
      ...surroundings,
    });
    this.#requests = new Requests(this.#connections);
    this.workloads = new KubernetesWorkloads(this.#requests);
    this.manifests = new KubernetesManifests(this.#requests);
    this.argo = new KubernetesArgo(this.#requests);
    this.jobs = new KubernetesJobs(this.#requests);
  }

  readonly contexts: Cluster['contexts'] = () => this.#connections.contexts();

  readonly followContexts: Cluster['followContexts'] = (listener, signal) => {
    this.#connections.subscribe(listener, signal);
  };

  readonly reset = (): void => {
    this.#connections.reset();
  };

  readonly followNamespaces = (
    context: string,
    listener: FollowListener<string>,
    signal: AbortSignal,
  ): void => {
    const followed: Followed<string> = {
      asked: { context, deed: 'list namespaces' },
      path: '/api/v1/namespaces',
      accept: metadataOnly,
      translate: ({ metadata }) => metadata.name,
    };
    this.#requests.follow(followed, listener, signal);
  };

  readonly followCaches = (
    { context, namespace, name }: Scope,
    listener: FollowListener<CacheSummary>,
    signal: AbortSignal,
  ): void => {
    const followed: Followed<CacheSummary> = {
      asked: listing({ context, namespace, name }),
      path: collection(namespace),
      name,
      accept: metadataOnly,
      translate: (object) => summaryOf(context, object),
    };
    this.#requests.follow(followed, listener, signal);
  };

  readonly followContent: Cluster['followContent'] = (ref, listener, signal) => {
    this.#requests.follow({ ...wholeOf(ref), isGapless: true }, listener, signal);
  };

  readonly statesSince: Cluster['statesSince'] = async (ref, { from, to }, signal) => {
    const states: CacheContent[] = [];
    const tell = (state: CacheContent) => {
      states.push(state);
    };
    const isAll = await this.#requests.replay(wholeOf(ref), { from, to, tell, signal });
    return isAll ? states : undefined;
  };

  readonly identity: Cluster['identity'] = async (context, signal) => {
    const transport = await this.#connections.transport(context);
    const known = this.#identities.get(transport) ?? this.#identify(context, transport, signal);
    this.#identities.set(transport, known);
    known.catch(() => this.#identities.delete(transport));
    return await known;
  };

  /**
   * The uid of a namespace that every cluster has and nobody deletes, where it may be read. Where it may not be
   * any more, the one that was seen at that address comes last: another cluster may be there by now.
   */
  async #identify(
    context: string,
    { fingerprint }: Transport,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const asked = { context, deed: 'read the namespace kube-system' };
    const accept = metadataOnly('PartialObjectMetadata');
    const call = { method: 'GET', path: '/api/v1/namespaces/kube-system', accept } as const;
    const answer = await this.#requests.send(asked, call, signal);
    if (answer.status === 404) return [fingerprint];
    if (answer.status === 403) {
      const uid = await this.#uids?.uidOf(fingerprint);
      return uid === undefined ? [fingerprint] : [fingerprint, uid];
    }
    const { metadata } = parsed(asked, answer) as ApiObject;
    await this.#uids?.remember(fingerprint, metadata.uid);
    return [metadata.uid, fingerprint];
  }

  readonly readCache = async (
    ref: CacheRef,
    signal: AbortSignal,
  ): Promise<CacheContent | undefined> => {
    const asked = about(ref, 'read');
    const answer = await this.#requests.send(asked, { method: 'GET', path: object(ref) }, signal);
    if (answer.status === 404) return undefined;
    return contentOf(ref.context, parsed(asked, answer) as ApiConfigMap);
  };

  readonly changeKeys = async (
    write: CacheWrite,
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<WriteOutcome> => {
    const call: ApiRequest = {
      method: 'PATCH',
      path: `${object(write.ref)}?${AS_US}`,
      contentType: MERGE_PATCH,
      body: mergePatchOf(write, resourceVersion),
    };
    return await this.#write(about(write.ref, 'change'), call, signal);
  };

  readonly createCache = async (cache: NewCache, signal: AbortSignal): Promise<WriteOutcome> => {
    return await this.#write(about(cache.ref, 'create'), creation(cache), signal);
  };

  readonly tryCreate: Cluster['tryCreate'] = async (cache, signal) => {
    const asked = about(cache.ref, 'create');
    const answer = await this.#requests.send(asked, creation(cache, 'dryRun=All&'), signal);
    // The name is looked at last, after rights, admission, quotas and validation.
    if (answer.status === 409 && statusOf(answer).reason === 'AlreadyExists') return;
    parsed(asked, answer);
  };

  readonly deleteCache: Cluster['deleteCache'] = async ({ ref, uid, resourceVersion }, signal) => {
    const asked = about(ref, 'delete');
    const preconditions = { uid, resourceVersion };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    const call: ApiRequest = { method: 'DELETE', path: object(ref), body };
    const answer = proven(asked, await this.#requests.attempt(asked, call, signal));
    if ('kind' in answer) return answer;
    if (answer.status === 409) return { kind: 'conflict' };
    if (answer.status === 404) return { kind: 'gone' };
    parsed(asked, answer);
    return { kind: 'deleted' };
  };

  readonly setLabel: Cluster['setLabel'] = async (ref, [name, value], signal) => {
    const asked = about(ref, 'label');
    const call: ApiRequest = {
      method: 'PATCH',
      path: `${object(ref)}?${AS_US}`,
      contentType: MERGE_PATCH,
      body: { metadata: { labels: { [name]: value ?? null } } },
    };
    parsed(asked, await this.#requests.send(asked, call, signal));
  };

  readonly may: Cluster['may'] = async (context, { verb, namespace, name }, signal) => {
    const attributes = { verb, namespace, name, group: '', resource: 'configmaps' };
    return await review(this.#requests, context, { attributes }, signal);
  };

  async #write(asked: Asked, call: ApiRequest, signal: AbortSignal): Promise<WriteOutcome> {
    const answer = proven(asked, await this.#requests.attempt(asked, call, signal));
    if ('kind' in answer) return answer;
    // What is created meets other conflicts, too, such as that of a quota which changes at the same time.
    const isThere = call.method === 'PATCH' || statusOf(answer).reason === 'AlreadyExists';
    if (answer.status === 409 && isThere) return { kind: 'conflict' };
    if (answer.status === 404 && call.method === 'PATCH') return { kind: 'gone' };
    return {
      kind: 'written',
      cache: contentOf(asked.context, parsed(asked, answer) as ApiConfigMap),
    };
  }
}

function creation(cache: NewCache, query = ''): ApiRequest {
  const path = `${collection(cache.ref.namespace)}?${query}${AS_US}`;
  return { method: 'POST', path, body: newConfigMapOf(cache) };
}

/** One ConfigMap with its content, as it is followed. */
function wholeOf(ref: CacheRef): Followed<CacheContent> {
  return {
    asked: about(ref, 'follow'),
    path: collection(ref.namespace),
    name: ref.name,
    accept: () => 'application/json',
    translate: (object) => contentOf(ref.context, object),
  };
}
