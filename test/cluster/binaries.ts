import { createHash } from 'node:crypto';
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { announced, cacheFolder, exists, madeOnce } from '../cacheFolder.ts';
import { run } from '../run.ts';

const VERSION = '1.37.2';
const MODULES = path.join(import.meta.dirname, 'go');

/** The programs of a control plane, each with the module it is built in and its package. */
const PROGRAMS = {
  'kube-apiserver': ['kubernetes', 'k8s.io/kubernetes/cmd/kube-apiserver'],
  'kube-controller-manager': ['kubernetes', 'k8s.io/kubernetes/cmd/kube-controller-manager'],
  'kube-scheduler': ['kubernetes', 'k8s.io/kubernetes/cmd/kube-scheduler'],
  kubectl: ['kubernetes', 'k8s.io/kubernetes/cmd/kubectl'],
  etcd: ['etcd-kwok', 'go.etcd.io/etcd/server/v3'],
  kwok: ['etcd-kwok', 'sigs.k8s.io/kwok/cmd/kwok'],
} as const;

/** The name of one of the programs. */
export type Program = keyof typeof PROGRAMS;

/** What plays the kubelets needs to be told how pods and nodes behave: files of its module. */
const STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat/node-heartbeat.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
] as const;

/** A folder with the programs, and with the stage files of kwok in `stages`. */
export class Binaries {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Where this program is, if it is there at all. */
  path(program: Program): string {
    return path.join(this.directory, program);
  }

  get stages(): readonly string[] {
    return STAGES.map((stage) => path.join(this.directory, 'stages', path.basename(stage)));
  }

  /** Throws one sentence when a file is missing: a person's own folder need not have all. */
  async require(programs: readonly Program[]): Promise<void> {
    const stages = programs.includes('kwok') ? this.stages : [];
    for (const file of [...programs.map((program) => this.path(program)), ...stages]) {
      if (await exists(file)) continue;
      const name = path.relative(this.directory, file);
      throw new Error(
        `This control plane needs ${name}, which is not in ${this.directory}, the folder of the programs: put it there, or unset KUBEBUILDER_ASSETS so that all are built.`,
      );
    }
  }
}

/**
 * The programs of a Kubernetes control plane: those in the folder that `KUBEBUILDER_ASSETS` names, else
 * built once from Go modules and kept in the cache folder. Throws one sentence that names the ways out
 * when there is neither.
 */
export async function ensureBinaries(): Promise<Binaries> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && assets !== '') {
    return new Binaries(path.resolve(assets));
  }
  return new Binaries(await madeOnce(cacheFolder('cluster', await keyOfBuild()), buildAll));
}

/** Another version, another platform or another pin is another folder. */
async function keyOfBuild(): Promise<string> {
  const hash = createHash('sha256');
  for (const module of ['kubernetes', 'etcd-kwok']) {
    for (const file of ['go.mod', 'go.sum']) {
      hash.update(await readFile(path.join(MODULES, module, file)));
    }
  }
  return `${VERSION}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
}

async function buildAll(folder: string): Promise<void> {
  await run('go', ['version']).catch(() => {
    throw new Error(
      'A Kubernetes control plane is needed: install Go so that it can be built, or set KUBEBUILDER_ASSETS to a folder that has one, or use your own cluster with npm start -- --kubeconfig FILE.',
    );
  });
  process.stderr.write('Building Kubernetes from Go modules, once: about 8 minutes on 2 cores.\n');
  for (const program of Object.keys(PROGRAMS) as Program[]) {
    await announced(`Building ${program}`, () => build(program, path.join(folder, program)));
  }
  await copyStages(path.join(folder, 'stages'));
}

async function build(program: Program, output: string): Promise<void> {
  const [module, source] = PROGRAMS[program];
  const [major, minor] = VERSION.split('.');
  const base = 'k8s.io/component-base/version';
  const version = `-X ${base}.gitVersion=v${VERSION} -X ${base}.gitMajor=${major ?? ''} -X ${base}.gitMinor=${minor ?? ''}`;
  await run('go', ['build', '-trimpath', `-ldflags=-s -w ${version}`, '-o', output, source], {
    cwd: path.join(MODULES, module),
    env: { ...process.env, CGO_ENABLED: '0' },
  });
}

async function copyStages(folder: string): Promise<void> {
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], {
    cwd: path.join(MODULES, 'etcd-kwok'),
  });
  await mkdir(folder);
  for (const stage of STAGES) {
    const from = path.join(stdout.trim(), 'kustomize', 'stage', stage);
    await cp(from, path.join(folder, path.basename(stage)));
  }
}
