import assert from 'node:assert/strict';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { content, type Answer } from './sourceServer.ts';

/**
 * What a source does, and the sentence that is left; `SOURCE` stands for its URL. Programs put their words otherwise in
 * other versions.
 */
export interface Refusal {
  readonly title: string;
  readonly answer: Answer;
  readonly message: string | RegExp;
  readonly wanted?: Partial<RefreshJob>;
}

/** The largest ConfigMap. */
export const MIB = 1_048_576;

/** How the sentence ends that says that a person has to look at what came. */
export const ACCEPT = 'is not written unseen. To accept this, refresh it by hand in VS Code.';

/** A page that is no data. */
export const LOGIN = '<!-- 1 > 0 -->\n<!DOCTYPE html><html><body>Sign in</body></html>';

/** An answer that calls itself text. */
export function text(body: string): Answer {
  return content(body, 'text/plain');
}

/** What a job left, the same for each place of the source. */
export function sentence(left: string, { url }: RefreshJob): string {
  const { origin, pathname } = new URL(url);
  // D29: what follows the path may be a credential.
  assert.doesNotMatch(left, /hidden/);
  return left.replaceAll(`${origin}${pathname}`, 'SOURCE');
}

/** Throws unless it is this sentence. */
export function assertSays(said: string, message: Refusal['message']): void {
  if (typeof message === 'string') assert.equal(said, message);
  else assert.match(said, message);
}
