import type { CacheSummary } from '../cache.ts';
import { printAge } from '../freshness.ts';
import { printWorkload } from '../readers/workload.ts';
import { accountOf, type CronState } from './cron.ts';
import { briefly, brieflyInside } from '../text.ts';
import {
  isFailureGone,
  isScheduled,
  lastEnded,
  lastRefresh,
  lastSuccess,
  troubleOf,
  type CacheJob,
  type Run,
  type RunPod,
} from './cacheJob.ts';
import { nextRunOf, printIn, timingWords } from './timing.ts';

/** Our script ends with this code when all is done but the restart of a reader. */
const NOT_RESTARTED = 3;

/** How its sentence begins then: whether that run wrote, or one before it. */
const NEARLY_DONE =
  /^The cache (was written|is as it was), but not all of its readers were restarted: */;

/** A reason in a row is cut to so many characters. The tooltip has all of it. */
const ROW = 100;

/** Why a run failed whose Job was deleted, by its time to live or a limit on their number. */
const GONE = 'its Job is gone, the reason is not known';

/** What a row says of a job, part by part. */
export function jobParts(job: CacheJob, summary: CacheSummary, now: number): readonly string[] {
  const { cron, evidence, runs } = job;
  const next = nextRunOf(cron, now);
  return [
    ...(evidence === 'naming' ? ['may refresh it'] : []),
    startWords(job),
    ...(cron.isSuspended
      ? ['suspended']
      : next === undefined
        ? []
        : [`next ${printIn(next - now)}`]),
    ...(job.refused === undefined ? [] : [`due, and not begun: ${briefly(job.refused, ROW)}`]),
    ...runningParts(runs ?? []),
    ...resultParts(job, now),
    ...(troubleOf(job, summary, now) === 'overdue' ? [overdueWords(job, summary, now)] : []),
  ];
}

/** What starts it. Of a WorkflowTemplate nobody says what does; of those that were scaffolded it is known. */
function startWords({ workload, cron, evidence }: CacheJob): string {
  if (isScheduled({ workload })) return timingWords(cron);
  return evidence === 'label' ? 'on an event' : 'when it is started';
}

function runningParts(runs: readonly Run[]): readonly string[] {
  const running = runs.filter(({ state }) => state.outcome === 'running');
  const [refused] = running.flatMap((run) => run.refused ?? []);
  if (refused !== undefined) return [`no pod: ${briefly(refused, ROW)}`];
  return running.length === 0 ? [] : ['running'];
}

function resultParts(job: CacheJob, now: number): readonly string[] {
  if (job.runs === undefined) return ['last run not known'];
  if (isFailureGone(job)) return [`last run failed: ${GONE}`];
  const ended = lastEnded(job.runs);
  const success = lastSuccess(job);
  if (ended === undefined || (success ?? 0) > (ended.state.ended ?? 0)) {
    if (success !== undefined) return [`last success ${printAge(now - success)}`];
    if (!isScheduled(job)) return ['no run is known'];
    return job.cron.lastScheduled === undefined ? ['has not run yet'] : ['no run is left'];
  }
  if (ended.state.outcome === 'succeeded') {
    return [`last run succeeded ${printAge(now - (ended.state.ended ?? 0))}`];
  }
  const reason = brieflyInside(failureReason(job, ended), ROW);
  return [reason === '' ? 'last run failed' : `last run failed: ${reason}`];
}

function overdueWords(job: CacheJob, summary: CacheSummary, now: number): string {
  const success = lastRefresh(job, summary);
  return success === undefined
    ? 'overdue: never succeeded'
    : `overdue: last success ${printAge(now - success)}`;
}

