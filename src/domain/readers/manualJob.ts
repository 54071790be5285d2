import { fieldsOf, textOr, type Fields } from './json.ts';
import { textsIn } from './workload.ts';

/**
 * The Job that `kubectl create job --from=cronjob/...` makes of a CronJob. Source: kubectl
 * `create_job.go`, `createJobFromCronJob`.
 */
export function manualJobOf(cronJob: Fields, name: string): object {
  const metadata = fieldsOf(cronJob['metadata']);
  const spec = fieldsOf(cronJob['spec']);
  const template = fieldsOf(spec['jobTemplate']);
  const inner = fieldsOf(template['metadata']);
  const labels = textsIn(inner['labels']);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: textOr(metadata['namespace']),
      annotations: {
        'cronjob.kubernetes.io/instantiate': 'manual',
        ...textsIn(inner['annotations']),
      },
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: textOr(metadata['name']),
          uid: textOr(metadata['uid']),
          controller: true,
        },
      ],
    },
    spec: template['spec'],
  };
}

/** A name for a Job of a CronJob: at most 63 characters, and its own for each millisecond. */
export function manualJobName(cronJob: string, time: Date): string {
  const suffix = `-${time.getTime().toString(36)}`;
  return `${cronJob.slice(0, 63 - suffix.length)}${suffix}`;
}
