import type { Unanswered } from '../../operations/written.ts';
import { BrokenConnection, type ApiAnswer } from './answer.ts';
import { answerFailure, type Asked } from './apiFailure.ts';

/**
 * The answer to a write where it proves what became of it. With 5xx it may have been carried out: etcd and
 * API servers give up waiting for what goes on (500, 504), and so do proxies in between (502, 503, 504). A 503
 * is no exception, be it with `Retry-After` or not: servers that are overloaded or about to stop say 429,
 * before they begin, and proxies say 503 also where a server died with the request in its hands. Sources:
 * `WithPriorityAndFairness` and `WithRetryAfter` of apiserver; the response flag UC of Envoy.
 */
export function proven(asked: Asked, answer: ApiAnswer | BrokenConnection): ApiAnswer | Unanswered {
  if (answer instanceof BrokenConnection) return { kind: 'unanswered', detail: answer.message };
  // A success is told in JSON: a page is told by somebody on the way.
  const isPage = answer.status < 300 && !answer.headers['content-type']?.includes('json');
  if (answer.status < 500 && !isPage) return answer;
  const failure = answerFailure(asked, answer);
  return { kind: 'unanswered', detail: failure.detail ?? failure.message, failure };
}
