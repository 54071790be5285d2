import { gzipSync } from 'node:zlib';
import { categories, environments, mappings } from './lookups.ts';

/** Runs kubectl with arguments and standard input. */
type Kubectl = (args: readonly string[], options: { input: string }) => Promise<string>;

type Fields = Readonly<Record<string, unknown>>;

const HOUR = 3_600_000;

/** Fills a cluster with sample caches and with workloads that read them in different ways. */
export async function fillCluster(kubectl: Kubectl, sourceUrl: string): Promise<void> {
  const items = [
    ...['argo', 'team-b'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })),
    ...caches(sourceUrl),
    ...readers(),
  ];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  // Server-side, since client-side apply keeps a second copy of the data, which may not be large.
  await kubectl(['apply', '--server-side', '-f', '-'], { input });
}

function configMap(namespace: string, name: string, fields: Fields, metadata: Fields = {}): Fields {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...metadata },
    ...fields,
  };
}

/** The annotations of a key that was refreshed some hours ago. */
function facts(key: string, of: { source: string; hours: number; maxAge: string }): Fields {
  const refreshed = new Date(Date.now() - of.hours * HOUR).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    annotations: {
      [`source.cache-configmaps.dev/${key}`]: of.source,
      [`refreshed.cache-configmaps.dev/${key}`]: refreshed,
      [`max-age.cache-configmaps.dev/${key}`]: of.maxAge,
    },
  };
}

/** 937 KiB: near the limit of a ConfigMap. */
const LARGE = 'one line of a look-up that has grown too large for its own good\n'.repeat(15_000);

function caches(sourceUrl: string): Fields[] {
  const json = JSON.stringify(mappings(0), null, 2);
  const packed = gzipSync(json).toString('base64');
  const fresh = { source: `${sourceUrl}/mappings.json`, hours: 3, maxAge: '24h' };
  const old = { source: `${sourceUrl}/environments.yaml`, hours: 72, maxAge: '24h' };
  return [
    configMap(
      'argo',
      'workflow-cache',
      { data: { 'mappings.json': json } },
      facts('mappings.json', fresh),
    ),
    configMap(
      'argo',
      'environment-cache',
      { data: { 'environments.yaml': environments(0) } },
      facts('environments.yaml', old),
    ),
    configMap('argo', 'category-cache', { data: { 'categories.txt': categories(0) } }),
    configMap('argo', 'packed-cache', { binaryData: { 'mappings.json.gz': packed } }),
    configMap('argo', 'large-cache', { data: { 'lines.txt': LARGE } }),
    configMap('argo', 'frozen-cache', { immutable: true, data: { 'mappings.json': json } }),
    configMap('argo', 'app-settings', { data: { 'log.level': 'info' } }),
    configMap('team-b', 'price-cache', {
      data: { 'prices.json': JSON.stringify({ small: 1, medium: 2, large: 3 }, null, 2) },
    }),
    configMap(
      'team-b',
      'holidays',
      { data: { 'holidays.properties': 'new-year=01-01\nlabour=05-01\n' } },
      { labels: { 'cache-configmaps.dev/cache': 'true' } },
    ),
    configMap(
      'team-b',
      'memoized-steps',
      { data: { 'step-1': memoized() } },
      { labels: { 'workflows.argoproj.io/configmap-type': 'Cache' } },
    ),
  ];
}

/** What the Argo workflow controller keeps for a step that it need not run again. */
function memoized(): string {
  const time = new Date(Date.now() - HOUR).toISOString();
  return JSON.stringify({
    nodeID: 'build-1',
    outputs: { parameters: [{ name: 'digest', value: 'abc' }] },
    creationTimestamp: time,
    lastHitTimestamp: time,
  });
}

/** Deployments that read `workflow-cache`: as a folder, as a single file, and as a variable. */
function readers(): Fields[] {
  const volume = { name: 'cache', configMap: { name: 'workflow-cache' } };
  const file = { name: 'cache', mountPath: '/cache/mappings.json', subPath: 'mappings.json' };
  const from = { configMapKeyRef: { name: 'workflow-cache', key: 'mappings.json' } };
  return [
    deployment('web', { volumeMounts: [{ name: 'cache', mountPath: '/cache' }] }, [volume]),
    deployment('my-app', { volumeMounts: [file] }, [volume]),
    deployment('reports', { env: [{ name: 'MAPPINGS', valueFrom: from }] }, []),
  ];
}

function deployment(name: string, container: Fields, volumes: readonly Fields[]): Fields {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'argo' },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'app', image: 'registry.example/app:1', ...container }],
          volumes,
        },
      },
    },
  };
}
