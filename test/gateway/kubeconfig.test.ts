import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { loadKubeconfig, type Kubeconfig } from '../../src/gateway/kubernetes/kubeConfig.ts';
import { ensureBinaries } from '../cluster/binaries.ts';
import { failureOf } from '../failureOf.ts';
import { ProgramFailed, run } from '../run.ts';
import { BROKEN, generatedSets, HAND_MADE, type FileSet } from './kubeconfigSets.ts';

/** A kubeconfig with one context, as kubectl prints it. */
interface Minified {
  readonly clusters: readonly { name: string; cluster: object }[] | null;
  readonly users: readonly { name: string; user: User }[] | null;
  readonly contexts: readonly { name: string; context: object }[];
}

interface User {
  readonly tokenFile?: string;
  readonly exec?: { readonly command: string };
}

/** Without what says nothing: kubectl leaves some empty fields out and prints others. */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => meaning(each) ?? {});
  if (typeof value !== 'object') return value === '' || value === false ? undefined : value;
  const members = Object.entries(value ?? {}).flatMap(([name, inner]) => {
    const said = meaning(inner);
    return said === undefined || (Array.isArray(said) && said.length === 0) ? [] : [[name, said]];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** The certificates and keys as data, which is what kubectl means by flat. */
async function flat(fields: object, names: readonly string[]): Promise<Record<string, unknown>> {
  const all = new Map<string, unknown>(Object.entries(fields));
  for (const name of names) {
    const file = all.get(name);
    if (!all.delete(name) || typeof file !== 'string' || all.has(`${name}-data`)) continue;
    all.set(`${name}-data`, (await readFile(file)).toString('base64'));
  }
  return Object.fromEntries(all);
}

/** What kubectl prints of a user, with the paths that it resolves only when it uses them. */
async function resolved(user: User | undefined, name: string, files: readonly string[]) {
  if (user === undefined) return undefined;
  const { tokenFile = '', exec } = user;
  const origin = path.dirname((await fileOfUser(name, files)) ?? '');
  const isPath = exec?.command.includes('/') === true;
  return {
    ...user,
    ...(tokenFile === '' ? {} : { tokenFile: path.resolve(origin, tokenFile) }),
    ...(isPath ? { exec: { ...exec, command: path.resolve(origin, exec.command) } } : {}),
  };
}

/** The first of the files that has the user. */
async function fileOfUser(name: string, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const read = parse(text === '' ? '{}' : text, { version: '1.1', logLevel: 'silent' }) as {
      users?: { name: string }[] | null;
    };
    if (read.users?.some((user) => user.name === name) === true) return file;
  }
  return undefined;
}

/** What ours makes of a context, in kubectl's form. */
async function ours(config: Kubeconfig, name: string): Promise<unknown> {
  const context = config.contexts.get(name) ?? {};
  const cluster = config.clusters.get(context.cluster ?? '');
  const user = config.users.get(context.user ?? '');
  return meaning({
    cluster: cluster && (await flat(cluster, ['certificate-authority'])),
    user: user && (await flat(user, ['client-certificate', 'client-key'])),
    context,
  });
}

describe('a kubeconfig', () => {
  let folder: string;
  let kubectl: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kubeconfigs-'));
    kubectl = (await ensureBinaries()).path('kubectl');
    for (const sub of ['', 'sub', 'sub/deep']) {
      await mkdir(path.join(folder, sub), { recursive: true });
      for (const name of ['ca.crt', 'user.crt', 'user.key']) {
        await writeFile(path.join(folder, sub, name), `${name} in "${sub}"\n`);
      }
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const write = async (set: FileSet): Promise<string[]> => {
    for (const [name, text] of Object.entries(set.files)) {
      await writeFile(path.join(folder, name), text.replaceAll('FOLDER', folder));
    }
    return set.list.map((name) => path.join(folder, name));
  };
  const theirs = async (files: readonly string[], name: string): Promise<unknown> => {
    const args = ['config', 'view', '--raw', '--flatten', '--minify', '--context', name];
    const env = { KUBECONFIG: files.join(path.delimiter), HOME: folder };
    const { stdout } = await run(kubectl, [...args, '-o', 'json'], { env });
    const { clusters, users, contexts } = JSON.parse(stdout) as Minified;
    const [user] = users ?? [];
    return meaning({
      cluster: clusters?.[0]?.cluster,
      user: await resolved(user?.user, user?.name ?? '', files),
      context: contexts[0]?.context,
    });
  };
  /** Both, or the fact that kubectl refuses. */
  const compare = async (files: readonly string[], name: string): Promise<boolean> => {
    const expected = await theirs(files, name).catch((error: unknown) => {
      if (error instanceof ProgramFailed) return error;
      throw error;
    });
    // A context may name a cluster or user that is not there: ours says so when it is used.
    if (expected instanceof ProgramFailed) {
      assert.match(expected.stderr, /cannot locate (cluster|user)/);
      return false;
    }
    assert.deepEqual(await ours(await loadKubeconfig(files), name), expected, name);
    return true;
  };

  for (const set of HAND_MADE) {
    it(`is read as kubectl reads it: ${set.title}`, async () => {
      const files = await write(set);
      const { contexts } = await loadKubeconfig(files);
      assert.ok(contexts.size > 0);
      for (const name of contexts.keys()) await compare(files, name);
    });
  }

  it('is read as kubectl reads it: 40 sets that chance made', async () => {
    let compared = 0;
    for (const set of generatedSets(40)) {
      const files = await write(set);
      const { contexts, currentContext } = await loadKubeconfig(files);
      const { stdout } = await run(kubectl, ['config', 'view', '-o', 'json'], {
        env: { KUBECONFIG: files.join(path.delimiter), HOME: folder },
      });
      const whole = JSON.parse(stdout) as Minified & { 'current-context': string };
      assert.deepEqual([...contexts.keys()].sort(), whole.contexts.map(({ name }) => name).sort());
      assert.equal(currentContext ?? '', whole['current-context']);
      const results = await Promise.all([...contexts.keys()].map((name) => compare(files, name)));
      compared += results.filter(Boolean).length;
    }
    assert.ok(compared > 80, `${compared} contexts were compared`);
  });

  for (const set of BROKEN) {
    it(`is refused as kubectl refuses it, and named: ${set.title}`, async () => {
      const files = await write(set);
      const env = { KUBECONFIG: files.join(path.delimiter), HOME: folder };
      await assert.rejects(run(kubectl, ['config', 'view'], { env }), ProgramFailed);
      const failure = await failureOf(loadKubeconfig(files));
      assert.equal(failure.reason, 'Kubeconfig');
      assert.equal(failure.subject, path.join(folder, set.broken));
      assert.ok(failure.message.includes(failure.subject), failure.message);
    });
  }
});
