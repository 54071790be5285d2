import type { CacheSummary } from '../../domain/cache.ts';
import {
  isScheduled,
  troubleOf,
  troubleOfCache,
  type JobTrouble,
} from '../../domain/jobs/cacheJob.ts';
import { printAge } from '../../domain/freshness.ts';
import { printWorkload } from '../../domain/readers/workload.ts';
import { printCache } from '../../domain/ref.ts';
import type { JobsPicture } from '../../operations/jobs/jobs.ts';
import type { SeenJobs } from './rememberedJobs.ts';
import type { JobNode, JobsNode } from './node.ts';
import type { Known, Row } from './render.ts';

/** The row above the jobs that refresh a cache. */
export function renderJobs({ ref }: JobsNode, picture: JobsPicture | undefined): Row {
  return {
    label: 'Refresh jobs',
    description: picture === undefined ? '' : String(picture.jobs.length),
    tooltip: () => [`What refreshes ${printCache(ref)} in context ${ref.context} by itself`],
    icon: 'sync',
    contextValue: 'jobs',
    expandable: true,
  };
}

const TINTS = { failed: 'error', overdue: 'warning' } as const;

/** The row of one job: when it runs, and how it went. */
export function renderJob(
  { job, summary }: JobNode,
  { now, jobWords }: Pick<Known, 'now' | 'jobWords'>,
): Row {
  const trouble = troubleOf(job, summary, now);
  const { workload, cron } = job;
  return {
    label: printWorkload(workload.ref),
    description: jobWords?.jobParts(job, summary, now).join(' · ') ?? '',
    tooltip: () => jobWords?.jobLines(job, summary, now) ?? [],
    icon: isScheduled(job) ? 'calendar' : 'zap',
    ...(trouble === undefined ? {} : { tint: TINTS[trouble] }),
    contextValue: [
      'job',
      ...(cron.needs.length === 0 ? ['runnable'] : []),
      ...(isScheduled(job) ? [cron.isSuspended ? 'resumable' : 'suspendable'] : []),
    ].join(' '),
    expandable: false,
  };
}

/** What the row of a cache says of its jobs, and the lines for its tooltip. */
export function jobsOfCache(
  summary: CacheSummary,
  picture: SeenJobs | undefined,
  now: number,
): { readonly parts: readonly string[]; readonly lines: readonly string[] } {
  const { jobs = [], unknown = [], asOf } = picture ?? {};
  const trouble = troubleOfCache(jobs, summary, now);
  const when = asOf === undefined ? '' : `as of ${printAge(now - asOf)}`;
  return {
    parts: trouble === undefined ? [] : [[MARKS[trouble][0], when].filter(Boolean).join(', ')],
    lines: [
      ...(trouble === undefined ? [] : [MARKS[trouble][1]]),
      ...(trouble === undefined || when === ''
        ? []
        : [`That is ${when}: open the cache to look again.`]),
      ...(unknown.length === 0 ? [] : ['Not all of what may refresh it is known:']),
      ...unknown.map(({ failure }) => failure.message),
    ],
  };
}

const MARKS: Readonly<Record<JobTrouble, readonly [part: string, line: string]>> = {
  failed: [
    'refresh job failed',
    'The last run of a job that refreshes it failed, or does not begin.',
  ],
  overdue: [
    'refresh job overdue',
    'No run of a job that refreshes it succeeded within the age limit.',
  ],
};
