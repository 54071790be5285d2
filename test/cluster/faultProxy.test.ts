import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:https';
import './buildFirst.ts';
import { startControlPlane, type ControlPlane } from './controlPlane.ts';
import { FaultProxy } from './faultProxy.ts';
import type { Match } from './passing.ts';
import { readKubeconfig } from './kubeconfigFile.ts';
import { createUser } from './users.ts';

const URL_OF_ALL = '/api/v1/namespaces/default/configmaps';
const creation: Match = ({ method, url }) => method === 'POST' && url.startsWith(URL_OF_ALL);

describe('the fault proxy', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let agent: Agent;

  before(async () => {
    plane = await startControlPlane();
  });
  after(() => plane.stop());
  beforeEach(async () => {
    proxy = await FaultProxy.start(plane);
    agent = new Agent({ keepAlive: true, maxSockets: 1, ca: plane.authority.cert });
  });
  afterEach(async () => {
    agent.destroy();
    await proxy.stop();
  });

  const through = (args: readonly string[], { kubeconfig } = proxy) =>
    plane.kubectl(args, { kubeconfig });
  const names = async () =>
    (
      await plane.kubectl(['get', 'configmaps', '--output=jsonpath={.items[*].metadata.name}'])
    ).split(' ');

  /** Asks through the proxy, and gives the answer as it begins. */
  async function get(url: string): Promise<IncomingMessage> {
    const { server } = await readKubeconfig(proxy.kubeconfig);
    const request = send(new URL(url, server), { agent });
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return answer;
  }

  it('passes everything on, and keeps what came by', async () => {
    await through(['create', 'configmap', 'passed', '--from-literal=a=ü']);
    assert.ok((await names()).includes('passed'));
    const [request, ...more] = proxy.requests.filter(creation);
    assert.deepEqual(more, []);
    assert.equal(request?.status, 201);
    assert.match(request.headers['user-agent'] ?? '', /kubectl/);
    assert.ok(request.body.includes('passed') && request.body.includes('ü'));
    const value = ['get', 'configmap', 'passed', '--output=jsonpath={.data.a}'];
    assert.equal(await through(value), 'ü');
  });

  it('cuts before the server has seen anything, once', async () => {
    proxy.break(creation, { kind: 'cutBefore' });
    await assert.rejects(through(['create', 'configmap', 'before']), /EOF|reset/);
    assert.equal(proxy.requests.find(creation)?.status, undefined);
    assert.ok(!(await names()).includes('before'));
    await through(['create', 'configmap', 'before']);
    assert.ok((await names()).includes('before'));
  });

  it('cuts after the server has done it, once', async () => {
    proxy.break(creation, { kind: 'cutAfter' });
    await assert.rejects(through(['create', 'configmap', 'after']), /EOF|reset/);
    assert.equal(proxy.requests.find(creation)?.status, 201);
    assert.ok((await names()).includes('after'));
    await assert.rejects(through(['create', 'configmap', 'after']), /already exists/);
  });

  it('breaks as often as it is told to, and nothing once it is mended', async () => {
    const create = () => through(['create', 'configmap', 'often', '--dry-run=server']);
    proxy.break(creation, { kind: 'cutBefore' }, 2);
    await assert.rejects(create);
    await assert.rejects(create);
    await create();
    proxy.break(creation, { kind: 'cutBefore' }, Infinity);
    for (let times = 0; times < 4; times++) await assert.rejects(create);
    proxy.mend();
    await create();
  });

  it('answers in place of the server, with headers', async () => {
    const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'a bad day' };
    const body = JSON.stringify({ ...status, reason: 'InternalError', code: 500 });
    const headers = { 'Content-Type': 'application/json', 'X-Bad-Day': 'yes' };
    const fault = { kind: 'answer', status: 500, headers, body } as const;
    proxy.break(({ method }) => method === 'GET', fault);
    const answer = await get(URL_OF_ALL);
    assert.equal(answer.statusCode, 500);
    assert.equal(answer.headers['x-bad-day'], 'yes');
    assert.equal(Buffer.concat((await answer.toArray()) as Buffer[]).toString(), body);
    proxy.break(creation, fault);
    await assert.rejects(through(['create', 'configmap', 'answered']), /a bad day/);
    assert.ok(!(await names()).includes('answered'));
  });

  it('holds a request, and passes on those that come after it', async () => {
    const version: Match = ({ url }) => url === '/version';
    proxy.break(version, { kind: 'hold' });
    const { server } = await readKubeconfig(proxy.kubeconfig);
    const held = send(new URL('/version', server), { ca: plane.authority.cert });
    let answered = false;
    held.once('response', () => (answered = true)).end();
    while (!proxy.requests.some(version)) await through(['get', '--raw', '/readyz']);
    assert.equal(await through(['get', '--raw', '/readyz']), 'ok');
    assert.equal(answered, false);
    const failed = once(held, 'error');
    held.destroy(new Error('given up'));
    await failed;
    assert.equal(proxy.requests.find(version)?.status, undefined);
  });

  it('passes on what a watch says as it comes, and its beginning before anything has happened', async () => {
    const now = await plane.kubectl(['get', '--raw', URL_OF_ALL]);
    const { metadata } = JSON.parse(now) as { metadata: { resourceVersion: string } };
    const query = `watch=1&resourceVersion=${metadata.resourceVersion}`;
    const watch = await get(`${URL_OF_ALL}?${query}`);
    assert.equal(watch.statusCode, 200);
    for (const name of ['watched-1', 'watched-2']) {
      const heard = once(watch, 'data');
      await plane.kubectl(['create', 'configmap', name]);
      const event = JSON.parse(String((await heard)[0])) as {
        type: string;
        object: { metadata: { name: string } };
      };
      assert.equal(event.type, 'ADDED');
      assert.equal(event.object.metadata.name, name);
    }
    const cut = once(watch, 'error');
    await plane.stopApiServer();
    await cut;
    await plane.startApiServer();
    assert.equal(await through(['get', '--raw', '/readyz']), 'ok');
  });

  it('counts the connections of a client', async () => {
    for (let times = 0; times < 3; times++) await (await get('/version')).toArray();
    assert.equal(proxy.connections, 1);
    agent.destroy();
    agent = new Agent({ ca: plane.authority.cert });
    await (await get('/version')).toArray();
    assert.equal(proxy.connections, 2);
  });

  for (const credential of ['certificate', 'token'] as const) {
    it(`leaves a user with a ${credential} the rights and the context that the user has`, async () => {
      const kubeconfig = await createUser(plane, {
        name: `passing-${credential}`,
        grants: [],
        credential,
        context: 'passing',
      });
      const other = await FaultProxy.start(plane, { kubeconfig });
      try {
        const whoAmI = ['auth', 'whoami', '--output=json'];
        const who = (asked: string) =>
          (JSON.parse(asked) as { status: { userInfo: { username: string } } }).status.userInfo
            .username;
        assert.equal(
          who(await through(whoAmI, other)),
          who(await plane.kubectl(whoAmI, { kubeconfig })),
        );
        assert.equal(await through(['config', 'current-context'], other), 'passing\n');
        await assert.rejects(through(['get', 'configmaps'], other), /Forbidden/);
        assert.ok(other.requests.length > 0, 'it was asked through the proxy');
        const text = await readFile(other.kubeconfig, 'utf8');
        assert.ok(!text.includes(plane.server));
      } finally {
        await other.stop();
      }
    });
  }
});
