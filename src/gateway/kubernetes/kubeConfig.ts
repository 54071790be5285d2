import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { Failure } from '../../domain/failure.ts';
import {
  NotAKubeconfig,
  readKubeconfigText,
  type ClusterFields,
  type ContextFields,
  type KubeconfigFields,
  type UserFields,
} from './kubeconfigFields.ts';

/** Several kubeconfig files as one, merged as client-go does. Paths in it are absolute. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, ContextFields>;
  readonly clusters: ReadonlyMap<string, ClusterFields>;
  readonly users: ReadonlyMap<string, UserFields>;
  /** The file that each user comes from. */
  readonly homes: ReadonlyMap<string, string>;
}

/**
 * The files that kubectl would read: those of a list as in `KUBECONFIG`, without duplicates, else
 * `.kube/config` in the home folder. `system` says how paths are written. Source: client-go `NewDefaultClientConfigLoadingRules`.
 */
export function kubeconfigFiles(
  list: string | undefined,
  system: path.PlatformPath = path,
): readonly string[] {
  if (list === undefined || list === '') return [path.join(homedir(), '.kube', 'config')];
  const named = list.split(system.delimiter).filter((file) => file !== '');
  return [...new Set(named)].map((file) => system.resolve(file));
}

/**
 * Loads and merges kubeconfig files: missing files are passed over, and of two clusters, users or
 * contexts of one name the first wins whole. Throws a `Failure` that names the file which cannot be
 * read, or all of them when none is there. Source: client-go `ClientConfigLoadingRules.Load`.
 */
export async function loadKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const parts = await Promise.all(files.map(readOne));
  const present = parts.filter((part) => part !== undefined);
  if (present.length === 0) {
    throw new Failure(`No kubeconfig was found at ${files.join(' or ')}.`, {
      reason: 'NotFound',
      nextStep: 'openKubeconfig',
      subject: files[0],
    });
  }
  return {
    files,
    currentContext: present.find((part) => part.currentContext)?.currentContext,
    contexts: firstWins(present.map((part) => part.contexts)),
    clusters: firstWins(present.map((part) => part.clusters)),
    users: firstWins(present.map((part) => part.users)),
    homes: firstWins(present.map((part) => part.homes)),
  };
}

type Part = Omit<Kubeconfig, 'files'>;

async function readOne(file: string): Promise<Part | undefined> {
  try {
    return partOf(readKubeconfigText(await readFile(file, 'utf8')), file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const known = error instanceof NotAKubeconfig;
    throw new Failure(`The kubeconfig ${file} ${known ? error.message : 'cannot be read'}.`, {
      reason: 'Kubeconfig',
      nextStep: 'openKubeconfig',
      subject: file,
      detail: known ? undefined : String(error),
    });
  }
}

function partOf(fields: KubeconfigFields, file: string): Part {
  const folder = path.dirname(file);
  const { contexts = [], clusters = [], users = [] } = fields;
  return {
    currentContext: fields['current-context'],
    contexts: byName('context', contexts, ({ context = {} }) => context),
    clusters: byName('cluster', clusters, ({ cluster = {} }) => resolveCluster(cluster, folder)),
    users: byName('user', users, ({ user = {} }) => resolveUser(user, folder)),
    homes: new Map(users.map(({ name = '' }) => [name, file])),
  };
}

function byName<E extends { readonly name?: string }, T>(
  section: string,
  entries: readonly E[],
  make: (entry: E) => T,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const entry of entries) {
    const { name = '' } = entry;
    if (found.has(name)) throw new NotAKubeconfig(`names the ${section} ${name} twice`);
    found.set(name, make(entry));
  }
  return found;
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  const all = new Map<string, T>();
  for (const [name, value] of maps.flatMap((map) => [...map])) {
    if (!all.has(name)) all.set(name, value);
  }
  return all;
}

function resolveCluster(cluster: ClusterFields, folder: string): ClusterFields {
  return { ...cluster, ...absolute(cluster, ['certificate-authority'], folder) };
}

function resolveUser(user: UserFields, folder: string): UserFields {
  const { exec } = user;
  const inPath = exec?.command === undefined || !exec.command.includes(path.sep);
  return {
    ...user,
    ...absolute(user, ['client-certificate', 'client-key', 'tokenFile'], folder),
    // A plugin's command is looked for in PATH unless it has a slash.
    ...(exec === undefined || inPath
      ? {}
      : { exec: { ...exec, ...absolute(exec, ['command'], folder) } }),
  };
}

/** The named fields that hold a path, each against the folder of its kubeconfig. */
function absolute<T extends object>(
  fields: T,
  names: readonly (keyof T)[],
  folder: string,
): Partial<T> {
  const found = names.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' ? [[name, path.resolve(folder, value)] as const] : [];
  });
  return Object.fromEntries(found) as Partial<T>;
}
