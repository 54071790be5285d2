import { window } from 'vscode';
import { Failure } from '../../../domain/failure.ts';
import { isScheduled, type CacheJob } from '../../../domain/jobs/cacheJob.ts';
import { STOPPED } from '../../../domain/jobs/jobText.ts';
import type { Missed } from '../../../domain/jobs/timing.ts';
import type { Workload } from '../../../domain/readers/workload.ts';
import type { CareOutcome } from '../../../operations/jobs/jobCare.ts';
import { COMMANDS } from '../../contributions.ts';
import { jobOf, offer, printPlace, workloadGone } from './jobOf.ts';
import { say, type Session } from '../session.ts';

const NEVER = new AbortController().signal;

/** *Suspend Job*: it does not run on its schedule any more, until it is resumed. */
export async function suspendJob(session: Session, argument: unknown): Promise<void> {
  const chosen = await jobOf(session, argument, 'Suspend Job', isOn);
  if (chosen === undefined) return;
  const { job, ref } = chosen;
  const { jobCare } = await session.operations();
  const outcome = await jobCare.setSuspended(job.workload, true);
  if (!told(job.workload, outcome, 'suspended')) return;
  const goesOn = job.runs?.some(({ state }) => state.outcome === 'running') === true;
  const sentence = [
    `${printPlace(job.workload.ref)} is suspended: it does not run on its schedule until it is resumed.`,
    ...(goesOn ? ['The run that is under way goes on.'] : []),
    ...deployedBy(job.workload),
  ].join(' ');
  offer(sentence, 'Resume Job', [COMMANDS.resumeJob, { kind: 'job', ref, job }]);
}

/** *Resume Job*: it runs on its schedule again; asks where a run that it missed would start at once. */
export async function resumeJob(session: Session, argument: unknown): Promise<void> {
  const chosen = await jobOf(session, argument, 'Resume Job', ({ cron }) => cron.isSuspended);
  if (chosen === undefined) return;
  const { ref } = chosen.job.workload;
  const { jobCare } = await session.operations();
  const plan = await jobCare.planResume(chosen.job.workload, NEVER);
  if (plan === undefined) throw workloadGone(ref);
  const { workload, missed } = plan;
  if (workload.cron?.isSuspended === true && !(await isMeant(printPlace(ref), missed))) return;
  const outcome = await jobCare.setSuspended(workload, false);
  if (!told(workload, outcome, 'resumed')) return;
  const sentences =
    workload.cron?.isStopped === true
      ? [`${printPlace(ref)} is not suspended any more.`, STOPPED]
      : [`${printPlace(ref)} runs on its schedule again.`, ...RESUMED[missed]];
  say([...sentences, ...deployedBy(workload)].join(' '));
}

/** True for what runs on its schedule. */
function isOn(job: CacheJob): boolean {
  return isScheduled(job) && !job.cron.isSuspended;
}

/** What becomes of a run that was missed, before it is resumed. */
const MISSED: Readonly<Record<Exclude<Missed, 'none'>, string>> = {
  starts: 'A run was missed while it was suspended: it starts at once.',
  waits:
    'A run was missed while it was suspended: it starts when the one that is under way has ended, as long as it is not too late for it then.',
  unknown:
    'Only its controller knows whether a run that was missed starts at once: it names no time zone, or its when or stopStrategy decides.',
};

/** And afterwards. */
const RESUMED: Readonly<Record<Missed, readonly string[]>> = {
  starts: ['The run that it missed starts now.'],
  waits: ['The run that it missed starts when the one that is under way has ended.'],
  none: [],
  unknown: [],
};

async function isMeant(where: string, missed: Missed): Promise<boolean> {
  if (missed === 'none') return true;
  const resume = 'Resume';
  const detail = MISSED[missed];
  const answer = await window.showWarningMessage(
    `Resume ${where}?`,
    { modal: true, detail },
    resume,
  );
  return answer === resume;
}

/** True where it was done; says so where it was done before, and throws where it was not. */
function told({ ref }: Workload, outcome: CareOutcome, deed: string): boolean {
  const where = printPlace(ref);
  switch (outcome.kind) {
    case 'done':
      return true;
    case 'already':
      say(`${where} was ${deed} before.`);
      return false;
    case 'gone':
      throw workloadGone(ref);
    case 'notDone':
      throw new Failure(
        `No answer told whether ${where} was ${deed}. It was read again and is not so far; a request that is held up may yet do it.`,
        { reason: 'Unreachable', nextStep: 'retry', detail: outcome.detail },
      );
    case 'unclear':
      throw new Failure(`No answer told whether ${where} was ${deed}, and it cannot be read now.`, {
        reason: 'Unreachable',
        nextStep: 'reload',
        detail: outcome.detail,
      });
  }
}

/** Who may put back what was changed. */
function deployedBy({ deployers = [] }: Workload): readonly string[] {
  return deployers.length === 0 ? [] : ['Whatever deploys it may put that back.'];
}
