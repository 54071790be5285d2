import { objectsIn } from '../../domain/readers/json.ts';
import type { ArgoCluster } from '../../operations/scaffold/argoCluster.ts';
import type { NamespaceRef } from '../../domain/ref.ts';
import { parsed } from './asking.ts';
import type { Requests } from './requests.ts';

const GROUP = '/apis/argoproj.io/v1alpha1';

/** The `ArgoCluster` port over the API servers that a kubeconfig names. */
export class KubernetesArgo implements ArgoCluster {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  readonly installed: ArgoCluster['installed'] = async (where, signal) => {
    const asked = { context: where.context, deed: 'ask which kinds of Argo there are' };
    const answer = await this.#requests.send(asked, { method: 'GET', path: GROUP }, signal);
    if (answer.status === 404) return { workflows: false, events: false, eventBus: false };
    const { resources } = parsed(asked, answer) as { readonly resources: unknown };
    const names = objectsIn(resources).map(({ name }) => name);
    const events = names.includes('eventsources') && names.includes('sensors');
    return {
      workflows: names.includes('workflowtemplates'),
      events,
      eventBus: events ? await this.#hasBus(where, signal) : false,
    };
  };

  async #hasBus(where: NamespaceRef, signal: AbortSignal): Promise<boolean | undefined> {
    const { context, namespace } = where;
    const asked = { context, deed: `read EventBus default in namespace ${namespace}` };
    const path = `${GROUP}/namespaces/${encodeURIComponent(namespace)}/eventbus/default`;
    const answer = await this.#requests.send(asked, { method: 'GET', path }, signal);
    if (answer.status === 404) return false;
    if (answer.status === 403) return undefined;
    parsed(asked, answer);
    return true;
  }
}
