import type { Metadata } from '../refreshAccess.ts';
import { CONTAINER_SECURITY, POD_SECURITY } from '../refreshPod.ts';

/** The pods of Argo Events under this account: as the restricted Pod Security Standard wants them. */
export function hardened(account: Metadata) {
  return {
    serviceAccountName: account.name,
    metadata: { labels: account.labels },
    securityContext: POD_SECURITY,
    container: {
      resources: {
        requests: { cpu: '10m', memory: '64Mi' },
        limits: { cpu: '500m', memory: '256Mi' },
      },
      securityContext: CONTAINER_SECURITY,
    },
  };
}
