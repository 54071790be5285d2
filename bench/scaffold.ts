import type { ManifestObject } from '../src/domain/manifests/manifestObject.ts';
import { REFRESH_IMAGE, type RefreshJob } from '../src/domain/manifests/refreshJob.ts';
import { scaffolds } from '../src/operations/scaffold/scaffolds.ts';
import { BareClient } from './bareClient.ts';
import { median, ratioOf, timeOf } from './figures.ts';
import type { Measurement, Scenes } from './measurement.ts';
import { productOn } from './product.ts';

const WHERE = { context: 'demo', namespace: 'default' };
const never = new AbortController().signal;

const JOB: RefreshJob = {
  cache: { namespace: WHERE.namespace, name: 'workflow-cache' },
  key: 'mappings.json',
  format: 'JSON',
  url: 'https://example.com/mappings.json',
  schedule: '0 2 * * *',
  timeZone: 'Europe/Berlin',
  header: { secret: 'some-secret', key: 'header' },
  maxAge: '24h',
  restarts: [{ kind: 'Deployment', name: 'web' }],
  image: REFRESH_IMAGE,
};

/** The four objects of a job and a ConfigMap, each time others. */
function objectsOf(number: number, who: string): readonly ManifestObject[] {
  const cache = { ...JOB.cache, name: `bench-${who}-${number}` };
  const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${cache.name}}\n`;
  const job = { name: 'job.yaml', text: scaffolds.refreshJobInOneFile({ ...JOB, cache }) };
  const files = [job, { name: 'map.yaml', text: map }];
  return scaffolds.manifestObjects(files, WHERE);
}

/** The path of an object, for a client that knows nothing. */
function pathOf({ apiVersion, kind, namespace, name }: ManifestObject): string {
  const api = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${api}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
}

/** Ours are read and tried by the server before they are applied; the bare ones are applied, one by one. */
async function againstBareRequests(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const { applyObjects } = await productOn(scene);
  const bare = await BareClient.open(scene.plane.kubeconfig);
  let number = 0;
  const ours = async () => {
    const objects = objectsOf(number++, 'ours');
    return await timeOf(async () => {
      await applyObjects.apply(await applyObjects.plan(WHERE, objects, never));
    });
  };
  const others = async () => {
    const objects = objectsOf(number++, 'bare');
    return await timeOf(async () => {
      for (const object of objects) {
        const path = `${pathOf(object)}?fieldManager=bench&fieldValidation=Strict`;
        const body = JSON.stringify(object.fields);
        await bare.send({ method: 'PATCH', path, body, type: 'application/apply-patch+yaml' });
      }
    });
  };
  const ratio = await ratioOf(20, ours, others);
  bare.close();
  return ratio;
}

async function filesFromValues(): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < 50; number++) {
    const job = { ...JOB, key: `key-${number}` };
    times.push(await timeOf(() => Promise.resolve(scaffolds.refreshJobFiles(job))));
  }
  return median(times);
}

export const SCAFFOLD: readonly Measurement[] = [
  {
    name: 'scaffold: all files of a refresh job from values, median of 50',
    limit: 20,
    unit: 'ms',
    measure: filesFromValues,
  },
  {
    name: 'scaffold: try and apply five objects, to five bare applies one by one',
    limit: 2,
    unit: '× the bare requests',
    measure: againstBareRequests,
  },
];
