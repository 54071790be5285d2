import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProgramFailed, run } from '../run.ts';
import { Binaries } from './binaries.ts';

/** Stands in for Go: notes what it is asked, and writes a file in place of building a program. */
const GO = `#!/bin/sh
if [ "$1" = build ]; then
  while [ "$1" != -o ]; do shift; done
  echo "\${2##*/} $3" >> "$CALLS"
  if [ "\${2##*/}" = "$BROKEN" ]; then echo no such package >&2; exit 1; fi
  while [ "\${2##*/}" = "$ENDLESS" ] && kill -0 $PPID; do sleep 0.05; done
  echo "$CGO_ENABLED" > "$2"
elif [ "$1" = list ]; then
  echo "$KWOK"
fi
`;

const PROGRAM = `
import { ensureBinaries } from ${JSON.stringify(path.join(import.meta.dirname, 'binaries.ts'))};
console.log((await ensureBinaries()).directory);
`;

const STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat/node-heartbeat.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
  'pod/fast/pod-ready.yaml',
];

describe('the programs of a control plane', () => {
  let folder: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'programs-'));
    const inside = (...parts: string[]) => path.join(folder, ...parts);
    env = {
      PATH: `${inside('bin')}:/usr/bin:/bin`,
      XDG_CACHE_HOME: inside('cache'),
      CALLS: inside('calls'),
      KWOK: inside('kwok'),
    };
    await mkdir(inside('bin'));
    await writeFile(inside('bin', 'go'), GO);
    await chmod(inside('bin', 'go'), 0o755);
    for (const stage of STAGES) {
      const file = inside('kwok/kustomize/stage', stage);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, stage);
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  const ask = (more: Record<string, string> = {}) =>
    run(process.execPath, ['--input-type=module', '--eval', PROGRAM], { env: { ...env, ...more } });
  const calls = async () => (await readFile(path.join(folder, 'calls'), 'utf8')).trim().split('\n');

  it('are built once, one after the other, and kept with what kwok needs', async () => {
    const { stdout, stderr } = await ask();
    const directory = stdout.trim();
    assert.equal(path.dirname(directory), path.join(folder, 'cache/cache-configmaps/cluster'));
    const built = await calls();
    const names = built.map((call) => call.split(' ')[0] ?? '');
    assert.deepEqual((await readdir(directory)).sort(), [...names, 'stages'].sort());
    assert.deepEqual(names.toSorted(), [
      ...['etcd', 'kube-apiserver', 'kube-controller-manager'],
      ...['kube-scheduler', 'kubectl', 'kwok'],
    ]);
    assert.equal(await readFile(path.join(directory, 'etcd'), 'utf8'), '0\n', 'without C');
    const { stages } = new Binaries(directory);
    const kept = await Promise.all(stages.map((stage) => readFile(stage, 'utf8')));
    assert.deepEqual(kept.toSorted(), STAGES);
    for (const name of names) {
      assert.match(stderr, new RegExp(`^Building ${name} \\.\\.\\.\nBuilding ${name}: done`, 'm'));
    }
    assert.deepEqual(await ask(), { stdout, stderr: '' });
    assert.deepEqual(await calls(), built, 'nothing is built again');
  });

  it('are built by one of two runs at once, and the other waits for them', async () => {
    const [one, other] = await Promise.all([ask(), ask()]);
    assert.equal(one.stdout, other.stdout);
    assert.equal((await calls()).length, 6);
    assert.equal([one, other].filter(({ stderr }) => stderr === '').length, 1);
  });

  it('are not taken from a build that failed, which says why', async () => {
    await assert.rejects(ask({ BROKEN: 'kubectl' }), /no such package/);
    const folders = await readdir(path.join(folder, 'cache/cache-configmaps/cluster'));
    assert.deepEqual(
      folders.filter((name) => !name.endsWith('.unfinished')),
      [],
    );
    const { stdout } = await ask();
    await new Binaries(stdout.trim()).require(['kubectl', 'kwok']);
  });

  it('are built anew after a run that was killed while it built', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      env: { ...env, ENDLESS: 'kubectl' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (said.includes('Building kubectl')) break;
    }
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    const { stdout } = await ask();
    await new Binaries(stdout.trim()).require(['kubectl', 'kwok']);
  });

  it('cannot be had without Go, which is said in one sentence with the three ways out', async () => {
    await rm(path.join(folder, 'bin/go'));
    await assert.rejects(ask({ PATH: path.join(folder, 'bin') }), (error) => {
      assert.ok(error instanceof ProgramFailed);
      const sentence = /Error: (.*)/.exec(error.stderr)?.[1] ?? '';
      for (const way of ['install Go', 'KUBEBUILDER_ASSETS', 'npm start -- --kubeconfig FILE']) {
        assert.ok(sentence.includes(way), sentence);
      }
      assert.equal(sentence.split('. ').length, 1, sentence);
      return true;
    });
  });

  it('are those of KUBEBUILDER_ASSETS where it is set, and nothing is built', async () => {
    const assets = path.join(folder, 'assets');
    assert.equal((await ask({ KUBEBUILDER_ASSETS: assets })).stdout, `${assets}\n`);
    await assert.rejects(calls(), /ENOENT/);
  });
});
