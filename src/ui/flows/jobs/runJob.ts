import { window } from 'vscode';
import { Failure, isFailure } from '../../../domain/failure.ts';
import type { Run } from '../../../domain/jobs/cacheJob.ts';
import { needsLine } from '../../../domain/jobs/jobText.ts';
import { manualJobName } from '../../../domain/readers/manualJob.ts';
import { printWorkload, type Workload } from '../../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { COMMANDS } from '../../contributions.ts';
import { isNode } from '../../tree/node.ts';
import { offer, printPlace, workloadGone, type ChosenJob } from './jobOf.ts';
import { say, type Session } from '../session.ts';
import { targetOf } from '../target.ts';

const NEVER = new AbortController().signal;

/** What is run: a job that refreshes a cache, or a CronJob that reads it. */
interface Runnable {
  readonly workload: Workload;
  /** For a job that refreshes the cache: its log can be shown. */
  readonly chosen?: ChosenJob;
}

/**
 * *Run Job Now*: a Job of a CronJob as kubectl makes it, or a Workflow of a CronWorkflow or WorkflowTemplate as argo
 * does; asks where one runs already.
 */
export async function runJob(session: Session, argument: unknown): Promise<void> {
  const runnable = await runnableOf(session, argument);
  if (runnable === undefined) return;
  const { workload, chosen } = runnable;
  const { workloads, jobs } = await session.operations();
  const { ref } = workload;
  const where = printPlace(ref);
  if (workload.cron !== undefined && workload.cron.needs.length > 0) {
    say(`${where} was not run. ${needsLine(workload.cron)}`);
    return;
  }
  if (!(await isMeant(where, await jobs.running(workload)))) return;
  const outcome = await workloads.runJob(ref, manualJobName(ref.name, new Date()), NEVER);
  switch (outcome.kind) {
    case 'done': {
      const sentence = `${printWorkload(outcome.workload.ref)} was made from ${where}.`;
      if (chosen === undefined) say(sentence);
      else offer(sentence, 'Show Job Log', [COMMANDS.showJobLog, chosen]);
      return;
    }
    case 'gone':
      throw workloadGone(ref);
    case 'unanswered':
      throw new Failure(
        `No answer told whether ${where} was run: look whether it runs before you try again.`,
        { reason: 'Unreachable', nextStep: 'reload', detail: outcome.detail },
      );
  }
}

/** What a command's first argument stands for; asks for a cache and what of it can be run where it is none. */
async function runnableOf(session: Session, argument: unknown): Promise<Runnable | undefined> {
  if (isNode(argument)) {
    if (argument.kind === 'reader') return { workload: argument.reader.workload };
    if (argument.kind === 'job') return { workload: argument.job.workload, chosen: argument };
  }
  const title = 'Run Job Now';
  const target = await targetOf(session, argument, title);
  if (target === undefined) return undefined;
  const found = await runnablesOf(session, target.ref);
  if (found.length === 0) {
    say(
      `Nothing is known that refreshes or reads ${printCacheAndContext(target.ref)} and can be run.`,
    );
  }
  if (found.length < 2) return found[0];
  const items = found.map((runnable) => ({
    label: printWorkload(runnable.workload.ref),
    description: runnable.chosen === undefined ? 'reads it' : 'refreshes it',
    runnable,
  }));
  return (await window.showQuickPick(items, { title }))?.runnable;
}

async function runnablesOf(session: Session, ref: CacheRef): Promise<readonly Runnable[]> {
  const { jobs, readers } = await session.operations();
  const [refreshing, reading] = await Promise.all([jobs.of(ref), readers.of(ref)]);
  const chosen = refreshing.jobs.map((job) => ({
    workload: job.workload,
    chosen: { kind: 'job', ref, job } as const,
  }));
  const uids = new Set(chosen.map(({ workload }) => workload.uid));
  const others = reading.readers.filter(
    ({ workload }) => workload.ref.kind === 'CronJob' && !uids.has(workload.uid),
  );
  return [...chosen, ...others];
}

/** Nothing in a cluster keeps a run that is made by hand from going on beside others. */
async function isMeant(where: string, running: readonly Run[] | Failure): Promise<boolean> {
  if (!isFailure(running) && running.length === 0) return true;
  const run = 'Run Another';
  const detail = isFailure(running)
    ? `Whether one is running already is not known. ${running.message}`
    : `Already running: ${running.map(({ workload }) => workload.ref.name).join(', ')}. Both may run at the same time.`;
  const answer = await window.showWarningMessage(
    `Run ${where} again?`,
    { modal: true, detail },
    run,
  );
  return answer === run;
}
