import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { at, problemsOf, type Manifest } from '../../../test/scaffold/argoRules.ts';
import {
  eventRefresh,
  manifestOf,
  manifestsOf,
  TRIGGERS,
} from '../../../test/scaffold/eventRefreshes.ts';
import { environmentOf } from '../../../test/scaffold/refreshRuns.ts';
import { eventRefreshFiles } from './events/eventRefreshFiles.ts';
import { REFRESH_IMAGE, type RefreshJob } from './refreshJob.ts';
import { refreshJobFiles } from './refreshJobFiles.ts';
import { refreshJobObjects } from './refreshJobObjects.ts';
import { REFRESH_SCRIPT } from './refreshScript.ts';

const [webhook] = TRIGGERS.map((trigger) => eventRefresh(trigger));
assert.ok(webhook);

const JOB: RefreshJob = { ...webhook, schedule: '0 2 * * *', timeZone: 'UTC' };
const { role, cronJob } = refreshJobObjects(JOB);
const job = cronJob.spec.jobTemplate.spec;
const pod = job.template.spec;
const [container] = pod.containers;
const events = manifestsOf(webhook);
const template = at(manifestOf(events, 'WorkflowTemplate'), 'spec') as Manifest;
const inWorkflow = at(template, 'templates', '1', 'container') as typeof container;
const objects = [...Object.values(refreshJobObjects(JOB)), ...events] as readonly Manifest[];
const files = [...refreshJobFiles(JOB), ...eventRefreshFiles(webhook)].map(({ text }) => text);
const both = [container, inWorkflow];

