import { factAnnotation } from '../facts.ts';
import { printSource } from '../source.ts';
import { refreshManager } from './jobNames.ts';
import type { RefreshJob } from './refreshJob.ts';
import { REFRESH_SCRIPT } from './refreshScript.ts';

const [CURRENT, SCRATCH, SECRET] = ['/cache', '/tmp', '/secret'] as const;

/** Any user but root: the image's own is root, which the restricted Pod Security Standard refuses. */
const NOBODY = 65534;

/** The pod that refreshes a key: admitted by the restricted Pod Security Standard, with a read-only root. */
export function refreshPod(job: RefreshJob, serviceAccountName: string) {
  return {
    serviceAccountName,
    automountServiceAccountToken: true,
    // Variables of services could have the names of ours.
    enableServiceLinks: false,
    restartPolicy: 'Never',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [containerOf(job)],
    volumes: volumesOf(job),
  };
}

function containerOf(job: RefreshJob) {
  return {
    name: 'refresh',
    image: job.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', REFRESH_SCRIPT],
    // The API server drops a value that is empty: to server-side apply, each manager that sends one then changes it.
    env: Object.entries(environmentOf(job)).map(([name, value]) =>
      value === '' ? { name } : { name, value: literal(value) },
    ),
    resources: {
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '1', memory: '256Mi' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: mountsOf(job),
  };
}

/** All that the script is told. */
function environmentOf(job: RefreshJob): Readonly<Record<string, string>> {
  const { cache, key, format, url, header, maxAge, restarts } = job;
  return {
    NAMESPACE: cache.namespace,
    CACHE: cache.name,
    KEY: key,
    FORMAT: format,
    SOURCE_URL: new URL(url).href,
    SOURCE: printSource({ kind: 'url', url }),
    SECRET: header?.secret ?? '',
    SOURCE_HEADER: `${SECRET}/header`,
    CONNECT_SECONDS: '10',
    FETCH_SECONDS: '60',
    RETRIES: '3',
    MAX_AGE: maxAge ?? '',
    RESTARTS: restarts.map(({ kind, name }) => `${kind}/${name}`).join(' '),
    FIELD_MANAGER: refreshManager(key),
    ANNOTATION_SOURCE: factAnnotation('source', key),
    ANNOTATION_REFRESHED: factAnnotation('refreshed', key),
    ANNOTATION_SHA256: factAnnotation('sha256', key),
    ANNOTATION_MAX_AGE: factAnnotation('maxAge', key),
    CURRENT,
    TMPDIR: SCRATCH,
    HOME: SCRATCH,
  };
}

/**
 * The value of a variable so that it arrives as it is: the kubelet replaces `$(NAME)`, and `$$` by `$`. Source:
 * `expansion.Expand` of Kubernetes.
 */
function literal(value: string): string {
  return value.replaceAll('$', '$$$$');
}

function mountsOf({ header }: RefreshJob) {
  return [
    { name: 'cache', mountPath: CURRENT, readOnly: true },
    { name: 'scratch', mountPath: SCRATCH },
    ...(header === undefined ? [] : [{ name: 'secret', mountPath: SECRET, readOnly: true }]),
  ];
}

/** All of what may be missing is optional: the script says so in a sentence, where a pod would only not start. */
function volumesOf({ cache, header }: RefreshJob) {
  return [
    { name: 'cache', configMap: { name: cache.name, optional: true } },
    { name: 'scratch', emptyDir: { sizeLimit: '64Mi' } },
    ...(header === undefined
      ? []
      : [
          {
            name: 'secret',
            secret: {
              secretName: header.secret,
              items: [{ key: header.key, path: 'header' }],
              optional: true,
            },
          },
        ]),
  ];
}
