import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { Failure } from '../../domain/failure.ts';

/** A cluster or user of a kubeconfig, as the file has it but for paths, which are absolute. */
export type KubeconfigFields = Readonly<Record<string, unknown>>;

/** What one context of a kubeconfig stands for. */
export interface KubeconfigContext {
  readonly name: string;
  readonly cluster: string | undefined;
  readonly user: string | undefined;
  readonly namespace: string | undefined;
}

/** Several kubeconfig files as one, merged as client-go does. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
  readonly clusters: ReadonlyMap<string, KubeconfigFields>;
  readonly users: ReadonlyMap<string, KubeconfigFields>;
}

/** Fields that name a file, by the section they stand in. */
const PATHS = {
  clusters: ['certificate-authority'],
  users: ['client-certificate', 'client-key', 'tokenFile'],
} as const;

/**
 * The files that kubectl would read: those of a list as in `KUBECONFIG`, without duplicates, else
 * `.kube/config` in the home folder. Source: client-go `NewDefaultClientConfigLoadingRules`.
 */
export function kubeconfigFiles(list: string | undefined): readonly string[] {
  const named = (list ?? '').split(path.delimiter).filter((file) => file !== '');
  return named.length > 0
    ? [...new Set(named)].map((file) => path.resolve(file))
    : [path.join(homedir(), '.kube', 'config')];
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
  };
}

function kubeconfigFailure(message: string, subject: string | undefined, detail?: string): Failure {
  return new Failure(message, {
    reason: 'Kubeconfig',
    nextStep: 'openKubeconfig',
    subject,
    detail,
  });
}

type Part = Omit<Kubeconfig, 'files'>;

async function readOne(file: string): Promise<Part | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw kubeconfigFailure(`The kubeconfig ${file} cannot be read.`, file, String(error));
  }
  let root: unknown;
  try {
    root = parse(text);
  } catch (error) {
    throw kubeconfigFailure(`The kubeconfig ${file} is not valid YAML.`, file, String(error));
  }
  if (root === null || root === undefined) root = {};
  if (!isFields(root)) throw kubeconfigFailure(`The kubeconfig ${file} is not a kubeconfig.`, file);
  return partOf(root, path.dirname(file));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function partOf(root: KubeconfigFields, folder: string): Part {
  return {
    currentContext: textOf(root['current-context']),
    contexts: named(root['contexts'], 'context', (name, fields) => ({
      name,
      cluster: textOf(fields['cluster']),
      user: textOf(fields['user']),
      namespace: textOf(fields['namespace']),
    })),
    clusters: named(root['clusters'], 'cluster', (_, fields) =>
      withAbsolutePaths(fields, PATHS.clusters, folder),
    ),
    users: named(root['users'], 'user', (_, fields) =>
      withAbsoluteCommand(withAbsolutePaths(fields, PATHS.users, folder), folder),
    ),
  };
}

/** A section of a kubeconfig, `[{name, <field>: {...}}]`, as a map from name to what `make` gives. */
function named<T>(
  section: unknown,
  field: string,
  make: (name: string, fields: KubeconfigFields) => T,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const entry of Array.isArray(section) ? (section as unknown[]) : []) {
    if (!isFields(entry)) continue;
    const name = textOf(entry['name']);
    const fields = entry[field];
    if (name !== undefined && !found.has(name))
      found.set(name, make(name, isFields(fields) ? fields : {}));
  }
  return found;
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  return new Map(maps.toReversed().flatMap((map) => [...map]));
}

function withAbsolutePaths(
  fields: KubeconfigFields,
  names: readonly string[],
  folder: string,
): KubeconfigFields {
  const absolute = names.flatMap((name) => {
    const value = textOf(fields[name]);
    return value === undefined ? [] : [[name, path.resolve(folder, value)] as const];
  });
  return { ...fields, ...Object.fromEntries(absolute) };
}

/** A plugin's command is relative to its kubeconfig only where it contains a slash. */
function withAbsoluteCommand(fields: KubeconfigFields, folder: string): KubeconfigFields {
  const exec = fields['exec'];
  if (!isFields(exec)) return fields;
  const command = textOf(exec['command']);
  if (command === undefined || !/[\\/]/.test(command)) return fields;
  return { ...fields, exec: { ...exec, command: path.resolve(folder, command) } };
}

function isFields(value: unknown): value is KubeconfigFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty; YAML numbers count as the text they were written as. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
