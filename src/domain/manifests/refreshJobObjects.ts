import { refreshJobName } from './jobNames.ts';
import { refreshAccess, refreshMetadata, type Metadata } from './refreshAccess.ts';
import type { RefreshJob } from './refreshJob.ts';
import { refreshPod } from './refreshPod.ts';

/** The objects of a job, in the order in which they are applied. */
export function refreshJobObjects(job: RefreshJob) {
  const metadata = refreshMetadata(job, refreshJobName(job.cache.name, job.key));
  return { ...refreshAccess(job, metadata), cronJob: cronJobOf(job, metadata) };
}

function cronJobOf(job: RefreshJob, metadata: Metadata) {
  const { labels } = metadata;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: {
      schedule: job.schedule,
      timeZone: job.timeZone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels },
        spec: {
          activeDeadlineSeconds: 600,
          backoffLimit: 1,
          // A second try at once would meet the same paused or missing reader. The next run tries those again.
          podFailurePolicy: {
            rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [3] } }],
          },
          ttlSecondsAfterFinished: 604800,
          template: { metadata: { labels }, spec: refreshPod(job, metadata.name) },
        },
      },
    },
  };
}
