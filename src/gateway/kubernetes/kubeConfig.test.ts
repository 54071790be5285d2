import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { failureOf } from '../../../test/failureOf.ts';
import { kubeconfigFiles, loadKubeconfig } from './kubeConfig.ts';

const A = `
current-context: a
contexts: [{name: a, context: {cluster: c, user: u, namespace: one}}, {name: anonymous, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: "https://first", certificate-authority: ca.crt}}]
users: [{name: u, user: {client-key: keys/u.key, tokenFile: ./token, exec: {command: ./plugin}}}]
`;
const B = `
current-context: b
contexts: [{name: b, context: {cluster: other}}, {name: a, context: {cluster: other}}]
clusters: [{name: c, cluster: {server: "https://second", tls-server-name: x}}, {name: other, cluster: {server: "https://other"}}]
users: [{name: u, user: {token: t}}, {name: v, user: {exec: {command: plugin}}}]
`;

describe('kubeconfig files', () => {
  let folder = '';
  const file = (name: string) => path.join(folder, name);
  const faultOf = async (files: readonly string[]) => {
    const failure = await failureOf(loadKubeconfig(files));
    assert.equal(failure.nextStep, 'openKubeconfig');
    return failure;
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kubeconfig-'));
    await mkdir(file('sub'));
    await writeFile(file('sub/a'), A);
    await writeFile(file('b'), B);
    await writeFile(file('empty'), '');
    await writeFile(file('broken'), 'contexts: [');
    await writeFile(file('list'), '- 1');
  });
  after(() => rm(folder, { recursive: true }));

  it('are those of a list without duplicates, else the one in the home folder', () => {
    const list = ['/x/a', '', '/x/b', '/x/a'].join(path.delimiter);
    assert.deepEqual(kubeconfigFiles(list), ['/x/a', '/x/b']);
    assert.deepEqual(kubeconfigFiles(path.delimiter), []);
    for (const none of [undefined, '']) {
      assert.deepEqual(kubeconfigFiles(none), [path.join(homedir(), '.kube', 'config')]);
    }
  });

  it('are told apart on Windows, too, where a path has a colon', () => {
    const list = 'C:\\Users\\anna\\.kube\\config;;D:\\work\\config';
    assert.deepEqual(kubeconfigFiles(list, path.win32), [
      'C:\\Users\\anna\\.kube\\config',
      'D:\\work\\config',
    ]);
  });

  it('are merged so that the first of a name wins whole, and missing ones are passed over', async () => {
    const config = await loadKubeconfig([file('missing'), file('sub/a'), file('b')]);
    assert.equal(config.currentContext, 'a');
    assert.deepEqual([...config.contexts.keys()].sort(), ['a', 'anonymous', 'b']);
    assert.equal(config.contexts.get('a')?.cluster, 'c');
    assert.equal(config.clusters.get('c')?.['server'], 'https://first');
    assert.equal(config.clusters.get('c')?.['tls-server-name'], undefined);
    assert.equal(config.users.get('u')?.['token'], undefined);
  });

  it('have paths that are relative to the file that names them', async () => {
    const { clusters, users } = await loadKubeconfig([file('sub/a'), file('b')]);
    assert.equal(clusters.get('c')?.['certificate-authority'], file('sub/ca.crt'));
    assert.equal(users.get('u')?.['client-key'], file('sub/keys/u.key'));
    assert.equal(users.get('u')?.['tokenFile'], file('sub/token'));
    assert.deepEqual(users.get('u')?.['exec'], { command: file('sub/plugin') });
    assert.deepEqual(users.get('v')?.['exec'], { command: 'plugin' });
  });

  it('may be empty, and may have contexts without a user', async () => {
    assert.equal((await loadKubeconfig([file('empty')])).contexts.size, 0);
    const { contexts } = await loadKubeconfig([file('sub/a')]);
    assert.equal(contexts.get('anonymous')?.user, undefined);
  });

  it('that are broken are named, and so are those that are all missing', async () => {
    assert.ok((await faultOf([file('broken'), file('b')])).message.includes(file('broken')));
    assert.ok((await faultOf([file('list')])).message.includes(file('list')));
    assert.ok((await faultOf([file('sub')])).message.includes('cannot be read'));
    const { message, subject } = await faultOf([file('m1'), file('m2')]);
    assert.ok(message.includes(file('m1')) && message.includes(file('m2')), message);
    assert.equal(subject, file('m1'));
  });
});
