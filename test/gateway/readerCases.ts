import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { Effect } from '../../src/domain/readers/effect.ts';
import type { ReloaderMark, Tool } from '../../src/domain/readers/tools.ts';
import type { Way } from '../../src/domain/readers/use.ts';
import type { WorkloadKind } from '../../src/domain/readers/workload.ts';

/** An object as it is given to kubectl. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: WorkloadKind;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly status?: object;
}

/** One place of a reader, and what a change does there. */
export interface ExpectedUse {
  readonly in: string;
  readonly way: Way;
  readonly effect: Effect;
}

/** An object and what is expected of it as a reader of `workflow-cache`; it is none where the effect is `none`. */
export interface ReaderCase {
  readonly name: string;
  readonly object: Manifest;
  readonly with?: readonly Manifest[];
  readonly immutable?: boolean;
  /** What the ConfigMap tells Reloader. */
  readonly mark?: ReloaderMark;
  readonly effect: Effect | 'none';
  readonly effects?: Readonly<Record<string, Effect | 'none'>>;
  readonly uses?: readonly ExpectedUse[];
  readonly restartedBy?: Tool | 'nobody';
}

const FOLDER = path.join(import.meta.dirname, 'readerCases');

/** The names of the tables. They were written from the rules, and never from what the code says. */
export async function tables(): Promise<readonly string[]> {
  return (await readdir(FOLDER)).map((file) => path.basename(file, '.yaml')).sort();
}

/** The cases of a table; `CASE_NAMESPACE` in them stands for the namespace that they are put into. */
export async function casesOf(table: string, namespace: string): Promise<readonly ReaderCase[]> {
  const text = await readFile(path.join(FOLDER, `${table}.yaml`), 'utf8');
  return parse(text.replaceAll('CASE_NAMESPACE', namespace)) as readonly ReaderCase[];
}
