import { labelValue, REFRESHED_CACHE, REFRESHED_KEY, refreshJobName } from './jobNames.ts';
import type { RefreshJob } from './refreshJob.ts';
import { refreshPod } from './refreshPod.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** The objects of a job, in the order in which they are applied. */
export function refreshJobObjects(job: RefreshJob) {
  const metadata = metadataOf(job);
  return { ...accessOf(job, metadata), cronJob: cronJobOf(job, metadata) };
}

function metadataOf({ cache, key }: RefreshJob) {
  const name = refreshJobName(cache.name, key);
  const labels = {
    'app.kubernetes.io/name': 'cache-refresh',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/part-of': labelValue(cache.name),
    [REFRESHED_CACHE]: labelValue(cache.name),
    [REFRESHED_KEY]: labelValue(key),
  };
  return { name, namespace: cache.namespace, labels };
}

type Metadata = ReturnType<typeof metadataOf>;

function accessOf(job: RefreshJob, metadata: Metadata) {
  const { name, namespace } = metadata;
  return {
    // Only the pod that needs the token has it mounted.
    serviceAccount: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata,
      automountServiceAccountToken: false,
    },
    role: { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: rulesOf(job) },
    roleBinding: {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  };
}

/**
 * What the script does and no more. Server-side apply asks for `create` with the name where there is no map yet.
 * Source: `createAuthorizerAttributes` in the API server's `patch.go`.
 */
function rulesOf({ cache, restarts }: RefreshJob) {
  const kinds = [...new Set(restarts.map(({ kind }) => kind))];
  return [
    {
      apiGroups: [''],
      resources: ['configmaps'],
      resourceNames: [cache.name],
      verbs: ['create', 'patch'],
    },
    ...kinds.map((kind) => ({
      apiGroups: [kind === 'Rollout' ? 'argoproj.io' : 'apps'],
      resources: [`${kind.toLowerCase()}s`],
      resourceNames: restarts.filter((each) => each.kind === kind).map(({ name }) => name),
      verbs: ['patch'],
    })),
  ];
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
          // A second try finds the data unchanged, restarts nobody, and would hide that the first one failed.
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
