import { Failure, type FailureReason, type NextStep } from '../../domain/failure.ts';
import { cacheId, namespaceKey, type CacheRef } from '../../domain/ref.ts';
import { briefly } from '../../domain/text.ts';
import type { ApiAnswer } from './answer.ts';

/** What was asked of the API server, for the sentence of a failure. */
export interface Asked {
  readonly context: string;
  /** What the person wanted, after "may not" or "could not": `read ConfigMap argo/workflow-cache`. */
  readonly deed: string;
  /** The cache that it is about, if it is about one. */
  readonly cache?: CacheRef;
  /** The namespace whose ConfigMaps it is about, if it is about those of one. */
  readonly namespace?: string;
}

/** The part of a `Status` object that tells what went wrong. Source: apimachinery `meta/v1.Status`. */
interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly {
      readonly reason?: string;
      readonly field?: string;
      readonly message?: string;
    }[];
  };
}

/** Bytes of an answer that is no `Status` which go to the log. */
const MOST_SHOWN = 300;

/** Characters of what a server says of single fields that stand in a sentence. All of it is in the log. */
const MOST_OF_CAUSES = 600;

type Told = readonly [reason: FailureReason, words: (asked: Asked) => string, next: NextStep];

const SERVER_FAULT: Told = [
  'InternalError',
  ({ context, deed }) => `The API server of ${context} failed and could not ${deed}.`,
  'retry',
];

const FORMATS: Told = [
  'Invalid',
  ({ context, deed }) =>
    `The API server of ${context} does not speak the format that was asked for, so it could not ${deed}.`,
  'showLog',
];

const BY_STATUS: Readonly<Record<number, Told>> = {
  401: [
    'Unauthorized',
    ({ context, deed }) =>
      `The API server of ${context} does not accept the credentials, so it could not ${deed}.`,
    'openKubeconfig',
  ],
  403: [
    'Forbidden',
    ({ context, deed }) => `In ${context} you may not ${deed}.`,
    'chooseNamespaces',
  ],
  404: ['NotFound', ({ context, deed }) => `In ${context} there is nothing to ${deed}.`, 'reload'],
  409: [
    'Conflict',
    ({ context, deed }) => `In ${context} something changed meanwhile, so it could not ${deed}.`,
    'retry',
  ],
  406: FORMATS,
  410: [
    'Expired',
    ({ context, deed }) =>
      `What ${context} was asked for is too old there, so it could not ${deed}.`,
    'reload',
  ],
  413: [
    'RequestEntityTooLarge',
    ({ context, deed }) => `The request was too large for ${context} to ${deed}.`,
    'chooseAnotherSource',
  ],
  415: FORMATS,
  422: [
    'Invalid',
    ({ context, deed }) => `The API server of ${context} refuses to ${deed}.`,
    'showLog',
  ],
  429: [
    'TooManyRequests',
    ({ context, deed }) => `The API server of ${context} is overloaded and did not ${deed}.`,
    'retry',
  ],
  503: [
    'Unreachable',
    ({ context, deed }) => `The API server of ${context} is not ready and could not ${deed}.`,
    'retry',
  ],
  504: [
    'Timeout',
    ({ context, deed }) => `The API server of ${context} took too long to ${deed}.`,
    'retry',
  ],
};

/** The failure that an answer other than 2xx stands for, told by its status and never by its text. */
export function answerFailure(asked: Asked, answer: ApiAnswer): Failure {
  const status = statusOf(answer);
  const { reason = '', message = beginningOf(answer) } = status;
  if (answer.status === 404 && status.details?.kind === 'namespaces') {
    return namespaceMissing(asked.context, status.details.name ?? '', message);
  }
  const [failureReason, words, nextStep] = BY_STATUS[answer.status] ?? SERVER_FAULT;
  const audit = answer.headers['audit-id'];
  const detail = [
    `HTTP ${answer.status}`,
    reason,
    message,
    ...(typeof audit === 'string' ? [`audit id ${audit}`] : []),
  ];
  return new Failure(withCauses(words(asked), status), {
    reason: failureReason,
    ...((failureReason === 'Forbidden' ? stepOfForbidden(asked) : undefined) ?? { nextStep }),
    detail: detail.filter((part) => part !== '').join(', '),
  });
}

function namespaceMissing(context: string, namespace: string, detail: string): Failure {
  return new Failure(`The namespace ${namespace} does not exist in ${context}.`, {
    reason: 'NotFound',
    nextStep: 'chooseNamespaces',
    detail,
  });
}

/** The sentence with what the server says of single fields. */
function withCauses(sentence: string, { details }: Status): string {
  const causes = (details?.causes ?? []).map(({ field = '', message = '' }) =>
    [field, message].filter((part) => part !== '').join(': '),
  );
  if (causes.length === 0) return sentence;
  return `${sentence.replace(/\.$/, '')}: ${briefly(causes.join('; '), MOST_OF_CAUSES)}.`;
}

/** The beginning of what came in place of a `Status`, such as the page of a proxy. */
function beginningOf({ body }: ApiAnswer): string {
  return body.toString('utf8', 0, MOST_SHOWN).trim();
}

function stepOfForbidden({
  context,
  cache,
  namespace,
}: Asked): { nextStep: NextStep; subject: string } | undefined {
  if (cache !== undefined) return { nextStep: 'copyAccessRequest', subject: cacheId(cache) };
  if (namespace === undefined) return undefined;
  return { nextStep: 'nameCaches', subject: namespaceKey({ context, namespace }) };
}

/** The failure of a connection that could not be made, or broke before the answer was whole. */
export function unreachable({ context, deed }: Asked, cause: Error): Failure {
  return new Failure(`The API server of ${context} cannot be reached, so it could not ${deed}.`, {
    reason: 'Unreachable',
    nextStep: 'retry',
    detail: cause.message,
  });
}

/** The failure of an answer that came whole and that nothing can be made of. */
export function misread({ context, deed }: Asked, cause: unknown): Failure {
  return new Failure(
    `The API server of ${context} gave an answer that cannot be read to ${deed}.`,
    {
      reason: 'InternalError',
      nextStep: 'showLog',
      detail: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    },
  );
}

/** The failure of credentials that a kubeconfig names and that cannot be had. */
export function credentialFailure(message: string, detail?: string): Failure {
  return new Failure(message, { reason: 'Unauthorized', nextStep: 'openKubeconfig', detail });
}

/** Reads the `Status` of an answer; proxies and overloaded servers send other things, which are none. */
export function statusOf({ body }: Pick<ApiAnswer, 'body'>): Status {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
