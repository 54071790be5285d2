import assert from 'node:assert/strict';
import { at, type Manifest } from '../../../../test/scaffold/argoRules.ts';
import {
  eventRefresh,
  manifestOf,
  manifestsOf,
  TRIGGERS,
} from '../../../../test/scaffold/eventRefreshes.ts';
import type { EventRefresh } from './eventRefresh.ts';
import { CONTAINER_SECURITY, LONGEST_RUN_SECONDS, POD_SECURITY } from '../refreshPod.ts';

const [webhook, github, object, schedule] = TRIGGERS.map((trigger) =>
  manifestsOf(eventRefresh(trigger)),
);
assert.ok(webhook && github && object && schedule);

const EVENT = 'source-changed';

/** The rules for the kinds of Argo around the script, each with why it is so. */
describe('around the script of a refresh on an event', () => {
  const specOf = (manifests: readonly Manifest[], kind: string) =>
    at(manifestOf(manifests, kind), 'spec');
  const workflow = specOf(webhook, 'WorkflowTemplate');
  const labels = at(manifestOf(webhook, 'WorkflowTemplate'), 'metadata', 'labels');

  it('D20: workflows for one key wait for each other whatever starts them, and for no other key', () => {
    const mutexOf = (trigger: number, wanted: Partial<EventRefresh> = {}) => {
      const manifests = manifestsOf(eventRefresh(TRIGGERS[trigger] ?? assert.fail(), wanted));
      const synchronization = at(specOf(manifests, 'WorkflowTemplate'), 'synchronization');
      return at(synchronization, 'mutexes', '0', 'name');
    };
    assert.equal(typeof mutexOf(0), 'string');
    assert.equal(mutexOf(0), mutexOf(3));
    assert.notEqual(mutexOf(0), mutexOf(0, { key: 'other.json' }));
    assert.notEqual(mutexOf(0), mutexOf(0, { cache: { namespace: 'argo', name: 'other' } }));
    assert.equal(at(specOf(schedule, 'CronWorkflow'), 'concurrencyPolicy'), 'Forbid');
  });

  it('D42: a step has the time of the longest run, in three tries; the workflow that of its steps', () => {
    const step = at(workflow, 'templates', '1');
    const { limit, retryPolicy, backoff } = at(step, 'retryStrategy') as Manifest;
    assert.deepEqual([limit, retryPolicy], [2, 'Always']);
    assert.deepEqual(backoff, { duration: '10s', factor: 2 });
    assert.ok(Number(at(step, 'activeDeadlineSeconds')) >= LONGEST_RUN_SECONDS);
    const pauses = 10 + 20;
    const longest = 2 * (3 * LONGEST_RUN_SECONDS + pauses);
    assert.ok(Number(at(workflow, 'activeDeadlineSeconds')) >= longest);
  });

  it('D21, D24, D42: what has ended is kept for a week and to the third, a missed run made up for an hour', () => {
    assert.equal(at(workflow, 'ttlStrategy', 'secondsAfterCompletion'), 7 * 24 * 60 * 60);
    const cron = specOf(schedule, 'CronWorkflow') as Manifest;
    const { startingDeadlineSeconds, successfulJobsHistoryLimit, failedJobsHistoryLimit } = cron;
    const kept = [successfulJobsHistoryLimit, failedJobsHistoryLimit];
    assert.deepEqual([startingDeadlineSeconds, ...kept], [3600, 3, 3]);
  });

  it('D31: whatever is made has the labels that join it with the cache and key', () => {
    assert.deepEqual(at(workflow, 'workflowMetadata', 'labels'), labels);
    assert.deepEqual(at(workflow, 'podMetadata', 'labels'), labels);
    const cron = specOf(schedule, 'CronWorkflow');
    assert.deepEqual(at(cron, 'workflowMetadata', 'labels'), labels);
    const started = at(specOf(webhook, 'Sensor'), 'triggers', '0', 'template', 'k8s', 'source');
    assert.deepEqual(at(started, 'resource', 'metadata', 'labels'), labels);
    for (const kind of ['EventSource', 'Sensor']) {
      assert.deepEqual(at(specOf(webhook, kind), 'template', 'metadata', 'labels'), labels);
    }
  });

  it('D25, D26, D34: each pod of Argo Events is restricted, has limits, and an account of its own', () => {
    for (const manifests of [webhook, github, object]) {
      for (const [kind, part] of [
        ['EventSource', 'source'],
        ['Sensor', 'sensor'],
      ] as const) {
        const name = String(at(manifestOf(manifests, kind), 'metadata', 'name'));
        const pod = at(specOf(manifests, kind), 'template') as Manifest;
        assert.equal(pod['serviceAccountName'], `${name}-${part}`);
        assert.deepEqual(pod['securityContext'], POD_SECURITY);
        assertRestricted(pod['container']);
      }
    }
    const bus = at(specOf(webhook, 'EventBus'), 'jetstream') as Manifest;
    for (const container of ['container', 'reloaderContainer', 'metricsContainer']) {
      assertRestricted(bus[`${container}Template`]);
    }
    // A stream is kept by most of its replicas: of two, none may be lost.
    assert.equal(bus['replicas'], 3);
  });

  it('D35: requests come in by POST, at the port of the Service; GitHub sends pushes alone', () => {
    const asked = at(specOf(webhook, 'EventSource'), 'webhook', EVENT) as Manifest;
    const hook = at(specOf(github, 'EventSource'), 'github', EVENT) as Manifest;
    for (const [manifests, request] of [
      [webhook, asked],
      [github, hook['webhook']],
    ] as const) {
      const [port] = at(specOf(manifests, 'EventSource'), 'service', 'ports') as [Manifest];
      assert.equal(at(request, 'method'), 'POST');
      assert.equal(at(request, 'port'), String(port['targetPort']));
      assert.equal(port['port'], port['targetPort']);
    }
    assert.deepEqual(hook['events'], ['push']);
    assert.equal(at(specOf(object, 'EventSource'), 'service'), undefined);
  });

  it('a workflow that cannot be made at once is tried again', () => {
    const [trigger] = at(specOf(webhook, 'Sensor'), 'triggers') as [Manifest];
    assert.deepEqual(trigger['retryStrategy'], { steps: 3, duration: '10s' });
  });
});

function assertRestricted(container: unknown): void {
  assert.deepEqual(at(container, 'securityContext'), CONTAINER_SECURITY);
  assert.deepEqual(Object.keys(at(container, 'resources') as object), ['requests', 'limits']);
}
