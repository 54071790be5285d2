import type { Metadata } from '../refreshAccess.ts';
import type { ScheduleTrigger } from './eventRefresh.ts';

/** The CronWorkflow that starts the workflow on a schedule, without Argo Events. */
export function cronWorkflow({ schedule, timeZone }: ScheduleTrigger, metadata: Metadata) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'CronWorkflow',
    metadata,
    spec: {
      schedules: [schedule],
      timezone: timeZone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      workflowMetadata: { labels: metadata.labels },
      workflowSpec: { workflowTemplateRef: { name: metadata.name } },
    },
  };
}
