import { Failure } from '../../domain/failure.ts';
import type { FieldConflict } from '../../domain/manifests/applyPlan.ts';
import {
  guarded,
  printObject,
  type ManifestObject,
} from '../../domain/manifests/manifestObject.ts';
import { FIELD_MANAGER } from '../../domain/owners.ts';
import { objectsIn, textOr, type Fields } from '../../domain/readers/json.ts';
import type {
  ApplyAnswer,
  ApplyManner,
  ManifestCluster,
} from '../../operations/scaffold/manifestCluster.ts';
import type { ApiAnswer } from './answer.ts';
import { statusOf, type Asked } from './apiFailure.ts';
import { parsed } from './asking.ts';
import { proven } from './proven.ts';
import type { Requests } from './requests.ts';

/** Where a server keeps the objects of a kind. */
interface Resource {
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** The `ManifestCluster` port over the API servers that a kubeconfig names. */
export class KubernetesManifests implements ManifestCluster {
  readonly #requests: Requests;
  /** By context, version and kind. */
  readonly #resources = new Map<string, Promise<Resource>>();

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  readonly readObject: ManifestCluster['readObject'] = async (object, signal) => {
    const asked = about(object, 'read');
    const path = await this.#pathOf(object, signal);
    const answer = await this.#requests.send(asked, { method: 'GET', path }, signal);
    return answer.status === 404 ? undefined : (parsed(asked, answer) as Fields);
  };

  readonly applyObject: ManifestCluster['applyObject'] = async (object, manner, signal) => {
    const asked = about(object, 'apply');
    const path = `${await this.#pathOf(object, signal)}?${queryOf(manner)}`;
    const call = {
      method: 'PATCH',
      path,
      contentType: 'application/apply-patch+yaml',
      body: guarded(object, manner.at),
    } as const;
    const answer = manner.isTrial
      ? await this.#requests.send(asked, call, signal)
      : proven(asked, await this.#requests.attempt(asked, call, signal));
    return 'kind' in answer ? answer : answerOf(asked, answer);
  };

  async #pathOf(object: ManifestObject, signal: AbortSignal): Promise<string> {
    const { namespace, name } = object;
    const { plural, isNamespaced } = await this.#resourceOf(object, signal);
    const space = isNamespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${groupPath(object)}${space}/${plural}/${encodeURIComponent(name)}`;
  }

  /** Asked once of each kind; a kind that is not there yet is asked for again. */
  #resourceOf(object: ManifestObject, signal: AbortSignal): Promise<Resource> {
    const { context, apiVersion, kind } = object;
    const id = JSON.stringify([context, apiVersion, kind]);
    const known = this.#resources.get(id) ?? this.#discover(object, signal);
    this.#resources.set(id, known);
    known.catch(() => this.#resources.delete(id));
    return known;
  }

  async #discover(object: ManifestObject, signal: AbortSignal): Promise<Resource> {
    const { context, apiVersion, kind } = object;
    const asked = { context, deed: 'ask which kinds there are' };
    const call = { method: 'GET', path: groupPath(object) } as const;
    const answer = await this.#requests.send(asked, call, signal);
    const list = answer.status === 404 ? {} : (parsed(asked, answer) as Fields);
    const found = objectsIn(list['resources']).find(
      (each) => each['kind'] === kind && !textOr(each['name']).includes('/'),
    );
    if (found === undefined) {
      throw new Failure(
        `The cluster of context ${context} knows no kind ${kind} of ${apiVersion}, so ${printObject(object)} cannot be applied.`,
        { reason: 'NotFound', nextStep: 'retry' },
      );
    }
    return { plural: textOr(found['name']), isNamespaced: found['namespaced'] === true };
  }
}

function groupPath({ apiVersion }: ManifestObject): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function about(object: ManifestObject, verb: string): Asked {
  return { context: object.context, deed: `${verb} ${printObject(object)}` };
}

function queryOf({ isTrial, isForced }: ApplyManner): string {
  const query = new URLSearchParams({
    fieldManager: FIELD_MANAGER,
    fieldValidation: 'Strict',
    force: String(isForced),
  });
  if (isTrial) query.set('dryRun', 'All');
  return query.toString();
}

/** What an answer to an apply says. Throws the failure that any other answer stands for. */
function answerOf(asked: Asked, answer: ApiAnswer): ApplyAnswer {
  const { details, message = '' } = statusOf(answer);
  if (answer.status === 409) {
    const conflicts = (details?.causes ?? []).flatMap(conflictOf);
    return conflicts.length > 0 ? { kind: 'conflict', conflicts } : { kind: 'moved' };
  }
  if (answer.status === 404 && details?.name !== undefined && details.kind !== 'namespaces') {
    return { kind: 'missing', name: details.name, detail: message };
  }
  if (REFUSALS.has(answer.status) && message !== '') throw refusal(asked, message);
  return { kind: 'applied', object: parsed(asked, answer) as Fields };
}

/** What the server does not take as it is; a field that a kind does not have is told as a fault of the server. */
const REFUSALS: ReadonlySet<number> = new Set([400, 422, 500]);

function refusal({ context, deed }: Asked, message: string): Failure {
  return new Failure(`The API server of ${context} refuses to ${deed}: ${message}.`, {
    reason: 'Invalid',
    nextStep: 'showLog',
    detail: message,
  });
}

/** Source: `NewApplyConflict` of apimachinery. */
function conflictOf(cause: {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}): readonly FieldConflict[] {
  if (cause.reason !== 'FieldManagerConflict') return [];
  const manager = /^conflict with "(.*?)"/.exec(cause.message ?? '')?.[1] ?? 'somebody else';
  return [{ manager, field: cause.field ?? '' }];
}