/** Why a run failed: what its last pod left as a termination message, or else what its controller says. */
export function failureReason(job: CacheJob, { pods, state, refused }: Run): string {
  const failed = pods.filter(({ attempt: { end } }) => end !== undefined && end.code !== 0).at(-1);
  const { message = '', code } = failed?.attempt.end ?? {};
  if (message !== '') {
    const isOurs = job.evidence === 'label' && code === NOT_RESTARTED;
    const [start = '', outcome] = (isOurs ? NEARLY_DONE.exec(message) : undefined) ?? [];
    if (outcome === undefined) return message;
    const written = outcome === 'was written' ? 'written, but ' : '';
    return `${written}readers were not restarted: ${message.slice(start.length)}`;
  }
  const trouble = pods.at(-1)?.workload.pod?.trouble;
  return trouble ?? (refused === undefined ? state.reason : `${refused} (${state.reason})`);
}

/** What keeps a run from going on, as far as the cluster tells. */
export function waitingReason({ pods, refused }: Run): string | undefined {
  const { workload } = pods.at(-1) ?? {};
  const trouble = workload?.pod?.trouble;
  if (workload === undefined) return refused;
  return trouble && `pod ${workload.ref.name}: ${trouble}`;
}

/** How the container of a pod ended, as a sentence without its full stop. */
export function endOfPod({ workload, attempt }: RunPod): string {
  const { end } = attempt;
  const pod = `Pod ${workload.ref.name}`;
  if (end === undefined) return `${pod} ended: ${workload.pod?.trouble ?? 'no reason is known'}`;
  const message = end.message === '' ? '' : `: ${end.message.replace(/\.$/, '')}`;
  return `${pod} ended with code ${end.code}${message}`;
}

/** The lines of a job's tooltip. */
export function jobLines(job: CacheJob, summary: CacheSummary, now: number): readonly string[] {
  const { workload, cron, runs } = job;
  const next = nextRunOf(cron, now);
  const success = lastSuccess(job);
  const ended = lastEnded(runs ?? []);
  const running = runs?.filter(({ state }) => state.outcome === 'running') ?? [];
  return [
    `${printWorkload(workload.ref)} of namespace ${workload.ref.namespace}`,
    EVIDENCE[job.evidence](accountOf(cron)),
    isScheduled(job)
      ? `Schedule: ${cron.schedules.join(', ')}, ${timingWords(cron)}`
      : `It runs ${startWords(job)}.`,
    ...(cron.needs.length === 0 ? [] : [needsLine(cron)]),
    ...(cron.isSuspended ? ['It is suspended: it does not run on its schedule.'] : []),
    ...(next === undefined || cron.isSuspended ? [] : [`Next run: ${printTime(next)}`]),
    ...(job.refused === undefined ? [] : [`A run is due and does not begin: ${job.refused}`]),
    ...running.map((run) => {
      const waiting = waitingReason(run);
      return `Running: ${printWorkload(run.workload.ref)}, since ${printTime(run.state.began)}${waiting === undefined ? '' : `; ${waiting}`}`;
    }),
    ...(isFailureGone(job) ? [`The last run failed: ${GONE}.`] : []),
    ...(ended === undefined ? [] : [endLine(job, ended)]),
    ...(success === undefined ? ['No success is known.'] : [`Last success: ${printTime(success)}`]),
    ...(troubleOf(job, summary, now) === 'overdue'
      ? ['Nothing succeeded within the age limit.']
      : []),
  ];
}

/** Why it cannot be run from here. */
export function needsLine({ needs }: Pick<CronState, 'needs'>): string {
  return `Who starts it has to give values for ${needs.join(', ')}: it cannot be run from here.`;
}

/** How a run ended, with why. */
export function endLine(job: CacheJob, run: Run): string {
  const { state, workload } = run;
  const name = printWorkload(workload.ref);
  const time = printTime(state.ended ?? state.began);
  if (state.outcome !== 'failed') return `${name} succeeded at ${time}.`;
  const reason = failureReason(job, run);
  return reason === '' ? `${name} failed at ${time}.` : `${name} failed at ${time}: ${reason}`;
}

const EVIDENCE: Readonly<Record<CacheJob['evidence'], (account: string) => string>> = {
  label: () => 'Its label says that it refreshes this cache.',
  rights: (account) => `It names this cache, and its service account ${account} may change it.`,
  naming: (account) =>
    `It names this cache; whether its service account ${account} may change it is not known.`,
};

/** A time as the cluster writes it, in whole seconds. */
function printTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
