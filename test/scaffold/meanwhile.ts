import assert from 'node:assert/strict';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import { podOf, type Runnable } from './refreshRuns.ts';
import type { Answer } from './sourceServer.ts';
import type { Stage } from './stage.ts';

/** Changes the map of a job, as somebody else would. */
export async function edit({ plane }: Stage, { cache }: RefreshJob, change: object): Promise<void> {
  const { name, namespace } = cache;
  const patch = ['--type=merge', '-p', JSON.stringify(change)];
  await plane.kubectl(['patch', 'configmap', name, '-n', namespace, ...patch]);
}

/** Answers once something is done; not at all where it fails. */
export function answerAfter(done: Promise<unknown>, answer: Answer): Answer {
  return (response, request) => {
    done.then(
      () => {
        answer(response, request);
      },
      (error: unknown) => response.destroy(error as Error),
    );
  };
}

/** The pod of a job whose script has other words in one place. */
export function replaced(job: RefreshJob, words: string, others: string): Runnable {
  const { container, ...rest } = podOf(job);
  const command = container.command.map((text) => text.replace(words, () => others));
  assert.notDeepEqual(command, container.command);
  return { ...rest, container: { ...container, command } };
}

/** One that asks the source for `between` before it goes on at these words. */
export function askingBefore(job: RefreshJob, words: string): Runnable {
  return replaced(job, words, `curl --silent "$SOURCE_URL&between" > "$work/between"\n${words}`);
}

/** One that asks between its look at the map and the write. */
export function askingBetween(job: RefreshJob): Runnable {
  return askingBefore(job, '  if move && api');
}
