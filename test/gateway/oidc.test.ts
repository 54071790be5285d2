import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { failureOf } from '../failureOf.ts';

const never = new AbortController().signal;
const CLIENT = 'kubernetes';
const SECRET = 'a secret: +';

/** A token that says when it ends, signed by nobody. */
function jwt(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'RS256' })}.${encode(claims)}.c2lnbmF0dXJl`;
}

/** An OpenID provider that accepts each refresh token once. */
class Provider {
  renewals = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(plane: ControlPlane): Promise<Provider> {
    const pair = await plane.authority.issue({ name: 'provider', addresses: ['127.0.0.1'] });
    const server = createServer(pair);
    const provider = new Provider(server);
    server.on('request', (request, response) => {
      provider.#answer(request, response).catch(() => response.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return provider;
  }

  get issuer(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { issuer } = this;
    const reply = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.method === 'GET') {
      reply(200, { issuer, token_endpoint: `${issuer}/token` });
      return;
    }
    const asked = new URLSearchParams(await text(request));
    const who = [CLIENT, SECRET].map((part) => encodeURIComponent(part).replaceAll('%20', '+'));
    const basic = `Basic ${Buffer.from(who.join(':')).toString('base64')}`;
    if (request.headers.authorization !== basic) reply(401, { error: 'invalid_client' });
    else if (asked.get('refresh_token') !== `refresh-${this.renewals}`) {
      reply(400, { error: 'invalid_grant' });
    } else {
      this.renewals++;
      const now = Math.round(Date.now() / 1000);
      const claims = { iss: issuer, aud: CLIENT, sub: 'anna', iat: now, exp: now + 3600 };
      reply(200, {
        access_token: 'unused',
        token_type: 'Bearer',
        id_token: jwt(claims),
        refresh_token: `refresh-${this.renewals}`,
      });
    }
  }
}

describe('a user of an OpenID provider', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let provider: Provider;
  let file: string;
  let cluster: KubernetesCluster;
  before(async () => {
    plane = await startControlPlane();
  });
  beforeEach(async () => {
    proxy = await FaultProxy.start(plane);
    provider = await Provider.start(plane);
    file = path.join(plane.directory, 'oidc.kubeconfig');
    const config = JSON.parse(await readFile(proxy.kubeconfig, 'utf8')) as {
      users: { name: string; user: object }[];
    };
    const ended = jwt({ exp: 1_700_000_000 });
    for (const each of config.users) {
      each.user = {
        'auth-provider': {
          name: 'oidc',
          config: {
            'client-id': CLIENT,
            'client-secret': SECRET,
            'id-token': ended,
            'refresh-token': 'refresh-0',
            'idp-issuer-url': provider.issuer,
            'idp-certificate-authority-data': Buffer.from(plane.authority.cert).toString('base64'),
          },
        },
      };
    }
    await writeFile(file, `# mine\n${JSON.stringify(config, null, 2)}\n`);
    cluster = new KubernetesCluster(() => [file]);
    proxy.break(
      () => true,
      { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body: MAP },
      Infinity,
    );
  });
  afterEach(async () => {
    cluster.reset();
    provider.stop();
    await proxy.stop();
  });
  after(() => plane.stop());

  const MAP = JSON.stringify({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'a', namespace: 'b', resourceVersion: '1', uid: 'c' },
  });
  const ref = { context: 'demo', namespace: 'b', name: 'a' };
  const kubectl = () => plane.kubectl(['get', '--raw', '/version'], { kubeconfig: file });
  /** The tokens that the file holds, as kubectl reads them. */
  const kept = async () => {
    const args = [
      'config',
      'view',
      '--raw',
      '-o',
      'jsonpath={.users[0].user.auth-provider.config}',
    ];
    const config = JSON.parse(await plane.kubectl(args, { kubeconfig: file })) as Record<
      string,
      string
    >;
    const { 'id-token': id, 'refresh-token': refresh, ...others } = config;
    return { id, refresh, others };
  };

  it('is renewed once for all who ask, and kubectl finds the new tokens in the kubeconfig', async () => {
    const before = await kept();
    await Promise.all([1, 2, 3].map(() => cluster.readCache(ref, never)));
    assert.equal(provider.renewals, 1);
    const after = await kept();
    assert.equal(after.refresh, 'refresh-1');
    assert.deepEqual(after.others, before.others);
    const bearers = new Set(proxy.requests.map(({ headers }) => headers.authorization));
    assert.deepEqual([...bearers], [`Bearer ${after.id}`]);
    assert.match(await readFile(file, 'utf8'), /^# mine\n/);
    await kubectl();
    assert.equal(provider.renewals, 1);
    assert.equal(proxy.requests.at(-1)?.headers.authorization, `Bearer ${after.id}`);
  });

  it('that kubectl has renewed is taken from the kubeconfig, and not renewed with what is used up', async () => {
    await kubectl();
    assert.equal((await kept()).refresh, 'refresh-1');
    await cluster.readCache(ref, never);
    assert.equal(provider.renewals, 1);
    assert.equal(proxy.requests.at(-1)?.headers.authorization, `Bearer ${(await kept()).id}`);
  });

  it('that cannot be renewed is said so, and the kubeconfig stays as it is', async () => {
    provider.renewals = 7;
    const before = await readFile(file, 'utf8');
    const failure = await failureOf(cluster.readCache(ref, never));
    assert.equal(failure.reason, 'Unauthorized');
    assert.match(failure.message, /did not renew the token/);
    assert.equal(await readFile(file, 'utf8'), before);
    await assert.rejects(kubectl(), /failed to refresh token/);
  });
});
