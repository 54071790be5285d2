import type { CacheSummary } from '../cache.ts';
import { printAge } from '../freshness.ts';
import { printWorkload } from '../readers/workload.ts';
import { accountOf, type CronState } from './cron.ts';
import { briefly, brieflyInside } from '../text.ts';
import {
  isEndUnknown,
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

/** What a row says of a job, part by part. */
export function jobParts(job: CacheJob, summary: CacheSummary, now: number): readonly string[] {
  const { evidence, runs } = job;
  return [
    ...(evidence === 'naming' ? ['may refresh it'] : []),
    startWords(job),
    ...nextParts(job, now),
    ...(job.refused === undefined ? [] : [`due, and not begun: ${briefly(job.refused, ROW)}`]),
    ...runningParts(runs ?? []),
    ...resultParts(job, now),
    ...(troubleOf(job, summary, now) === 'overdue' ? [overdueWords(job, summary, now)] : []),
  ];
}

function nextParts({ cron }: CacheJob, now: number): readonly string[] {
  if (cron.isStopped === true) return ['stopped by its stopStrategy'];
  if (cron.isSuspended) return ['suspended'];
  const next = nextRunOf(cron, now);
  return next === undefined ? [] : [`next ${printIn(next - now)}`];
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
  const ended = lastEnded(job.runs);
  const success = lastSuccess(job);
  const last = success === undefined ? [] : [`last success ${printAge(now - success)}`];
  if (isEndUnknown(job)) return ['how its last run ended is not known', ...last];
  if (ended === undefined || (success ?? 0) > (ended.state.ended ?? 0)) {
    if (success !== undefined) return last;
    if (!isScheduled(job)) return ['no run is known'];
    return job.cron.lastScheduled === undefined ? ['has not run yet'] : ['no run is left'];
  }
  const age = printAge(now - (ended.state.ended ?? 0));
  if (ended.state.outcome === 'succeeded') return [`last run succeeded ${age}`];
  const reason = brieflyInside(failureReason(job, ended), ROW);
  return [`last run failed ${age}${reason === '' ? '' : `: ${reason}`}`, ...last];
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

/** How the log of a pod begins. `number` is the place of the pod in its run. */
export function podHeading({ workload, attempt }: RunPod, number: number): string {
  const { container, otherContainers, step } = attempt;
  const of = step === undefined || step.name === '' ? '' : `, step ${step.name}`;
  // Of a Job each pod is a try; of a Workflow each step has tries of its own.
  const tries = step?.attempt ?? number;
  const retry = tries === 1 ? '' : `, try ${tries}`;
  const others = otherContainers.length === 0 ? '' : `, without ${otherContainers.join(', ')}`;
  return `Pod ${workload.ref.name}${of}${retry}: log of container ${container}${others}`;
}

/** What is to say of the pods of a run that has ended, of which so many were there. */
export function gonePods({ state: { pods } }: Run, there: number): readonly string[] {
  if (there === 0 && pods === 0) return ['No pod of it has run, and so there is no log.'];
  if (there === 0) return ['Its pods are gone, and their logs with them.'];
  return there < pods ? ['Other pods of it are gone, and their logs with them.'] : [];
}

/** The lines of a job's tooltip. */
export function jobLines(job: CacheJob, summary: CacheSummary, now: number): readonly string[] {
  const { workload, cron, runs } = job;
  return [
    `${printWorkload(workload.ref)} of namespace ${workload.ref.namespace}`,
    EVIDENCE[job.evidence](accountOf(cron)),
    isScheduled(job)
      ? `Schedule: ${cron.schedules.join(', ')}, ${timingWords(cron)}`
      : `It runs ${startWords(job)}.`,
    ...(cron.needs.length === 0 ? [] : [needsLine(cron)]),
    ...nextLines(job, now),
    ...(job.refused === undefined ? [] : [`A run is due and does not begin: ${job.refused}`]),
    ...(runs ?? []).filter(({ state }) => state.outcome === 'running').map(runningLine),
    ...resultLines(job, now),
    ...(troubleOf(job, summary, now) === 'overdue'
      ? ['Nothing succeeded within the age limit.']
      : []),
  ];
}

function nextLines({ cron }: CacheJob, now: number): readonly string[] {
  const next = nextRunOf(cron, now);
  return [
    ...(cron.isSuspended ? ['It is suspended: it does not run on its schedule.'] : []),
    ...(cron.isStopped === true ? [STOPPED] : []),
    ...(next === undefined || cron.isSuspended ? [] : [`Next run: ${printTime(next)}`]),
  ];
}

/** Why it does not run, whoever resumes it. */
export const STOPPED = 'Its stopStrategy has stopped it: it does not run on its schedule any more.';

function runningLine(run: Run): string {
  const waiting = waitingReason(run);
  const since = `Running: ${printWorkload(run.workload.ref)}, since ${printTime(run.state.began)}`;
  return waiting === undefined ? since : `${since}; ${waiting}`;
}

function resultLines(job: CacheJob, now: number): readonly string[] {
  const ended = lastEnded(job.runs ?? []);
  const success = lastSuccess(job);
  const age = (time: number) => `, ${printAge(now - time)}`;
  return [
    ...(isEndUnknown(job) ? ['How its last run ended is not known: its Job is gone.'] : []),
    ...(ended === undefined ? [] : [endLine(job, ended, age(ended.state.ended ?? 0))]),
    success === undefined
      ? 'No success is known.'
      : `Last success: ${printTime(success)}${age(success)}`,
  ];
}

/** Why it cannot be run from here. */
export function needsLine({ needs }: Pick<CronState, 'needs'>): string {
  return `Who starts it has to give values for ${needs.join(', ')}: it cannot be run from here.`;
}

/** How a run ended, with why; `age` stands behind its time. */
export function endLine(job: CacheJob, run: Run, age = ''): string {
  const { state, workload } = run;
  const name = printWorkload(workload.ref);
  const time = `${printTime(state.ended ?? state.began)}${age}`;
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
