import { FIELD_MANAGER } from '../../domain/owners.ts';
import { workloadOf } from '../../domain/readers/workload.ts';
import type { JobCluster, LogEnd, LogLine } from '../../operations/jobs/jobCluster.ts';
import { review } from './accessReview.ts';
import { BrokenConnection, chunksOf, readWhole, type Answer, type ApiAnswer } from './answer.ts';
import { answerFailure } from './apiFailure.ts';
import { parsed } from './asking.ts';
import { pathOf } from './kinds.ts';
import { proven } from './proven.ts';
import type { Requests } from './requests.ts';
import type { ApiRequest } from './transport.ts';
import { about } from './workloads.ts';

/** The verbs with which content is replaced: `kubectl apply` and `kubectl replace`. */
const CHANGING = ['patch', 'update'] as const;

/** The `JobCluster` port over the API servers that a kubeconfig names. */
export class KubernetesJobs implements JobCluster {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  readonly mayAccountChange: JobCluster['mayAccountChange'] = async (account, cache, signal) => {
    const { context, namespace, name } = cache;
    for (const verb of CHANGING) {
      const attributes = { verb, group: '', resource: 'configmaps', namespace, name };
      const of = { attributes, account };
      if (await review(this.#requests, context, of, signal)) return true;
    }
    return false;
  };

  readonly setSuspended: JobCluster['setSuspended'] = async ({ ref, uid }, isSuspended, signal) => {
    const asked = about(ref, isSuspended ? 'suspend' : 'resume');
    const isArgo = ref.kind === 'CronWorkflow';
    const manager = isArgo ? FIELD_MANAGER : 'kubectl-patch';
    const call: ApiRequest = {
      method: 'PATCH',
      path: `${pathOf(ref)}?fieldManager=${manager}`,
      // Custom resources have no other patch. Source: apiextensions-apiserver, `SupportedPatchTypes`.
      contentType: `application/${isArgo ? 'merge' : 'strategic-merge'}-patch+json`,
      body: { metadata: { uid }, spec: { suspend: isSuspended } },
    };
    const answer = proven(asked, await this.#requests.attempt(asked, call, signal));
    if ('kind' in answer) return answer;
    if (answer.status === 404 || isOfAnother(answer)) return { kind: 'gone' };
    const workload = workloadOf(ref.context, ref.kind, parsed(asked, answer));
    return { kind: 'done', workload };
  };

  readonly followLog: JobCluster['followLog'] = async (pod, question, signal) => {
    const asked = about(pod, 'read the log of');
    const { container, since, hear } = question;
    const query = new URLSearchParams({
      follow: 'true',
      container,
      timestamps: 'true',
      ...(since === undefined ? {} : { sinceTime: since }),
    });
    const call: ApiRequest = {
      method: 'GET',
      path: `${pathOf(pod)}/log?${query.toString()}`,
      accept: '*/*',
    };
    const answer = await this.#requests.stream(asked, call, signal);
    if (answer.status === 200) return await heard(answer, hear, signal);
    const whole = await readWhole(answer);
    if (whole.status === 404) return { kind: 'gone' };
    const failure = answerFailure(asked, whole);
    // What has no node or no container yet is a bad request. Source: `LogLocation` of the registry of pods.
    if (whole.status === 400) return { kind: 'notYet', detail: failure.detail ?? failure.message };
    throw failure;
  };
}

/** True where the object bears that name and is another one: its uid is not to be changed. */
function isOfAnother({ status, body }: ApiAnswer): boolean {
  return (status === 409 || status === 422) && /\buid\b/i.test(body.toString('utf8'));
}

/** Tells the lines of a log as they come; the last one may have no end. */
async function heard(
  answer: Answer,
  hear: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<LogEnd> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of chunksOf(answer)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear(lineOf(line));
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrokenConnection)) throw error;
    return { kind: 'broken', detail: error.message };
  }
  if (rest !== '') hear(lineOf(rest));
  return { kind: 'ended' };
}

/** The node puts a time before each line of a container, and none before what it says itself. */
function lineOf(text: string): LogLine {
  const [, time, rest] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (.*)$/s.exec(text) ?? [];
  const shown = (rest ?? text).replace(/\r$/, '');
  return { time: time ?? '', text: shown };
}
