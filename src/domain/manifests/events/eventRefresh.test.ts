import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { chance } from '../../../../test/fakes/chance.ts';
import { hostileText } from '../../../../test/fakes/hostileTexts.ts';
import { at, problemsOf, type Manifest } from '../../../../test/scaffold/argoRules.ts';
import {
  eventRefresh,
  manifestOf,
  manifestsOf,
  nameOf,
  TRIGGERS,
} from '../../../../test/scaffold/eventRefreshes.ts';
import type { PolicyRule } from '../../../../test/cluster/users.ts';
import { assertArrives } from '../../../../test/scaffold/arrival.ts';
import type { Volume } from '../../../../test/scaffold/podFolders.ts';
import { environmentOf, expanded } from '../../../../test/scaffold/refreshRuns.ts';
import { eventRefreshName } from '../jobNames.ts';
import { REFRESH_SCRIPT } from '../refreshScript.ts';
import { yamlText } from '../yamlText.ts';
import { exactly } from './eventNames.ts';
import { problemOfRepository, problemOfWatched, type EventRefresh } from './eventRefresh.ts';
import { eventRefreshFiles, eventRefreshGroups } from './eventRefreshFiles.ts';

interface Container {
  readonly image: string;
  readonly env: Parameters<typeof environmentOf>[0];
  readonly command: readonly string[];
}

const [webhook, github, object, schedule] = TRIGGERS.map((trigger) => eventRefresh(trigger));
assert.ok(webhook && github && object && schedule);

