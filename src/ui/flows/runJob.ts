import { window } from 'vscode';
import { manualJobName } from '../../domain/readers/manualJob.ts';
import { printWorkload, type Workload } from '../../domain/readers/workload.ts';
import { Failure } from '../../domain/failure.ts';
import { readerOf } from './readerOf.ts';
import { say, type Session } from './session.ts';

const NEVER = new AbortController().signal;

/** *Run Job Now*: a Job of a CronJob that reads a cache, as kubectl makes it; asks where one runs already. */
export async function runJob(session: Session, argument: unknown): Promise<void> {
  const reader = await readerOf(session, argument, 'Run Job Now', 'CronJob');
  if (reader === undefined) return;
  const cronJob = reader.workload;
  const { workloads, readers } = await session.operations();
  const { ref } = cronJob;
  const where = `${printWorkload(ref)} in namespace ${ref.namespace} of context ${ref.context}`;
  const running = await readers.runningJobs(cronJob);
  if (running.length > 0 && !(await isMeant(where, running))) return;
  const outcome = await workloads.runJob(ref, manualJobName(ref.name, new Date()), NEVER);
  switch (outcome.kind) {
    case 'done':
      say(`Job ${outcome.workload.ref.name} was made from ${where}.`);
      return;
    case 'gone':
      throw new Failure(`${where} does not exist any more.`, {
        reason: 'NotFound',
        nextStep: 'reload',
      });
    case 'unanswered':
      throw new Failure(
        `The connection broke while a Job was made from ${where}: look whether it is there before you try again.`,
        { reason: 'Unreachable', nextStep: 'reload', detail: outcome.detail },
      );
  }
}

/** Nothing in a cluster keeps a Job that is made by hand from running beside others. */
async function isMeant(where: string, running: readonly Workload[]): Promise<boolean> {
  const run = 'Run Another';
  const names = running.map(({ ref }) => ref.name).join(', ');
  const answer = await window.showWarningMessage(
    `Run another Job of ${where}?`,
    { modal: true, detail: `Already running: ${names}. Both will run at the same time.` },
    run,
  );
  return answer === run;
}
