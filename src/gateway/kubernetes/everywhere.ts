import type { FarKind } from '../../domain/readers/elsewhere.ts';
import { isFields, objectsIn, textOr, type Fields } from '../../domain/readers/json.ts';
import { workloadOf, type Workload } from '../../domain/readers/workload.ts';
import { metadataOnly, parsed } from './asking.ts';
import { existsKind } from './existence.ts';
import { isCustom, pathOfKind, resourceOf } from './kinds.ts';
import type { Requests } from './requests.ts';

/** Objects that are asked for at a time: those of Argo may be large. */
const PAGE = 100;

/** Whatever of Argo has not ended: of what has, no semaphore is asked for. Source: its `LabelKeyCompleted`. */
const NOT_ENDED = 'workflows.argoproj.io/completed!=true';

/**
 * The objects of a kind in all namespaces, page by page. Of Deployments and the like only the metadata is asked
 * for: nothing else of them reaches into another namespace.
 */
export async function listEverywhere(
  requests: Requests,
  context: string,
  kind: FarKind,
  signal: AbortSignal,
): Promise<readonly Workload[]> {
  const asked = { context, deed: `list ${resourceOf(kind).resource} in all namespaces` };
  const accept = isCustom(kind) ? 'application/json' : metadataOnly('PartialObjectMetadataList');
  const found: Workload[] = [];
  let next = '';
  do {
    const query = new URLSearchParams({
      limit: String(PAGE),
      ...(next === '' ? {} : { continue: next }),
      ...(kind === 'Workflow' ? { labelSelector: NOT_ENDED } : {}),
    }).toString();
    const path = `${pathOfKind(kind)}?${query}`;
    const answer = await requests.send(asked, { method: 'GET', path, accept }, signal);
    const isUnknown =
      answer.status === 404 ||
      (answer.status === 403 &&
        isCustom(kind) &&
        !(await existsKind(requests, context, kind, signal)));
    if (isUnknown) return [];
    const { items, metadata } = parsed(asked, answer) as Fields;
    for (const object of objectsIn(items)) found.push(workloadSeen(context, kind, object));
    next = isFields(metadata) ? textOr(metadata['continue']) : '';
  } while (next !== '');
  return found;
}

/** How a workload refers to ConfigMaps, without what its metadata alone does not tell. */
function workloadSeen(context: string, kind: FarKind, object: Fields): Workload {
  const { ref, uid, life, uses, argo, tools } = workloadOf(context, kind, object);
  return {
    ...{ ref, uid, life, uses },
    ...(argo === undefined ? {} : { argo }),
    ...(tools === undefined ? {} : { tools }),
  };
}