describe('a refresh on an event', () => {
  for (const { trigger } of [webhook, github, object, schedule]) {
    it(`on ${trigger.kind} keeps every rule of Argo Workflows that it must`, () => {
      assert.deepEqual(problemsOf(manifestsOf(eventRefresh(trigger))), []);
    });
  }

  it('has a bus where the namespace has none, and not otherwise', () => {
    const kinds = (wanted: Partial<EventRefresh>) =>
      manifestsOf(eventRefresh(webhook.trigger, wanted)).map((each) => each['kind']);
    assert.ok(kinds({ eventBus: true }).includes('EventBus'));
    assert.ok(!kinds({ eventBus: false }).includes('EventBus'));
    assert.ok(!manifestsOf(schedule).some((each) => each['kind'] === 'EventBus'));
  });

  it('says at the EventSource which bus it needs, and how to see whether there is one', () => {
    const kindOf = (eventBus: boolean) =>
      eventRefreshFiles({ ...webhook, eventBus })
        .find(({ name }) => name === 'eventsource.yaml')
        ?.text.match(/^kind: .*$/m)?.[0];
    assert.match(
      kindOf(true) ?? '',
      /^kind: EventSource # .* EventBus default of namespace argo, which is among these/,
    );
    assert.match(
      kindOf(false) ?? '',
      / taken to be there: kubectl get eventbus default --namespace argo$/,
    );
  });

  it('says what the image has to have: all that the script says it needs', () => {
    const { text = '' } = eventRefreshFiles(webhook)[1] ?? {};
    const [, needs = ''] = /^ *# .* Needs (.*)\.$/m.exec(text) ?? [];
    const tools = needs.split(/, | and /);
    assert.ok(tools.length > 5);
    assert.ok(text.includes(`# it needs ${tools.join(', ')}: `));
    assert.ok(text.includes(`-c 'type ${tools.join(' ')}'`));
  });

  it('has files in the order in which they are applied, each named in the kustomization', () => {
    const files = eventRefreshFiles(webhook);
    assert.deepEqual(
      files.map(({ name }) => name),
      [
        'workflow-access.yaml',
        'workflowtemplate.yaml',
        'eventbus.yaml',
        'eventsource-access.yaml',
        'eventsource.yaml',
        'sensor-access.yaml',
        'sensor.yaml',
        'kustomization.yaml',
      ],
    );
    const last = files.at(-1)?.text ?? '';
    for (const { name } of files.slice(0, -1)) assert.match(last, new RegExp(`^  - ${name}$`, 'm'));
    const { text = '' } = files[1] ?? {};
    assert.match(text, /^ +image: alpine\/k8s:\S+ # .*@sha256:/m);
    assert.match(text, /^ +- \|\n +# Brings one key/m);
  });

  it('has accounts for each part, and each may do what it does and no more', () => {
    const rules = (refresh: EventRefresh) =>
      Object.fromEntries(
        manifestsOf(refresh)
          .filter((each) => each['kind'] === 'Role')
          .map((each) => [nameOf(each).replace(/.*-/, ''), each['rules']]),
      );
    const [name, resources] = [['workflow-cache'], ['configmaps']];
    const executor = {
      apiGroups: ['argoproj.io'],
      resources: ['workflowtaskresults'],
      verbs: ['create', 'patch'],
    };
    const sensor = [{ apiGroups: ['argoproj.io'], resources: ['workflows'], verbs: ['create'] }];
    const wanted = {
      json: [
        { apiGroups: [''], resources, resourceNames: name, verbs: ['create', 'patch'] },
        {
          apiGroups: ['apps'],
          resources: ['deployments'],
          resourceNames: ['web'],
          verbs: ['patch'],
        },
        executor,
      ],
      sensor,
    };
    assert.deepEqual(rules(webhook), wanted);
    assert.deepEqual(rules(github), wanted);
    const source = [{ apiGroups: [''], resources, verbs: ['list', 'watch'] }];
    assert.deepEqual(rules(object), { ...wanted, source });
    assert.deepEqual(rules(schedule), { json: wanted.json });
    const token = (ending: string) =>
      manifestOf(manifestsOf(webhook), 'ServiceAccount', ending)['automountServiceAccountToken'];
    assert.deepEqual([token('-json'), token('-source'), token('-sensor')], [false, false, true]);
  });

  it('hears of pushes to the branch, and of no other event and no name that only begins so', () => {
    const sensor = manifestOf(manifestsOf(github), 'Sensor');
    const [dependency] = at(sensor, 'spec', 'dependencies') as readonly unknown[];
    assert.deepEqual(at(dependency, 'filters', 'data'), [
      { path: 'body.X-GitHub-Event', type: 'string', value: ['^push$'] },
      { path: 'body.ref', type: 'string', value: ['^refs/heads/main$'] },
    ]);
    const source = manifestOf(manifestsOf(object), 'EventSource');
    const fields = at(source, 'spec', 'resource', 'source-changed', 'filter', 'fields');
    const [field] = fields as readonly { readonly value: string }[];
    assert.equal(field?.value, '^some\\.map$');
    assert.ok(new RegExp(exactly('a.b*c|d/(e)')).test('a.b*c|d/(e)'));
    assert.ok(!new RegExp(exactly('some.map')).test('some-map'));
  });

  it('starts two workflows a minute in the long run, however often an object changes', () => {
    for (const refresh of [webhook, github, object]) {
      const [trigger] = at(manifestOf(manifestsOf(refresh), 'Sensor'), 'spec', 'triggers') as [
        object,
      ];
      assert.deepEqual(at(trigger, 'rateLimit'), { unit: 'Minute', requestsPerUnit: 2 });
    }
  });

  it('says in its files what is still to do: the Secret, the address, and who has to know it', () => {
    const todo = (refresh: EventRefresh) =>
      eventRefreshFiles(refresh).flatMap(({ text }) => text.match(/(?<=# to do: ).*/g) ?? []);
    const name = eventRefreshName('workflow-cache', 'mappings.json');
    const address = `http://${name}-eventsource-svc.argo:12000/refresh`;
    assert.deepEqual(todo(webhook), [
      `whoever tells of a change sends POST to ${address} with Authorization: Bearer and the token`,
      'create this Secret in namespace argo, with a token under token',
    ]);
    assert.deepEqual(todo(github), [
      `make ${address} reachable from GitHub, and register the address that it has outside as a webhook of o/some.repo: application/json, pushes, the Secret's value`,
      'create this Secret in namespace argo, with a long random value under token',
    ]);
    assert.deepEqual(todo(object), []);
  });

  it('names the Secret of who may start it, and never a value', () => {
    const secret = { name: 'some-secret', key: 'token' };
    const found = (refresh: EventRefresh, ...path: readonly string[]) =>
      at(manifestOf(manifestsOf(refresh), 'EventSource'), 'spec', ...path);
    assert.deepEqual(found(webhook, 'webhook', 'source-changed', 'authSecret'), secret);
    assert.deepEqual(found(github, 'github', 'source-changed', 'webhookSecret'), secret);
  });

  it('is not started by what it writes itself, and reads no Secrets', () => {
    const watched = { group: '', version: 'v1', resource: 'configmaps', name: 'other' };
    assert.equal(problemOfWatched(watched, 'cache'), undefined);
    assert.match(problemOfWatched({ ...watched, name: 'cache' }, 'cache') ?? '', /start the next/);
    assert.match(
      problemOfWatched({ ...watched, resource: 'secrets' }, 'cache') ?? '',
      /read every Secret/,
    );
    assert.equal(
      problemOfWatched({ ...watched, group: 'example.com', resource: 'secrets' }, 'cache'),
      undefined,
    );
  });

  const repositories = ['a/b', 'some-owner/Some_repo.x'];
  const others = ['', 'a', 'a/', '/b', 'a/b/c', 'https://example.com/a', '-a/b', 'a b/c'];
  for (const text of [...repositories, ...others]) {
    const isOne = repositories.includes(text);
    it(`takes ${JSON.stringify(text)} as ${isOne ? 'a' : 'no'} repository`, () => {
      assert.equal(problemOfRepository(text) === undefined, isOne);
    });
  }

  it('has names that its Service and the labels of its workflows can have, and none of a job', () => {
    const long = eventRefreshName('c'.repeat(253), 'k'.repeat(253));
    assert.match(long, /^event-refresh-c+-[0-9a-f]{8}$/);
    assert.ok(`${long}-eventsource-svc`.length <= 63, long);
    assert.equal(
      eventRefreshName('workflow-cache', 'a.json'),
      'event-refresh-workflow-cache-a-json',
    );
  });

  it('gives back 5,000 hostile inputs, through YAML, Argo and the kubelet', () => {
    const below = chance(13);
    for (let number = 0; number < 400; number++) {
      const wanted = hostileRefresh(() => hostileText(below), number);
      const groups = structuredClone(eventRefreshGroups(wanted));
      const manifests = groups.flatMap(({ objects }) => objects) as Manifest[];
      const template = manifestOf(manifests, 'WorkflowTemplate');
      const container = at(template, 'spec', 'templates', '1', 'container') as Container;
      assert.deepEqual(container.command, ['sh', '-c', REFRESH_SCRIPT]);
      // Its text is constant, and takes most of the time.
      put(template, ['spec', 'templates', '1', 'container', 'command'], ['sh']);
      const version = number % 2 === 0 ? '1.1' : '1.2';
      for (const { objects, comments } of groups) {
        for (const object of objects) {
          assert.deepEqual(parse(yamlText(object, comments), { version }), object);
        }
      }
      const [step, ...env] = container.env;
      assert.deepEqual(step, { name: 'STEP', value: '{{inputs.parameters.step}}' });
      for (const { value = '' } of env) assert.ok(!value.includes('{{'), value);
      const rules = at(manifestOf(manifests, 'Role'), 'rules') as readonly PolicyRule[];
      const volumes = at(template, 'spec', 'volumes') as readonly Volume[];
      assertArrives(wanted, { container: { ...container, env }, volumes, rules });
      assertTriggers(wanted.trigger, manifests);
    }
  });

  it('runs the one script, in which neither Argo nor the kubelet finds anything to replace', () => {
    const template = manifestOf(manifestsOf(webhook), 'WorkflowTemplate');
    const { env } = at(template, 'spec', 'templates', '1', 'container') as Container;
    assert.ok(!REFRESH_SCRIPT.includes('{{'));
    assert.equal(expanded(REFRESH_SCRIPT, environmentOf(env)), REFRESH_SCRIPT);
  });
});

describe('the rules of Argo Workflows, each with a manifest that breaks it', () => {
  const spec = ['WorkflowTemplate', 'spec'] as const;
  const refresh = [...spec, 'templates', '1'] as const;
  const update = [...spec, 'templates', '0', 'steps', '1', '0'] as const;
  const cases: readonly (readonly [string, readonly string[], unknown])[] = [
    ['the entrypoint is no template', [...spec, 'entrypoint'], 'absent'],
    ['the executor has no token', [...spec, 'automountServiceAccountToken'], false],
    ['the executor cannot tell its results', ['Role', 'rules', '2', 'verbs'], ['create']],
    ['the executor cannot tell its results', [...spec, 'serviceAccountName'], 'default'],
    ['no synchronization', [...spec, 'synchronization'], undefined],
    ['no activeDeadlineSeconds', [...spec, 'activeDeadlineSeconds'], undefined],
    ['no ttlStrategy', [...spec, 'ttlStrategy'], undefined],
    ['no podGC', [...spec, 'podGC'], undefined],
    ['podGC has no nope', [...spec, 'podGC', 'nope'], 1],
    ['podGC has no such strategy', [...spec, 'podGC', 'strategy'], 'OnSuccess'],
    ['podGC has no such delay', [...spec, 'podGC', 'deleteDelayDuration'], 3600],
    ['no securityContext', [...spec, 'securityContext'], undefined],
    ['spec has no nope', [...spec, 'nope'], 1],
    ['template has no nope', [...refresh, 'nope'], 1],
    ['step has no nope', [...update, 'nope'], 1],
    ['retryStrategy has no nope', [...refresh, 'retryStrategy', 'nope'], 1],
    ['nothing to do', [...refresh, 'container'], undefined],
    ['the image is not pinned', [...refresh, 'container', 'image'], 'alpine/k8s:latest'],
    ['the image is not pinned', [...refresh, 'container', 'image'], 'alpine/k8s'],
    ['no retryStrategy', [...refresh, 'retryStrategy'], undefined],
    ['no activeDeadlineSeconds', [...refresh, 'activeDeadlineSeconds'], undefined],
    ['no resources', [...refresh, 'container', 'resources'], undefined],
    ['no securityContext', [...refresh, 'container', 'securityContext'], undefined],
    ['a step has no template', [...update, 'template'], 'absent'],
    ['a step gives other parameters', [...update, 'arguments'], undefined],
    [
      'output becomes a part of a condition',
      [...update, 'when'],
      '{{steps.detect.outputs.result}} == changed',
    ],
    [
      'a condition names no step before it',
      [...update, 'when'],
      "{{=steps.later.outputs.result != 'unchanged'}}",
    ],
    [
      'the Sensor cannot create workflows',
      ['Sensor', 'spec', 'template', 'serviceAccountName'],
      'default',
    ],
    ['no such event', ['Sensor', 'spec', 'dependencies', '0', 'eventName'], 'absent'],
    ['no such event', ['EventSource', 'metadata', 'name'], 'absent'],
    ['no such WorkflowTemplate', ['WorkflowTemplate', 'metadata', 'name'], 'absent'],
    [
      'a name of its own',
      ['Sensor', 'spec', 'triggers', '0', 'template', 'k8s', 'source', 'resource', 'metadata'],
      { name: 'fixed' },
    ],
  ];
  for (const [problem, [kind = '', ...path], value] of cases) {
    it(`${problem}: ${path.join('.')} ${value === undefined ? 'absent' : JSON.stringify(value)}`, () => {
      const manifests = manifestsOf(webhook);
      put(manifestOf(manifests, kind), path, value);
      assert.ok(problemsOf(manifests).includes(problem), problemsOf(manifests).join());
    });
  }

  it('of schedules: the template, and members', () => {
    const manifests = manifestsOf(schedule);
    put(manifestOf(manifests, 'CronWorkflow'), ['spec', 'schedule'], '* * * * *');
    put(manifestOf(manifests, 'WorkflowTemplate'), ['metadata', 'name'], 'absent');
    assert.deepEqual(problemsOf(manifests), ['cron has no schedule', 'no such WorkflowTemplate']);
  });
});

function put(manifest: Manifest, path: readonly string[], value: unknown): void {
  const holder = at(manifest, ...path.slice(0, -1)) as Record<string, unknown>;
  holder[path.at(-1) ?? ''] = value;
}

/** Throws unless what was typed for the trigger stands where Argo Events and Argo Workflows look for it. */
function assertTriggers(trigger: EventRefresh['trigger'], manifests: readonly Manifest[]): void {
  const spec = (kind: string) => at(manifestOf(manifests, kind), 'spec');
  const event = (kind: string) => at(spec('EventSource'), kind, 'source-changed') as Manifest;
  const found = (holder: unknown, ...names: readonly string[]) =>
    names.map((name) => at(holder, name));
  switch (trigger.kind) {
    case 'webhook': {
      const { secret, key } = trigger.token;
      assert.deepEqual(event('webhook')['authSecret'], { name: secret, key });
      return;
    }
    case 'github': {
      const { secret, owner, repository, branch = '' } = trigger;
      const { webhookSecret, repositories } = event('github');
      assert.deepEqual(webhookSecret, { name: secret.secret, key: secret.key });
      assert.deepEqual(repositories, [{ owner, names: [repository] }]);
      const [, ref] = at(spec('Sensor'), 'dependencies', '0', 'filters', 'data') as Filter[];
      assert.deepEqual(ref?.value, [exactly(`refs/heads/${branch}`)]);
      assert.match(`refs/heads/${branch}`, new RegExp(ref.value[0] ?? ''));
      return;
    }
    case 'object': {
      const { group, version, resource, name } = trigger.watched;
      const one = event('resource');
      assert.deepEqual(found(one, 'group', 'version', 'resource'), [group, version, resource]);
      const [field] = at(one, 'filter', 'fields') as { readonly value: string }[];
      assert.match(name, new RegExp(field?.value ?? ''));
      return;
    }
    case 'schedule': {
      const { schedule, timeZone } = trigger;
      assert.deepEqual(found(spec('CronWorkflow'), 'schedules', 'timezone'), [
        [schedule],
        timeZone,
      ]);
    }
  }
}

interface Filter {
  readonly value: readonly string[];
}

/** More than twelve inputs, most of which the forms before this would refuse. */
function hostileRefresh(text: () => string, number: number): EventRefresh {
  const url = new URL('https://example.com/');
  url.pathname = text();
  url.search = text();
  const [secret, key] = [text(), text()];
  const triggers: readonly EventRefresh['trigger'][] = [
    { kind: 'webhook', token: { secret, key } },
    { kind: 'github', owner: text(), repository: text(), branch: text(), secret: { secret, key } },
    { kind: 'object', watched: { group: text(), version: 'v1', resource: text(), name: text() } },
    { kind: 'schedule', schedule: text(), timeZone: text() },
  ];
  return eventRefresh(triggers[number % triggers.length] ?? assert.fail(), {
    cache: { namespace: text(), name: text() },
    key: text(),
    url: `${url.href}{{x}}{{{{=y}}$(KEY)$$`,
    header: { secret, key },
    maxAge: text(),
    restarts: [{ kind: 'Deployment', name: text() }],
    image: text(),
  });
}
