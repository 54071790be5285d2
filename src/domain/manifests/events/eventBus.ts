import { CONTAINER_SECURITY, POD_SECURITY } from '../refreshPod.ts';

/** The name that Argo Events looks for where none is given. */
export const DEFAULT_BUS = 'default';

/**
 * The EventBus of a namespace. Its version is one of those in the controller's own list of images, of which `latest`
 * is in all: it is no tag.
 */
export function eventBus(namespace: string) {
  const container = {
    resources: {
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '500m', memory: '256Mi' },
    },
    securityContext: CONTAINER_SECURITY,
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'EventBus',
    metadata: { name: DEFAULT_BUS, namespace },
    spec: {
      jetstream: {
        version: 'latest',
        replicas: 3,
        securityContext: { ...POD_SECURITY, fsGroup: POD_SECURITY.runAsGroup },
        containerTemplate: container,
        reloaderContainerTemplate: container,
        metricsContainerTemplate: container,
      },
    },
  };
}
