import { commands, window } from 'vscode';
import type { CacheJob } from '../../../domain/jobs/cacheJob.ts';
import { Failure } from '../../../domain/failure.ts';
import { printWorkload, type WorkloadRef } from '../../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { withoutLinks } from '../../../domain/text.ts';
import type { CommandId } from '../../contributions.ts';
import { isNode } from '../../tree/node.ts';
import { say, type Session } from '../session.ts';
import { targetOf } from '../target.ts';

/** A job and the cache that it refreshes: what a command on jobs needs of a row. */
export interface ChosenJob {
  readonly kind: 'job';
  readonly ref: CacheRef;
  readonly job: CacheJob;
}

/**
 * The job that a command's first argument stands for, as it is known now; asks for a cache and one of its jobs where
 * it is none. Only those are offered that the command can do something with.
 */
export async function jobOf(
  session: Session,
  argument: unknown,
  title: string,
  isMeant: (job: CacheJob) => boolean = () => true,
): Promise<ChosenJob | undefined> {
  const { jobs } = await session.operations();
  if (isNode(argument) && argument.kind === 'job') {
    const { ref, job } = argument;
    const known = (await jobs.of(ref)).jobs;
    const now = known.find(({ workload }) => workload.uid === job.workload.uid);
    return { kind: 'job', ref, job: now ?? job };
  }
  const target = await targetOf(session, argument, title);
  if (target === undefined) return undefined;
  const { ref } = target;
  const { jobs: all, unknown } = await jobs.of(ref);
  const found = all.filter(isMeant);
  if (found.length === 0) {
    const why = unknown.map(({ failure }) => failure.message).join(' ');
    say(`${title}: there is no such job of ${printCacheAndContext(ref)}. ${why}`.trim());
  }
  const job = await oneOf(found, title);
  return job && { kind: 'job', ref, job };
}

async function oneOf(found: readonly CacheJob[], title: string): Promise<CacheJob | undefined> {
  if (found.length < 2) return found[0];
  const items = found.map((job) => ({ label: printWorkload(job.workload.ref), job }));
  return (await window.showQuickPick(items, { title }))?.job;
}

/** A workload with where it is: nobody may take it for one of another cluster. */
export function printPlace(ref: WorkloadRef): string {
  return `${printWorkload(ref)} in namespace ${ref.namespace} of context ${ref.context}`;
}

/** The workload is not there any more. */
export function workloadGone(ref: WorkloadRef): Failure {
  return new Failure(`${printPlace(ref)} does not exist any more.`, {
    reason: 'NotFound',
    nextStep: 'reload',
  });
}

/** Says what was done and offers what may come next, without waiting for an answer. */
export function offer(
  sentence: string,
  title: string,
  next: readonly [command: CommandId, argument: unknown],
): void {
  window.showInformationMessage(withoutLinks(sentence), title).then(
    (answer) => {
      if (answer !== title) return;
      // What goes wrong with it is told at the edge of that command.
      commands.executeCommand(...next).then(
        () => undefined,
        () => undefined,
      );
    },
    () => undefined,
  );
}
