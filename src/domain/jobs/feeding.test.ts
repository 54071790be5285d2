import assert from 'node:assert/strict';
import { REF } from '../../../test/fakes/caches.ts';
import { refreshJobNamed } from '../../../test/fakes/jobs.ts';
import { workloadNamed } from '../../../test/fakes/workloads.ts';
import { evidenceOf, isCandidate, type MayChange } from './feeding.ts';

const CACHE = REF.name;

function cronJob(container: object, pod: object = {}) {
  const spec = { containers: [{ name: 'run', ...container }], ...pod };
  return workloadNamed('CronJob', 'nightly', {
    spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec } } } },
  });
}

const says = (answer: MayChange) => () => answer;
const NEVER_ASKED = () => assert.fail('Nobody is to ask.');

describe('a job that refreshes a cache', () => {
  it('is known by our label, and no rights are asked for', () => {
    const job = refreshJobNamed('refresh');
    assert.equal(evidenceOf(job, CACHE, NEVER_ASKED), 'label');
    assert.equal(evidenceOf(job, 'another-cache', NEVER_ASKED), undefined);
    assert.equal(isCandidate(job, CACHE), false);
    const also = refreshJobNamed('refresh', { container: { args: ['another-cache'] } });
    assert.equal(evidenceOf(also, 'another-cache', NEVER_ASKED), undefined);
  });

  it('is known by its naming the cache under an account that may change it', () => {
    const job = cronJob({ command: ['kubectl', 'replace', `configmap/${CACHE}`] });
    assert.equal(evidenceOf(job, CACHE, says(true)), 'rights');
    assert.equal(evidenceOf(job, CACHE, says(false)), undefined);
    assert.equal(evidenceOf(job, CACHE, says('unknown')), 'naming');
    assert.equal(evidenceOf(job, CACHE, says(undefined)), undefined);
  });

  const naming: readonly (readonly [string, object])[] = [
    ['in an argument of a shell', { args: ['-c', `kubectl apply configmap ${CACHE}; true`] }],
    ['in a variable', { env: [{ name: 'CACHE', value: CACHE }] }],
    ['at the end of a sentence', { args: [`# Writes ${CACHE}.`] }],
    ['in a URL', { args: [`https://host/configmaps/${CACHE}?fieldManager=x`] }],
  ];
  for (const [where, container] of naming) {
    it(`is found by a name ${where}`, () => {
      assert.ok(isCandidate(cronJob(container), CACHE));
    });
  }

  const others: readonly (readonly [string, object, object?])[] = [
    ['mounts it', {}, { volumes: [{ name: 'v', configMap: { name: CACHE } }] }],
    ['has its keys in the environment', { envFrom: [{ configMapRef: { name: CACHE } }] }],
    ['names one that only begins like it', { args: [`${CACHE}-old`] }],
    ['names one that only ends like it', { args: [`my-${CACHE}`] }],
    ['has its name as an image', { image: CACHE }],
  ];
  for (const [what, container, pod] of others) {
    it(`is none that only ${what}`, () => {
      assert.ok(!isCandidate(cronJob(container, pod), CACHE));
    });
  }

  it('may be a CronWorkflow, with its account', () => {
    const source = `kubectl patch configmap ${CACHE}`;
    const workflowSpec = {
      serviceAccountName: 'refresher',
      templates: [{ name: 'main', script: { image: 'a', source } }],
    };
    const job = workloadNamed('CronWorkflow', 'nightly', {
      spec: { schedules: ['@daily'], workflowSpec },
    });
    const asked: string[] = [];
    const may = (account: string) => {
      asked.push(account);
      return true;
    };
    assert.equal(evidenceOf(job, CACHE, may), 'rights');
    assert.deepEqual(asked, ['refresher']);
  });

  it('is none of another kind, whatever it says', () => {
    const containers = [{ name: 'run', args: [CACHE] }];
    const job = workloadNamed('Deployment', 'web', {
      spec: { template: { spec: { containers } } },
    });
    assert.equal(evidenceOf(job, CACHE, says(true)), undefined);
  });
});
