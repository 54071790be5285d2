import { etagAnnotation, factAnnotation, restartedAnnotation } from '../facts.ts';
import { printSource } from '../source.ts';
import { refreshManager, restartedManager } from './jobNames.ts';
import type { Refresh } from './refreshJob.ts';
import { REFRESH_SCRIPT } from './refreshScript.ts';

const [SCRATCH, SECRET] = ['/tmp', '/secret'] as const;

/** All hops and tries of a fetch, and all of a run: as long as two tries fit in a job, and three in a step. */
const [FETCHING_SECONDS, RUN_SECONDS] = [150, 240] as const;

/** The longest that a run may take: the last pause before a try may lie outside. */
export const LONGEST_RUN_SECONDS = RUN_SECONDS + 5;

/** What the script runs beside the tools that every system has. */
const TOOLS = ['sh', 'curl', 'jq', 'kubectl', 'cmp', 'sha256sum'];

/** What stands beside the image: what it has to have, how to see whether another has it, and what may become of it. */
export const IMAGE_COMMENT = `it needs ${TOOLS.join(', ')}: of another image, docker run --rm --entrypoint sh IMAGE -c 'type ${TOOLS.join(' ')}' tells whether it has them. A tag can move: pin it by @sha256: and the digest of the image`;

/** Any user but root: the image's own is root, which the restricted Pod Security Standard refuses. */
const NOBODY = 65534;

/** What the restricted Pod Security Standard asks of a pod. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: NOBODY,
  runAsGroup: NOBODY,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** What it asks of a container, and a root that nobody writes to. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
} as const;

/** The pod that refreshes a key: admitted by the restricted Pod Security Standard, with a read-only root. */
export function refreshPod(refresh: Refresh, serviceAccountName: string) {
  return {
    serviceAccountName,
    automountServiceAccountToken: true,
    // Variables of services could have the names of ours.
    enableServiceLinks: false,
    restartPolicy: 'Never',
    securityContext: POD_SECURITY,
    containers: [{ name: 'refresh', ...refreshContainer(refresh) }],
    volumes: refreshVolumes(refresh),
  };
}

/** The container that runs the script. */
export function refreshContainer(refresh: Refresh) {
  return {
    image: refresh.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', REFRESH_SCRIPT],
    // The API server drops a value that is empty: to server-side apply, each manager that sends one then changes it.
    env: Object.entries(environmentOf(refresh)).map(([name, value]) =>
      value === '' ? { name } : { name, value: literal(value) },
    ),
    resources: {
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '1', memory: '256Mi' },
    },
    securityContext: CONTAINER_SECURITY,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: mountsOf(refresh),
  };
}

/** All that the script is told in a pod. */
function environmentOf(refresh: Refresh): Readonly<Record<string, string>> {
  return {
    ...valuesOf(refresh),
    RESTARTED_MANAGER: restartedManager(refresh.key),
    TMPDIR: SCRATCH,
    HOME: SCRATCH,
  };
}

/** What the script is told wherever it runs. */
export function valuesOf(refresh: Refresh) {
  const { cache, key, format, url, header, maxAge, restarts } = refresh;
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
    FETCHING_SECONDS: String(FETCHING_SECONDS),
    RUN_SECONDS: String(RUN_SECONDS),
    MAX_AGE: maxAge ?? '',
    RESTARTS: restarts.map(({ kind, name }) => `${kind}/${name}`).join(' '),
    FIELD_MANAGER: refreshManager(key),
    ANNOTATION_SOURCE: factAnnotation('source', key),
    ANNOTATION_REFRESHED: factAnnotation('refreshed', key),
    ANNOTATION_SHA256: factAnnotation('sha256', key),
    ANNOTATION_MAX_AGE: factAnnotation('maxAge', key),
    ANNOTATION_RESTARTED: restartedAnnotation(key),
    ...(refresh.conditional === true ? { ANNOTATION_ETAG: etagAnnotation(key) } : {}),
  };
}

/**
 * The value of a variable so that it arrives as it is: the kubelet replaces `$(NAME)`, and `$$` by `$`. Source:
 * `expansion.Expand` of Kubernetes.
 */
export function literal(value: string): string {
  return value.replaceAll('$', '$$$$');
}

function mountsOf({ header }: Refresh) {
  return [
    { name: 'scratch', mountPath: SCRATCH },
    ...(header === undefined ? [] : [{ name: 'secret', mountPath: SECRET, readOnly: true }]),
  ];
}

/** The Secret may be missing: the script says so in a sentence, where a pod would only not start. */
export function refreshVolumes({ header }: Refresh) {
  return [
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
