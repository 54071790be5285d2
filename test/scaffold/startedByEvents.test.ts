import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventRefresh, EventTrigger } from '../../src/domain/manifests/events/eventRefresh.ts';
import { ensureArgoEvents } from '../cluster/argoEvents.ts';
import { installArgoKinds } from '../cluster/argoKinds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { at, type Manifest } from './argoRules.ts';
import { eventRefresh, manifestOf, manifestsOf, TRIGGERS } from './eventRefreshes.ts';
import { Hearing, type Heard } from './hearing.ts';
import { lesserRoles } from './lesserRoles.ts';

/** What is in each event and must not get into a Workflow. */
const MARK = 'of-the-event';

const [WEBHOOK, GITHUB, OBJECT] = TRIGGERS as readonly EventTrigger[];

describe('what starts on an event, run by the code of Argo Events', () => {
  let plane: ControlPlane;
  let count = 0;
  const hearings: Hearing[] = [];

  before(async function () {
    // The first build takes minutes, which is no test's time.
    this.timeout(0);
    await ensureArgoEvents();
    plane = await startControlPlane();
    await installArgoKinds(plane);
  });
  after(() => plane.stop());
  afterEach(async () => {
    for (const one of hearings.splice(0)) await one.stop();
  });

  const newRefresh = async (trigger: EventTrigger | undefined) => {
    assert.ok(trigger !== undefined);
    const namespace = `n-${++count}`;
    await plane.kubectl(['create', 'namespace', namespace]);
    return eventRefresh(trigger, { cache: { namespace, name: 'workflow-cache' } });
  };
  const start = async (refresh: EventRefresh, role?: Manifest) => {
    const one = await Hearing.start(plane, refresh, role);
    hearings.push(one);
    return one;
  };
  const hearing = async (trigger: EventTrigger | undefined) => {
    const refresh = await newRefresh(trigger);
    const one = await start(refresh);
    const { namespace } = refresh.cache;
    /** Throws unless the Workflow that is meant was made. */
    const assertStarts = async ({ passed, made, error, event }: Heard) => {
      assert.deepEqual([passed, error], [true, undefined]);
      assert.match(JSON.stringify(event), new RegExp(MARK));
      const template = manifestOf(manifestsOf(refresh), 'WorkflowTemplate');
      const name = String(at(template, 'metadata', 'name'));
      const found = String(at(made, 'metadata', 'name'));
      assert.match(found, new RegExp(`^${name}-[a-z0-9]{5}$`));
      const args = ['get', 'workflow', found, '-n', namespace, '-o', 'json'];
      const workflow: unknown = JSON.parse(await plane.kubectl(args));
      assert.deepEqual(at(workflow, 'spec'), { workflowTemplateRef: { name } });
      const { 'events.argoproj.io/action-timestamp': time, ...labels } = at(
        workflow,
        'metadata',
        'labels',
      ) as Record<string, string>;
      assert.match(time ?? '', /^\d+$/);
      assert.deepEqual(labels, {
        ...(at(template, 'metadata', 'labels') as object),
        'events.argoproj.io/sensor': name,
        'events.argoproj.io/trigger': 'refresh',
      });
      assert.doesNotMatch(JSON.stringify(workflow), new RegExp(MARK));
    };
    return { one, namespace, assertStarts };
  };

  it('a webhook: whatever it brings starts the workflow of the template', async () => {
    const { one, assertStarts } = await hearing(WEBHOOK);
    await untilAccepted(() => post(one, { some: MARK }));
    await assertStarts(await one.next());
  });

  it('GitHub: a push to the branch, and no ping, tag, other branch or other event', async () => {
    const { one, assertStarts } = await hearing(GITHUB);
    await untilAccepted(() => post(one, { zen: MARK }, 'ping'));
    assert.equal((await one.next()).passed, false);
    const others: readonly (readonly [string, string])[] = [
      ['push', 'refs/heads/main2'],
      ['push', 'refs/heads/some/main'],
      ['push', 'refs/tags/main'],
      ['push', 'refs/tags/refs/heads/main'],
      ['create', 'refs/heads/main'],
    ];
    for (const [event, ref] of others) {
      await post(one, push(ref), event);
      const { passed, made } = await one.next();
      assert.deepEqual([passed, made], [false, undefined], `${event} ${ref}`);
    }
    await post(one, push('refs/heads/main'), 'push');
    await assertStarts(await one.next());
  });

  it('GitHub without a branch: every push, and no ping', async () => {
    assert.ok(GITHUB?.kind === 'github');
    const { one, assertStarts } = await hearing({ ...GITHUB, branch: undefined });
    await untilAccepted(() => post(one, { zen: MARK, ref: 'refs/heads/main' }, 'ping'));
    assert.equal((await one.next()).passed, false);
    await post(one, push('refs/heads/some-other'), 'push');
    await assertStarts(await one.next());
  });

  it('a branch is that branch, whatever is in its name', async () => {
    assert.ok(GITHUB?.kind === 'github');
    const { one } = await hearing({ ...GITHUB, branch: 'release/1.x+(a)' });
    await untilAccepted(() => post(one, push('refs/heads/release/10x+(a)'), 'push'));
    assert.equal((await one.next()).passed, false);
    await post(one, push('refs/heads/release/1.x+(a)'), 'push');
    assert.equal((await one.next()).passed, true);
  });

  it('another object: when it is there, when it changes, and no other', async () => {
    const { one, namespace, assertStarts } = await hearing(OBJECT);
    const apply = async (name: string, value: string) => {
      const metadata = { name, namespace };
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [MARK]: value } };
      const input = JSON.stringify(map);
      await plane.kubectl(['apply', '--server-side', '-f', '-'], { input });
    };
    const told = ({ event }: Heard) => [
      at(event, 'type'),
      at(event, 'body', 'metadata', 'name'),
      at(event, 'body', 'data', MARK),
    ];
    // A map like it comes and changes before each: it would be heard of first.
    for (const [type, value] of [
      ['ADD', 'one'],
      ['UPDATE', 'two'],
    ] as const) {
      await apply('some-map', value);
      await apply('some.map.more', value);
      await apply('some.map', value);
      const heard = await one.next();
      assert.deepEqual(told(heard), [type, 'some.map', value]);
      await assertStarts(heard);
    }
    // A deletion leaves nothing to refresh by. When it comes again, that is the next that is heard.
    await plane.kubectl(['delete', 'configmap', 'some.map', '-n', namespace]);
    await apply('some.map', 'three');
    assert.deepEqual(told(await one.next()), ['ADD', 'some.map', 'three']);
  });

  describe('with any right less, it does not start (D19)', () => {
    const rolesOf = (trigger: EventTrigger | undefined, ending: string) => {
      assert.ok(trigger !== undefined);
      return lesserRoles(manifestOf(manifestsOf(eventRefresh(trigger)), 'Role', ending));
    };
    for (const [index, { refusal }] of rolesOf(WEBHOOK, '-sensor').entries()) {
      it(`the Sensor ${refusal}`, async () => {
        const refresh = await newRefresh(WEBHOOK);
        const roles = manifestsOf(refresh).filter((each) => each['kind'] === 'Role');
        const role = lesserRoles(manifestOf(roles, 'Role', '-sensor'))[index]?.role;
        const one = await start(refresh, role);
        await untilAccepted(() => post(one, {}));
        const { passed, made, error = '' } = await one.next();
        assert.deepEqual([passed, made], [true, undefined]);
        assert.ok(error.includes(refusal), error);
      });
    }
    for (const [index, { refusal }] of rolesOf(OBJECT, '-source').entries()) {
      it(`the EventSource ${refusal}`, async () => {
        const refresh = await newRefresh(OBJECT);
        const role = lesserRoles(manifestOf(manifestsOf(refresh), 'Role', '-source'))[index]?.role;
        const one = await start(refresh, role);
        await one.complained(refusal);
      });
    }
  });
});

/** What GitHub sends of a push: of its fields, those that may matter. */
function push(ref: string): object {
  return {
    ref,
    before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
    after: 'b0f9a1d34f6ca1a4a3ee3a2a7d6c9b4f1c5c2e11',
    created: false,
    deleted: false,
    repository: { name: 'some.repo', full_name: 'o/some.repo', owner: { login: 'o' } },
    pusher: { name: MARK },
    head_commit: { message: `{{${MARK}}}` },
  };
}

/** Sends a request as GitHub does; gives the status of the answer. */
async function post({ url }: Hearing, body: object, event = ''): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  };
  const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return status;
}

/** Asks until somebody listens there, and takes it. */
async function untilAccepted(ask: () => Promise<number>): Promise<void> {
  for (;;) {
    if ((await ask().catch(() => 0)) === 200) return;
    await pause(50);
  }
}
