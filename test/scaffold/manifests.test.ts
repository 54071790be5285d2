import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArgoInstalled } from '../../src/domain/manifests/events/installed.ts';
import type { RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import {
  refreshJobFiles,
  refreshJobInOneFile,
} from '../../src/domain/manifests/refreshJobFiles.ts';
import { refreshJobObjects } from '../../src/domain/manifests/refreshJobObjects.ts';
import { yamlText } from '../../src/domain/manifests/yamlText.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { createUser } from '../cluster/users.ts';
import { chance } from '../fakes/chance.ts';
import { hostileText } from '../fakes/hostileTexts.ts';
import { at, type Manifest } from './argoRules.ts';
import { eventRefresh, manifestOf, manifestsOf, TRIGGERS } from './eventRefreshes.ts';

const NAMESPACE = 'restricted';
const NEVER = new AbortController().signal;

const JOB: RefreshJob = {
  cache: { namespace: NAMESPACE, name: 'workflow-cache' },
  key: 'mappings.json',
  format: 'JSON',
  url: 'https://example.com/repo-mappings?token=$(KEY)',
  schedule: '*/15 8-17 ? * mon-fri',
  timeZone: 'Europe/Berlin',
  header: { secret: 'some-secret', key: 'header' },
  maxAge: '24h',
  restarts: [
    { kind: 'Deployment', name: 'web' },
    { kind: 'Rollout', name: 'api' },
  ],
  image: 'alpine/k8s:1.34.1',
};

/** The longest and oddest names that a cluster allows. */
const LONG: RefreshJob = {
  ...JOB,
  cache: { namespace: NAMESPACE, name: `a.${'b'.repeat(60)}.${'c'.repeat(190)}` },
  key: `.${'K_'.repeat(126)}`,
  schedule: '@every 1h30m',
};

describe('scaffolded files on a real API server', () => {
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane();
    await plane.kubectl(['create', 'namespace', NAMESPACE]);
    const enforced = 'pod-security.kubernetes.io/enforce=restricted';
    await plane.kubectl(['label', 'namespace', NAMESPACE, enforced]);
  });
  after(() => plane.stop());

  for (const [title, job] of [
    ['of an ordinary job', JOB],
    ['of one with the longest names', LONG],
  ] as const) {
    it(`D1, D2: files ${title} pass a strict dry run, as one file and as a kustomization`, async () => {
      const checks = ['apply', '--server-side', '--dry-run=server', '--validate=strict'];
      const one = await plane.kubectl([...checks, '-f', '-'], { input: refreshJobInOneFile(job) });
      const folder = path.join(plane.directory, title.replaceAll(' ', '-'));
      await mkdir(folder);
      for (const { name, text } of refreshJobFiles(job)) {
        await writeFile(path.join(folder, name), text);
      }
      const all = await plane.kubectl([...checks, '-k', folder]);
      for (const printed of [one, all]) {
        assert.equal(printed.match(/serverside-applied \(server dry run\)$/gm)?.length, 4, printed);
      }
    });
  }

  it('D25: a namespace that enforces the restricted Pod Security Standard admits the pod', async () => {
    const { serviceAccount, cronJob } = refreshJobObjects(JOB);
    await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(serviceAccount) });
    const { metadata, spec } = cronJob.spec.jobTemplate.spec.template;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: 'some-pod', namespace: NAMESPACE },
      spec,
    };
    const create = (object: object) =>
      plane.kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], {
        input: yamlText(object),
      });
    assert.match(await create(pod), /^pod\/some-pod created/);
    const loose = { ...pod, spec: { ...spec, securityContext: {} } };
    await assert.rejects(create(loose), /violates PodSecurity "restricted:latest"/);
  });

  it('D18, D25: what starts on an event passes as well, in a namespace that enforces that standard', async () => {
    const installed = asking(plane.kubeconfig, 'demo');
    assert.deepEqual(await installed(), { workflows: false, events: false, eventBus: false });
    await installArgoKinds(plane);
    assert.deepEqual(await installed(), { workflows: true, events: true, eventBus: false });
    for (const trigger of TRIGGERS) {
      const manifests = manifestsOf(eventRefresh(trigger, { cache: JOB.cache }));
      const input = manifests.map((each) => yamlText(each)).join('---\n');
      const args = ['apply', '--server-side', '--validate=strict', '--force-conflicts', '-f', '-'];
      await plane.kubectl(args, { input });
    }
    assert.deepEqual(await installed(), { workflows: true, events: true, eventBus: true });
    const user = { name: 'blind', grants: [], credential: 'certificate' } as const;
    const blind = asking(await createUser(plane, user), 'blind');
    assert.deepEqual(await blind(), { workflows: true, events: true, eventBus: undefined });
    const manifests = manifestsOf(eventRefresh(TRIGGERS[0] ?? assert.fail()));
    const spec = at(manifestOf(manifests, 'WorkflowTemplate'), 'spec') as Manifest;
    const container = at(spec, 'templates', '1', 'container') as Manifest;
    for (const one of [container, sensorContainer(manifests)]) {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'some-pod', namespace: NAMESPACE },
        spec: {
          serviceAccountName: spec['serviceAccountName'],
          securityContext: spec['securityContext'],
          containers: [{ name: 'main', image: 'image:1', ...one }],
          volumes: spec['volumes'],
        },
      };
      const args = ['create', '--dry-run=server', '--validate=strict', '-f', '-'];
      assert.match(await plane.kubectl(args, { input: yamlText(pod) }), /^pod\/some-pod created/);
    }
  });

  it('what it holds is the same to Go as to JavaScript: 5,000 hostile texts, read by kubectl', async () => {
    const below = chance(3);
    const texts = Array.from({ length: 5000 }, () => hostileText(below));
    const data = Object.fromEntries(texts.map((text, index) => [`key-${index}`, text]));
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data };
    const printed = await plane.kubectl(['create', '--dry-run=client', '-o', 'json', '-f', '-'], {
      input: yamlText(map),
    });
    assert.deepEqual((JSON.parse(printed) as typeof map).data, data);
  });
});

function sensorContainer(manifests: readonly Manifest[]): Manifest {
  return at(manifestOf(manifests, 'Sensor'), 'spec', 'template', 'container') as Manifest;
}

/** Asks, over a kubeconfig, what of Argo there is. */
function asking(kubeconfig: string, context: string): () => Promise<ArgoInstalled> {
  const cluster = new KubernetesCluster(() => [kubeconfig]);
  return async () => {
    try {
      return await cluster.argo.installed({ context, namespace: NAMESPACE }, NEVER);
    } finally {
      cluster.reset();
    }
  };
}
