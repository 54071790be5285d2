import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mock } from 'node:test';
import type { ExecFields } from '../../src/gateway/kubernetes/kubeconfigFields.ts';
import { Connections } from '../../src/gateway/kubernetes/connections.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { createUser } from '../cluster/users.ts';
import { failureOf } from '../failureOf.ts';

const never = new AbortController().signal;
const V1 = 'client.authentication.k8s.io/v1';
const WHO = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

/** The parts of a kubeconfig that these tests change. */
interface Config {
  readonly clusters: { cluster: Record<string, unknown> }[];
  readonly users: { user: Record<string, unknown> }[];
}

describe('who we are to the API server', () => {
  let plane: ControlPlane;
  let token: string;
  let number = 0;
  const open: Connections[] = [];

  before(async () => {
    plane = await startControlPlane();
    await plane.kubectl(['create', 'serviceaccount', 'robot']);
    token = (await plane.kubectl(['create', 'token', 'robot'])).trim();
  });
  afterEach(() => {
    for (const connections of open.splice(0)) connections.reset();
  });
  after(() => plane.stop());

  /** The administrator's kubeconfig with another user, and perhaps more in its cluster. */
  const kubeconfigOf = async (
    user: Record<string, unknown>,
    { cluster = {}, from = plane.kubeconfig }: { cluster?: object; from?: string } = {},
  ): Promise<string> => {
    const config = JSON.parse(await readFile(from, 'utf8')) as Config;
    for (const each of config.users) each.user = user;
    for (const each of config.clusters) each.cluster = { ...each.cluster, ...cluster };
    const file = path.join(plane.directory, `identity-${number++}.kubeconfig`);
    await writeFile(file, JSON.stringify(config));
    return file;
  };
  const admin = async () =>
    (JSON.parse(await readFile(plane.kubeconfig, 'utf8')) as Config).users[0]?.user ?? {};

  const asker = (file: string) => {
    const connections = new Connections(() => [file], { now: Date.now, log: () => undefined });
    open.push(connections);
    return async (): Promise<unknown> => {
      const transport = await connections.transport('demo');
      const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
      const answer = await transport.send({ method: 'POST', path, body: WHO }, never);
      const { status } = JSON.parse(answer.body.toString()) as { status: unknown };
      return answer.status === 201 ? status : answer.status;
    };
  };
  const kubectlSays = async (kubeconfig: string): Promise<unknown> => {
    const { status } = JSON.parse(
      await plane.kubectl(['auth', 'whoami', '-o', 'json'], { kubeconfig }),
    ) as { status: unknown };
    return status;
  };

  /** A plugin that notes each run and what it was told, and prints what `credential` says. */
  const plugin = async (credential: object, more: Partial<ExecFields> = {}) => {
    const name = path.join(plane.directory, `plugin-${number++}`);
    const printed = JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', ...credential });
    const script = `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${name}.runs\ncat ${name}.json\n`;
    await writeFile(name, script);
    await chmod(name, 0o755);
    await writeFile(`${name}.json`, printed);
    await writeFile(`${name}.runs`, '');
    const exec = { apiVersion: V1, command: name, interactiveMode: 'Never', ...more };
    const runs = async () =>
      (await readFile(`${name}.runs`, 'utf8')).split('\n').filter((line) => line !== '');
    return { exec, runs, print: (text: string) => writeFile(`${name}.json`, text) };
  };

  it('is who kubectl is: certificate, token, impersonation with all that it has', async () => {
    const anna = await createUser(plane, {
      name: 'anna',
      grants: [],
      credential: 'certificate',
      groups: ['g1', 'g2'],
      context: 'demo',
    });
    const files = [
      plane.kubeconfig,
      anna,
      await kubeconfigOf({ token }),
      await kubeconfigOf({ ...(await admin()), as: 'ben' }),
      await kubeconfigOf({
        ...(await admin()),
        as: 'jürgen',
        'as-uid': '7-8',
        'as-groups': ['one', 'two words', 'system:masters'],
        'as-user-extra': { 'example.com/Scope%': ['a', 'b'], plain: ['c'] },
      }),
    ];
    for (const file of files) assert.deepEqual(await asker(file)(), await kubectlSays(file));
  });

  it('follows a token file as it rotates, at the latest after a refusal', async () => {
    const tokenFile = path.join(plane.directory, 'rotating-token');
    await writeFile(tokenFile, 'too old');
    const file = await kubeconfigOf({ tokenFile, token: 'counts less' });
    const ask = asker(file);
    assert.equal(await ask(), 401);
    await writeFile(tokenFile, `${token}\n`);
    assert.deepEqual(await ask(), await kubectlSays(file));
  });

  it('follows certificate files as they are renewed, on connections of their own', async () => {
    const [certificate, key] = ['renewed.crt', 'renewed.key'].map((name) =>
      path.join(plane.directory, name),
    );
    assert.ok(certificate !== undefined && key !== undefined);
    const renew = async (name: string) => {
      const issued = await plane.authority.issue({ name });
      await Promise.all([writeFile(certificate, issued.cert), writeFile(key, issued.key)]);
    };
    await renew('first');
    const file = await kubeconfigOf({ 'client-certificate': certificate, 'client-key': key });
    const ask = asker(file);
    const first = await kubectlSays(file);
    assert.deepEqual(await ask(), first);
    await renew('second');
    const second = await kubectlSays(file);
    assert.notDeepEqual(second, first);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 299_000 });
    assert.deepEqual(await ask(), first);
    mock.timers.setTime(Date.now() + 2_000);
    assert.deepEqual(await ask(), second);
    mock.timers.reset();
  });

  it('is what a plugin gives, a token or a certificate, and the plugin is told what kubectl tells it', async () => {
    const user = await admin();
    const pem = (field: string) => Buffer.from(String(user[field]), 'base64').toString();
    const certificate = {
      clientCertificateData: pem('client-certificate-data'),
      clientKeyData: pem('client-key-data'),
    };
    const extensions = [
      { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } },
    ];
    for (const status of [{ token }, certificate]) {
      for (const provideClusterInfo of [true, false]) {
        const { exec, runs } = await plugin(
          { status },
          { provideClusterInfo, env: [{ name: 'A', value: 'b' }] },
        );
        const file = await kubeconfigOf({ exec }, { cluster: { extensions } });
        assert.deepEqual(await asker(file)(), await kubectlSays(file));
        const [ours, theirs] = (await runs()).map((run) => JSON.parse(run) as unknown);
        assert.deepEqual(ours, theirs);
      }
    }
  });

  it('asks a plugin once for many requests, again when its credential has expired or is refused', async () => {
    const lasting = await plugin({ status: { token } });
    const ask = asker(await kubeconfigOf({ exec: lasting.exec }));
    await Promise.all(Array.from({ length: 20 }, ask));
    await ask();
    assert.equal((await lasting.runs()).length, 1);

    const expired = await plugin({
      status: { token, expirationTimestamp: '2020-01-01T00:00:00Z' },
    });
    const askAgain = asker(await kubeconfigOf({ exec: expired.exec }));
    await askAgain();
    await askAgain();
    assert.equal((await expired.runs()).length, 2);

    const refused = await plugin({ status: { token: 'no longer good' } });
    const file = await kubeconfigOf({ exec: refused.exec });
    const askOnceMore = asker(file);
    assert.equal(await askOnceMore(), 401);
    assert.equal((await refused.runs()).length, 2, 'a fresh one, and one retry');
    await refused.print(
      JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status: { token } }),
    );
    assert.deepEqual(await askOnceMore(), await kubectlSays(file));
  });

  it('asks a plugin anew after a reset, which drops credentials', async () => {
    const { exec, runs } = await plugin({ status: { token } });
    const ask = asker(await kubeconfigOf({ exec }));
    await ask();
    open.at(-1)?.reset();
    await ask();
    assert.equal((await runs()).length, 2);
  });

  it('shares one run of a plugin among requests that were refused together', async () => {
    const proxy = await FaultProxy.start(plane);
    const { exec, runs } = await plugin({ status: { token } });
    const ask = asker(await kubeconfigOf({ exec }, { from: proxy.kubeconfig }));
    await ask();
    proxy.break(() => true, { kind: 'answer', status: 401, body: '' }, 8);
    await Promise.all(Array.from({ length: 8 }, ask));
    assert.ok((await runs()).length <= 4, `${(await runs()).length} runs for 8 refusals`);
    await proxy.stop();
  });

  const V1BETA1 = 'client.authentication.k8s.io/v1beta1';
  for (const [what, credential, more, words] of [
    ['wants a terminal', {}, { interactiveMode: 'Always' }, /wants to ask in a terminal/],
    ['has no interactive mode', {}, { interactiveMode: '' }, /has no interactiveMode/],
    [
      'is of a version that is gone',
      {},
      { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
      /has the version/,
    ],
    [
      'answers in another version',
      { status: { token: 't' } },
      { apiVersion: V1BETA1 },
      /did not print an ExecCredential of version/,
    ],
    ['gives nothing', { status: {} }, {}, /gave neither a token nor a certificate/],
    [
      'gives a certificate without its key',
      { status: { clientCertificateData: 'x' } },
      {},
      /without its key/,
    ],
    [
      'is missing',
      {},
      { command: 'no-such-plugin', installHint: 'Get it from example.com.' },
      /is not there\. Get it from example\.com/,
    ],
    ['fails', {}, { command: 'false' }, /ended with code 1/],
  ] as const) {
    it(`says why a plugin is of no use, where kubectl fails as well: it ${what}`, async () => {
      const { exec } = await plugin(credential, more);
      const file = await kubeconfigOf({ exec });
      await assert.rejects(kubectlSays(file));
      const failure = await failureOf(asker(file)());
      assert.match(failure.message, words);
      assert.equal(failure.reason, 'Unauthorized');
    });
  }
});
