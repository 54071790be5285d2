import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../../test/fakes/caches.ts';
import { eventPart, scheduledPart, startedNamed } from '../../../test/fakes/eventJobs.ts';
import { jobOf } from '../../../test/fakes/jobs.ts';
import { controlledBy, workloadNamed } from '../../../test/fakes/workloads.ts';
import { factAnnotation } from '../facts.ts';
import { Workloads } from '../readers/reader.ts';
import { troubleOf } from './cacheJob.ts';
import { evidenceOf, isCandidate, jobsIn, scheduledTemplates } from './feeding.ts';
import { jobLines, jobParts } from './jobText.ts';
import { workflowFromTemplate } from './manualWorkflow.ts';

const NOW = Date.parse('2026-11-24T11:00:00Z');
const KEY = 'mappings.json';
const plain = cacheWith({ [KEY]: '{}' });
const refreshed = (when: string) =>
  cacheWith({ [KEY]: '{}' }, { annotations: { [factAnnotation('refreshed', KEY)]: when } });
const TEMPLATE = eventPart('WorkflowTemplate');
const ended = (phase: string, more: object = {}) => ({
  phase,
  finishedAt: '2026-11-24T10:01:00Z',
  ...more,
});
const pod = (message: string, finishedAt: string, phase = 'Failed') => ({
  type: 'Pod',
  phase,
  message,
  finishedAt,
});
const failed = startedNamed('refresh-b', {
  began: '2026-11-24T10:00:00Z',
  status: ended('Failed', {
    message: "child 'refresh-b-1' failed",
    nodes: {
      a: pod('Error (exit code 1): It answered 500.', '2026-11-24T10:00:30Z'),
      c: pod('Error (exit code 1): It answered 404.', '2026-11-24T10:00:50Z'),
      d: pod('', '2026-11-24T10:00:55Z', 'Succeeded'),
      b: {
        type: 'Steps',
        phase: 'Failed',
        message: 'child failed',
        finishedAt: '2026-11-24T10:01:00Z',
      },
    },
  }),
});
const succeeded = startedNamed('refresh-a', {
  began: '2026-11-24T10:00:00Z',
  status: ended('Succeeded'),
});
const NEVER_ASKED = () => assert.fail('Nobody is to ask.');

describe('what an event starts', () => {
  it('is found by the label of the template that is scaffolded', () => {
    assert.equal(evidenceOf(TEMPLATE, REF.name, NEVER_ASKED), 'label');
    assert.equal(evidenceOf(TEMPLATE, 'another', NEVER_ASKED), undefined);
  });

  it('of somebody else is found as a CronJob is: by what it names, and its account', () => {
    const script = { image: 'a', source: `kubectl replace configmap ${REF.name}` };
    const template = workloadNamed('WorkflowTemplate', 'theirs', {
      spec: { serviceAccountName: 'writer', templates: [{ name: 'main', script }] },
    });
    assert.ok(isCandidate(template, REF.name));
    const may = (account: string) => account === 'writer';
    assert.equal(evidenceOf(template, REF.name, may), 'rights');
    assert.equal(
      evidenceOf(template, REF.name, () => false),
      undefined,
    );
    assert.equal(jobParts(jobOf(template, [], 'rights'), plain, NOW)[0], 'when it is started');
  });

  const rows: readonly (readonly [string, ReturnType<typeof jobOf>, readonly string[]])[] = [
    ['has no run', jobOf(TEMPLATE), ['on an event', 'no run is known']],
    ['succeeded', jobOf(TEMPLATE, [succeeded]), ['on an event', 'last run succeeded 59 min ago']],
    [
      'failed: the message of the pod that failed last',
      jobOf(TEMPLATE, [failed]),
      ['on an event', 'last run failed 59 min ago: Error (exit code 1): It answered 404.'],
    ],
    [
      'runs',
      jobOf(TEMPLATE, [startedNamed('refresh-c', { began: '2026-11-24T10:59:00Z' })]),
      ['on an event', 'running', 'no run is known'],
    ],
  ];
  for (const [what, job, expected] of rows) {
    it(`says in its row how it went: it ${what}`, () => {
      const fresh = refreshed('2026-11-24T10:00:00Z');
      assert.deepEqual(jobParts(job, fresh, NOW), expected);
    });
  }

  it('has had the pods that came to a node, though they may be gone', () => {
    const step = (hostNodeName: string | undefined, more: object = {}) => ({
      ...pod('', '2026-11-24T10:00:30Z', 'Succeeded'),
      hostNodeName,
      ...more,
    });
    const podsOf = (status: object) =>
      startedNamed('a', { began: '2026-11-24T10:00:00Z', status }).run?.pods;
    const nodes = {
      ran: step('node-1'),
      failed: step('node-2', { phase: 'Failed' }),
      remembered: step(undefined, { memoizationStatus: { hit: true } }),
      refused: step(undefined, { phase: 'Error', message: 'exceeded quota' }),
      steps: { type: 'Steps', hostNodeName: 'node-1' },
    };
    assert.equal(podsOf({ phase: 'Succeeded', nodes }), 2);
    assert.equal(podsOf({ phase: 'Error', message: 'no such template' }), 0);
    assert.equal(podsOf({ phase: 'Failed', compressedNodes: 'H4sI' }), 1);
    assert.equal(podsOf({ phase: 'Failed', offloadNodeStatusVersion: 'fnv:1' }), 1);
  });

  it('marks its cache where it failed', () => {
    const fresh = refreshed('2026-11-24T10:00:00Z');
    assert.equal(troubleOf(jobOf(TEMPLATE, [failed]), fresh, NOW), 'failed');
    assert.equal(troubleOf(jobOf(TEMPLATE, [succeeded]), fresh, NOW), undefined);
  });

  it('is overdue by the age limit that it sets, unless the cache was refreshed, or it is not of this cache alone', () => {
    const job = jobOf(TEMPLATE);
    assert.equal(troubleOf(job, plain, NOW), 'overdue');
    assert.equal(troubleOf(job, refreshed('2026-11-23T12:00:00Z'), NOW), undefined);
    assert.equal(troubleOf(job, refreshed('2026-11-23T10:00:00Z'), NOW), 'overdue');
    assert.equal(troubleOf({ ...job, evidence: 'rights' }, plain, NOW), undefined);
  });

  it('has as runs what has its steps, and not what a CronWorkflow started, nor what others have', () => {
    const spec = { workflowTemplateRef: { name: TEMPLATE.ref.name } };
    const cluster = { workflowTemplateRef: { name: TEMPLATE.ref.name, clusterScope: true } };
    const runs = jobOf(TEMPLATE, [
      succeeded,
      workloadNamed('Workflow', 'scheduled', { metadata: controlledBy('CronWorkflow', 'a'), spec }),
      workloadNamed('Workflow', 'of-cluster', { spec: cluster }),
      workloadNamed('Workflow', 'other', { spec: { workflowTemplateRef: { name: 'other' } } }),
    ]).runs;
    assert.deepEqual(
      runs?.map(({ workload }) => workload.ref.name),
      ['refresh-a'],
    );
  });

  it('run by hand is for the controller that takes up its template', () => {
    const instance = { 'workflows.argoproj.io/controller-instanceid': 'mine' };
    const metadata = { name: 'a', namespace: 'argo', labels: { ...instance, team: 'b' } };
    assert.deepEqual(workflowFromTemplate({ metadata }), {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: {
        generateName: 'a-',
        namespace: 'argo',
        labels: { ...instance, 'workflows.argoproj.io/workflow-template': 'a' },
      },
      spec: { workflowTemplateRef: { name: 'a' } },
    });
  });

  it('needs what only who starts it can give', () => {
    const needsOf = (given: object) =>
      workloadNamed('WorkflowTemplate', 'a', { spec: { arguments: given } }).cron?.needs;
    assert.deepEqual(TEMPLATE.cron?.needs, []);
    const valueFrom = { configMapKeyRef: { name: 'a', key: 'b' } };
    assert.deepEqual(
      needsOf({
        parameters: [
          { name: 'a', value: '' },
          { name: 'b', valueFrom },
        ],
      }),
      [],
    );
    const event = { event: 'body.x' };
    assert.deepEqual(
      needsOf({
        parameters: [{ name: 'a' }, { name: 'b', valueFrom: event }],
        artifacts: [{ name: 'c' }],
      }),
      ['a', 'b', 'c'],
    );
    const template = workloadNamed('WorkflowTemplate', 'a', {
      spec: { arguments: { parameters: [{ name: 'which' }] } },
    });
    assert.ok(
      jobLines(jobOf(template), plain, NOW).some((line) => /give values for which:/.test(line)),
    );
  });
});