/** What was found wrong in the recipes that the scaffolds stand for; `test/scaffold` runs what must be run. */
describe('the 45 defects, in what is scaffolded', () => {
  it('D1: block scalars have nothing behind their sign', () => {
    for (const text of files) assert.doesNotMatch(text, /^ *(- |[\w-]+: )[|>][-+\d]*[^-+\d\n]/m);
  });
  it('D2: files keep their indentation, and parse', () => {
    for (const text of files) for (const one of text.split('---\n')) assert.ok(parse(one));
  });
  it('D3: each step asks the server what the map holds, and not a mount, which may be old', () => {
    for (const each of both) {
      const names = each?.volumeMounts.map(({ name }) => name);
      assert.deepEqual(names, ['scratch', 'secret']);
    }
  });
  it('D4, D37: every object names its namespace', () => {
    for (const each of objects) assert.equal(at(each, 'metadata', 'namespace'), 'argo');
  });
  it('D5, D6, D8: nothing is applied from the client, which would keep a copy in an annotation', () => {
    assert.doesNotMatch(REFRESH_SCRIPT, /^[^#]*kubectl (apply|replace)/m);
    assert.match(REFRESH_SCRIPT, /apply-patch\+yaml/);
  });
  it('D7: a manager of its own for each key, which removes what it no longer sends, and nothing else', () => {
    for (const each of both) {
      const manager = environmentOf(each?.env ?? [])['FIELD_MANAGER'];
      assert.equal(manager, 'cache-configmaps-refresh-mappings.json');
    }
  });
  it('D9, D27: what came is checked before it is written', () => {
    const written = REFRESH_SCRIPT.indexOf('apply-patch+yaml');
    for (const check of ['an empty answer', 'an HTML page', 'no valid $FORMAT', 'less than half']) {
      const place = REFRESH_SCRIPT.indexOf(check);
      assert.ok(place > 0 && place < written, check);
    }
  });
  it('D10: a restart that failed is told, and left to the next run', () => {
    assert.match(REFRESH_SCRIPT, /restarted:\$failed" 3$/m);
    assert.equal(job.podFailurePolicy.rules[0]?.action, 'FailJob');
    const retried = at(template, 'templates', '1', 'retryStrategy', 'expression');
    assert.equal(retried, "lastRetry.exitCode != '3'");
  });
  it('D11: StatefulSets, DaemonSets and Rollouts are restarted as well', () => {
    assert.match(REFRESH_SCRIPT, /Deployment \| StatefulSet \| DaemonSet\)/);
    assert.match(REFRESH_SCRIPT, /spec: \{restartAt: \$time\}/);
  });
  it('D12: an error of the source is one, and says why', () => {
    assert.match(REFRESH_SCRIPT, /curl --disable --silent --show-error --fail /);
    assert.match(REFRESH_SCRIPT, /200 \| 203\)/);
  });
  it('D13: the fetch has limits of time and size, tries again, and asks whether there is anything new', () => {
    for (const option of ['connect-timeout', 'max-time', 'max-filesize', 'retry']) {
      assert.ok(REFRESH_SCRIPT.includes(`--${option} `), option);
    }
    assert.match(REFRESH_SCRIPT, /If-None-Match: \$etag/);
    assert.equal(job.activeDeadlineSeconds, 600);
  });
  it('D14: credentials are in a Secret that is named', () => {
    const volumes = [pod.volumes, template['volumes'] as typeof pod.volumes];
    for (const each of volumes) assert.deepEqual(each.at(-1)?.name, 'secret');
    for (const text of files) assert.doesNotMatch(text, /^ *[^#\n]*Bearer [A-Za-z0-9]/m);
  });
  it('D15: the image has a tag that is a version', () => {
    assert.match(REFRESH_IMAGE, /:\d+\.\d+\.\d+$/);
    for (const each of both) assert.equal(each?.image, REFRESH_IMAGE);
  });
  it('D16, D17: the script needs no option of one shell, and no pipe decides whether it is right', () => {
    assert.doesNotMatch(REFRESH_SCRIPT, /pipefail|\[\[ |^\s*local\b/m);
    assert.match(REFRESH_SCRIPT, /--data-binary "@\$3"/);
  });
  it('D18, D19, D32: rights are those of what the script does, by name', () => {
    for (const each of [role, manifestOf(events, 'Role', '-json')]) {
      const [rule] = at(each, 'rules') as readonly unknown[];
      assert.deepEqual(at(rule, 'resourceNames'), ['workflow-cache']);
      assert.deepEqual(at(rule, 'verbs'), ['create', 'patch']);
    }
  });
  it('D20: refreshes of one key never overlap', () => {
    assert.equal(cronJob.spec.concurrencyPolicy, 'Forbid');
    assert.equal((at(template, 'synchronization', 'mutexes') as readonly unknown[]).length, 1);
  });
  it('D21: a missed run is made up for an hour at most', () => {
    assert.equal(cronJob.spec.startingDeadlineSeconds, 3600);
  });
  it('D22: a schedule has a time zone', () => {
    assert.equal(cronJob.spec.timeZone, 'UTC');
    const refresh = eventRefresh({
      kind: 'schedule',
      schedule: '0 2 * * *',
      timeZone: 'Asia/Tokyo',
    });
    const workflow = manifestOf(manifestsOf(refresh), 'CronWorkflow');
    assert.equal(at(workflow, 'spec', 'timezone'), 'Asia/Tokyo');
  });
  it('D23: pods that fail are kept with their logs, for a while', () => {
    assert.equal(pod.restartPolicy, 'Never');
    assert.deepEqual([job.backoffLimit, job.ttlSecondsAfterFinished], [1, 604_800]);
    assert.equal(at(template, 'podGC', 'strategy'), 'OnWorkflowSuccess');
    assert.equal(at(template, 'podGC', 'deleteDelayDuration'), '1h');
  });
  it('D24: three failures are kept', () => {
    assert.equal(cronJob.spec.failedJobsHistoryLimit, 3);
  });
  it('D25, D26: containers are restricted, and have requests and limits', () => {
    for (const each of both) {
      assert.equal(each?.securityContext.allowPrivilegeEscalation, false);
      assert.equal(each.securityContext.readOnlyRootFilesystem, true);
      assert.deepEqual(Object.keys(each.resources), ['requests', 'limits']);
    }
    assert.deepEqual(template['securityContext'], pod.securityContext);
  });
  it('D28: source, checksum and time are kept beside the data, not in it', () => {
    for (const each of both) {
      const names = Object.keys(environmentOf(each?.env ?? []));
      for (const fact of ['SOURCE', 'REFRESHED', 'SHA256', 'MAX_AGE']) {
        assert.ok(names.includes(`ANNOTATION_${fact}`), fact);
      }
    }
  });
  it('D29: what is kept about the source has no query, where credentials travel', () => {
    for (const each of both) {
      const { SOURCE } = environmentOf(each?.env ?? []);
      assert.equal(SOURCE, 'https://example.com/repo-mappings');
    }
  });
  it('D30: words of success come after the write', () => {
    const written = REFRESH_SCRIPT.indexOf('apply-patch+yaml');
    for (const word of ['echo "Written', 'echo "Unchanged', 'echo unchanged']) {
      assert.ok(REFRESH_SCRIPT.indexOf(word) > written, word);
    }
  });
  it('D31: labels join all objects with the cache and key', () => {
    for (const each of objects.filter(({ kind }) => kind !== 'EventBus')) {
      const labels = at(each, 'metadata', 'labels') as Record<string, string>;
      assert.equal(labels['cache-configmaps.dev/refreshed-cache'], 'workflow-cache');
      assert.equal(labels['cache-configmaps.dev/refreshed-key'], 'mappings.json');
    }
  });
  it('D33, D44: readers that do not see the change may be restarted, by name', () => {
    for (const each of [role, manifestOf(events, 'Role', '-json')]) {
      const rules = at(each, 'rules') as readonly Manifest[];
      const rule = rules.find(({ resources }) => String(resources) === 'deployments');
      assert.deepEqual(rule?.['resourceNames'], ['web']);
      assert.deepEqual(rule['verbs'], ['patch']);
    }
  });
  it('D34: no account gives its token to pods that do not need it', () => {
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
    const given = accounts.filter((each) => each['automountServiceAccountToken'] !== false);
    assert.deepEqual(
      given.map((each) => at(each, 'metadata', 'name')),
      ['event-refresh-workflow-cache-mappings-json-sensor'],
    );
  });
  it('D35: something starts the workflow', () => {
    for (const trigger of TRIGGERS) {
      const kinds = manifestsOf(eventRefresh(trigger)).map(({ kind }) => kind);
      const wanted = trigger.kind === 'schedule' ? ['CronWorkflow'] : ['EventSource', 'Sensor'];
      for (const kind of wanted) assert.ok(kinds.includes(kind), `${trigger.kind}: ${kind}`);
    }
  });
  it('D36: each workflow has a name of its own, and is made of a template', () => {
    const path = ['spec', 'triggers', '0', 'template', 'k8s', 'source', 'resource'];
    const workflow = at(manifestOf(events, 'Sensor'), ...path);
    assert.match(String(at(workflow, 'metadata', 'generateName')), /-$/);
    assert.equal(at(workflow, 'metadata', 'name'), undefined);
    assert.equal(
      at(workflow, 'spec', 'workflowTemplateRef', 'name'),
      at(manifestOf(events, 'WorkflowTemplate'), 'metadata', 'name'),
    );
  });
  it('D38: the workflow has an account, whose rights are enough for the executor', () => {
    assert.deepEqual(problemsOf(events), []);
    const rules = at(manifestOf(events, 'Role', '-json'), 'rules') as readonly Manifest[];
    assert.deepEqual(rules.at(-1)?.['resources'], ['workflowtaskresults']);
  });
  it('D39: the condition compares the output as a value, whatever it is', () => {
    const when = at(template, 'templates', '0', 'steps', '1', '0', 'when');
    assert.equal(when, "{{=steps.detect.outputs.result != 'unchanged'}}");
  });
  it('D40, D45: both steps run a script that is there, as it is tested', () => {
    for (const each of both) assert.deepEqual(each?.command, ['sh', '-c', REFRESH_SCRIPT]);
    assert.doesNotMatch(REFRESH_SCRIPT, /echo \\"/);
  });
  it('D41: the first step keeps all but its answer off its output', () => {
    assert.match(REFRESH_SCRIPT, /= detect \]; then exec 3>&1 >&2; fi$/m);
  });
  it('D42: the workflow ends, is tried again, is cleared away, and runs once at a time', () => {
    for (const member of ['activeDeadlineSeconds', 'ttlStrategy', 'podGC', 'synchronization']) {
      assert.ok(template[member], member);
    }
    assert.ok(at(template, 'templates', '1', 'retryStrategy', 'limit'));
  });
  it('D43: what was seen last is kept with the map, and the second step looks for itself', () => {
    const { ANNOTATION_ETAG } = environmentOf(inWorkflow?.env ?? []);
    assert.equal(ANNOTATION_ETAG, 'etag.cache-configmaps.dev/mappings.json');
    assert.doesNotMatch(REFRESH_SCRIPT, /= update \]/);
  });
});
