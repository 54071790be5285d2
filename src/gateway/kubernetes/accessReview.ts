import { parsed } from './asking.ts';
import type { Requests } from './requests.ts';

/** What is asked about: a verb on objects of a resource. Source: authorization.k8s.io/v1 `ResourceAttributes`. */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name?: string | undefined;
}

interface AccessReview {
  readonly status: { readonly allowed: boolean };
}

/** What is asked about, and for which service account of that namespace; for the person where none is named. */
interface Question {
  readonly attributes: ResourceAttributes;
  readonly account?: string;
}

/** Whether somebody may do this, as the cluster's own review says. Throws a `Failure`, or the signal's reason. */
export async function review(
  requests: Requests,
  context: string,
  question: Question,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = { context, deed: 'ask what is allowed' };
  const call = { method: 'POST', ...requestFor(question) } as const;
  const answer = await requests.send(asked, call, signal);
  return (parsed(asked, answer) as AccessReview).status.allowed;
}

const GROUP = 'authorization.k8s.io/v1';

function requestFor({ attributes, account }: Question) {
  const spec = { resourceAttributes: attributes };
  if (account === undefined) {
    return {
      path: `/apis/${GROUP}/selfsubjectaccessreviews`,
      body: { apiVersion: GROUP, kind: 'SelfSubjectAccessReview', spec },
    };
  }
  const namespace = attributes.namespace;
  // Whoever administers a namespace may ask this there, and few others.
  return {
    path: `/apis/${GROUP}/namespaces/${encodeURIComponent(namespace)}/localsubjectaccessreviews`,
    body: {
      apiVersion: GROUP,
      kind: 'LocalSubjectAccessReview',
      metadata: { namespace },
      spec: {
        ...spec,
        user: `system:serviceaccount:${namespace}:${account}`,
        // Source: `MakeGroupNames` of apiserver, and `AllAuthenticated`.
        groups: [
          'system:serviceaccounts',
          `system:serviceaccounts:${namespace}`,
          'system:authenticated',
        ],
      },
    },
  };
}