describe('a CronWorkflow on a template', () => {
  const template = scheduledPart('WorkflowTemplate');
  const cron = scheduledPart('CronWorkflow');
  const jobIn = (...all: Parameters<typeof jobOf>[0][]) =>
    jobsIn(new Workloads(all)).find(({ ref }) => ref.kind === 'CronWorkflow');
  const own = (spec: object = {}) =>
    workloadNamed('CronWorkflow', 'own', {
      spec: {
        schedules: ['@daily'],
        workflowSpec: { workflowTemplateRef: { name: template.ref.name }, ...spec },
      },
    });

  it('that its stopStrategy has stopped says so in its row, and that no run comes', () => {
    const status = { phase: 'Stopped' };
    const stopped = workloadNamed('CronWorkflow', 'own', {
      spec: { schedules: ['0 2 * * *'], timezone: 'UTC' },
      status,
    });
    const parts = jobParts(jobOf(stopped), plain, NOW);
    assert.deepEqual(parts, [
      'daily at 02:00 UTC',
      'stopped by its stopStrategy',
      'has not run yet',
    ]);
    const lines = jobLines(jobOf(stopped), plain, NOW);
    assert.ok(lines.some((line) => line.startsWith('Its stopStrategy has stopped it')));
    assert.ok(!lines.some((line) => line.startsWith('Next run')));
  });

  it('that is scaffolded has the key and the age limit from its template', () => {
    const { key, maxAge } = jobIn(cron, template)?.cron ?? {};
    assert.deepEqual([key, maxAge], [KEY, '24h']);
    assert.deepEqual([...scheduledTemplates(new Workloads([cron, template]))], [template]);
  });

  it('counts by the label of the template where it bears none itself', () => {
    const found = jobIn(own(), template);
    assert.ok(found !== undefined);
    assert.equal(evidenceOf(found, REF.name, NEVER_ASKED), 'label');
    const alone = jobIn(own());
    assert.ok(alone !== undefined);
    assert.equal(evidenceOf(alone, REF.name, NEVER_ASKED), undefined);
  });

  it('counts by what the template names, under the account that goes before', () => {
    const script = { image: 'a', source: `kubectl replace configmap ${REF.name}` };
    const theirs = workloadNamed('WorkflowTemplate', template.ref.name, {
      spec: { serviceAccountName: 'writer', templates: [{ name: 'main', script }] },
    });
    const asked: string[] = [];
    const may = (account: string) => asked.push(account) > 0;
    for (const spec of [{}, { serviceAccountName: 'mine' }]) {
      const found = jobIn(own(spec), theirs);
      assert.ok(found !== undefined);
      assert.equal(evidenceOf(found, REF.name, may), 'rights');
    }
    assert.deepEqual(asked, ['writer', 'mine']);
  });
});
