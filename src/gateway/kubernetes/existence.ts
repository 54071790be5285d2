import { objectsIn } from '../../domain/readers/json.ts';
import type { WorkloadKind } from '../../domain/readers/workload.ts';
import { parsed } from './asking.ts';
import { pathOfGroup, resourceOf } from './kinds.ts';
import type { Requests } from './requests.ts';

/** Whether a cluster knows a kind that not all know: everybody may ask that. */
export async function existsKind(
  requests: Requests,
  context: string,
  kind: WorkloadKind,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = { context, deed: 'ask which kinds there are' };
  const path = pathOfGroup(kind);
  const answer = await requests.send(asked, { method: 'GET', path }, signal);
  if (answer.status === 404) return false;
  const { resources } = parsed(asked, answer) as { readonly resources: unknown };
  return objectsIn(resources).some(({ name }) => name === resourceOf(kind).resource);
}
