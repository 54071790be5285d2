import { parseAllDocuments } from 'yaml';
import type { EventRefresh, Trigger } from '../../src/domain/manifests/events/eventRefresh.ts';
import { eventRefreshFiles } from '../../src/domain/manifests/events/eventRefreshFiles.ts';
import { REFRESH_IMAGE } from '../../src/domain/manifests/refreshJob.ts';
import { at, type Manifest } from './argoRules.ts';

const SECRET = { secret: 'some-secret', key: 'token' };

/** One trigger of each kind. */
export const TRIGGERS: readonly Trigger[] = [
  { kind: 'webhook', token: SECRET },
  { kind: 'github', owner: 'o', repository: 'some.repo', branch: 'main', secret: SECRET },
  {
    kind: 'object',
    watched: { group: '', version: 'v1', resource: 'configmaps', name: 'some.map' },
  },
  { kind: 'schedule', schedule: '*/15 * * * *', timeZone: 'Europe/Berlin' },
];

/** A refresh on an event, with everything that can be asked for. */
export function eventRefresh(trigger: Trigger, wanted: Partial<EventRefresh> = {}): EventRefresh {
  return {
    cache: { namespace: 'argo', name: 'workflow-cache' },
    key: 'mappings.json',
    format: 'JSON',
    url: 'https://example.com/repo-mappings?token={{x}}$(KEY)',
    header: { secret: 'some-secret', key: 'header' },
    maxAge: '24h',
    restarts: [{ kind: 'Deployment', name: 'web' }],
    image: REFRESH_IMAGE,
    trigger,
    eventBus: true,
    ...wanted,
  };
}

/** The manifests of a refresh as they parse from its files, without the kustomization. */
export function manifestsOf(refresh: EventRefresh, version: '1.1' | '1.2' = '1.2'): Manifest[] {
  return eventRefreshFiles(refresh)
    .filter(({ name }) => name !== 'kustomization.yaml')
    .flatMap(({ text }) => {
      const documents = parseAllDocuments(text, { version, merge: false });
      return Array.isArray(documents) ? documents : [];
    })
    .map((document) => document.toJS() as Manifest);
}

/** The one manifest of a kind whose name ends so. */
export function manifestOf(manifests: readonly Manifest[], kind: string, ending = ''): Manifest {
  const found = manifests.filter((each) => each['kind'] === kind && nameOf(each).endsWith(ending));
  const [one] = found;
  if (one === undefined) throw new Error(`There is no ${kind} ${ending}.`);
  return one;
}

/** The name of a manifest. */
export function nameOf(manifest: Manifest): string {
  return (manifest['metadata'] as { readonly name: string }).name;
}

/** The Workflow that the Sensor of a refresh makes. */
export function startedBy(manifests: readonly Manifest[]) {
  const resource = ['spec', 'triggers', '0', 'template', 'k8s', 'source', 'resource'];
  return at(manifestOf(manifests, 'Sensor'), ...resource) as {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: { readonly workflowTemplateRef: { readonly name: string } };
  };
}

/** The same as Argo's controller has left it: it labels what has the steps of a template. */
export function endedWorkflow(
  manifests: readonly Manifest[],
  name: string,
  status: object,
): object {
  const { metadata, ...made } = startedBy(manifests);
  const template = made.spec.workflowTemplateRef.name;
  const labels = { ...metadata.labels, 'workflows.argoproj.io/workflow-template': template };
  return { ...made, metadata: { ...metadata, name, labels }, status };
}

/** The status of a Workflow whose pod has failed for that reason. */
export function failedFor(message: string): object {
  const finishedAt = new Date().toISOString().replace(/\.\d+/, '');
  const node = { type: 'Pod', phase: 'Failed', message, finishedAt };
  return { phase: 'Failed', finishedAt, message: 'child failed', nodes: { a: node } };
}
