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

/** Whether the person may do this, as the cluster's own review says. Throws a `Failure`, or the signal's reason. */
export async function review(
  requests: Requests,
  context: string,
  resourceAttributes: ResourceAttributes,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = { context, deed: 'ask what is allowed' };
  const answer = await requests.send(
    asked,
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      },
    },
    signal,
  );
  return (parsed(asked, answer) as AccessReview).status.allowed;
}
