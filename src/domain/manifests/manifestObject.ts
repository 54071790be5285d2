import { parseAllDocuments } from 'yaml';
import { Failure } from '../failure.ts';
import { fieldsOf, isFields, textOr, type Fields } from '../readers/json.ts';
import type { NamespaceRef } from '../ref.ts';
import { shellWord } from '../shellWord.ts';
import { isManifest, type ManifestFile } from './scaffold.ts';

/** An object as a manifest gives it, and where it belongs. */
export interface ManifestObject extends NamespaceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly fields: Fields;
}

/** Kinds that others need, which come first; those that set something going come last. */
const FIRST = ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding'];
const LAST = ['EventBus', 'EventSource', 'WorkflowTemplate', 'Sensor', 'CronWorkflow', 'CronJob'];

/** The file that says to kustomize what there is: no object of a cluster. */
const KUSTOMIZATION = 'kustomize.config.k8s.io/';

/**
 * The objects of files, in the order in which they are applied. Throws where a file holds none, and where a
 * kustomization makes something else of them; `folder` is where they are, for the command that does that.
 */
export function manifestObjects(
  files: readonly ManifestFile[],
  where: NamespaceRef,
  folder = 'FOLDER',
): readonly ManifestObject[] {
  const all = files.flatMap(({ name, text }) => objectsOf(name, text, where));
  const kustomizations = all.filter(isKustomization);
  const others = files.map(({ name }) => name).filter((name) => name !== 'kustomization.yaml');
  for (const { fields } of kustomizations) {
    const more = moreIn(fields, others);
    if (more !== '') throw ownKustomization(more, where, folder);
  }
  return all
    .filter((object) => !isKustomization(object))
    .sort((one, other) => rank(one) - rank(other));
}

/**
 * The objects of files that are no part of a scaffold any more and that no file of it makes: what may be left in the
 * cluster. Of a file that cannot be read none is known.
 */
export function objectsLeft(
  left: readonly ManifestFile[],
  files: readonly ManifestFile[],
  where: NamespaceRef,
): readonly ManifestObject[] {
  const made = manifestObjects(files.filter(isManifest), where).map(printObject);
  return left.filter(isManifest).flatMap((file) => {
    try {
      const objects = objectsOf(file.name, file.text, where);
      return objects.filter(
        (object) => !isKustomization(object) && !made.includes(printObject(object)),
      );
    } catch (error) {
      if (error instanceof Failure) return [];
      throw error;
    }
  });
}

/** What a kustomization says beside which files there are, as a part of a sentence; empty where nothing. */
function moreIn(fields: Fields, files: readonly string[]): string {
  const more = Object.keys(fields).filter((name) => !PLAIN.includes(name));
  const resources = Array.isArray(fields['resources']) ? fields['resources'].map(textOr) : [];
  const named = resources.map((each) => each.replace(/^\.\//, ''));
  const missing = files.filter((name) => !named.includes(name));
  const foreign = named.filter((name) => !files.includes(name));
  return [
    ...(more.length === 0 ? [] : [`has ${more.join(', ')}`]),
    ...(foreign.length === 0 ? [] : [`names ${foreign.join(', ')}`]),
    ...(missing.length === 0 ? [] : [`does not name ${missing.join(', ')}`]),
  ].join(' and ');
}

/** What a kustomization holds that does nothing to the objects of its files. */
const PLAIN = ['apiVersion', 'kind', 'resources'];

function isKustomization({ apiVersion }: Pick<ManifestObject, 'apiVersion'>): boolean {
  return apiVersion.startsWith(KUSTOMIZATION);
}

function rank({ kind }: ManifestObject): number {
  const first = FIRST.indexOf(kind);
  return first < 0 ? LAST.indexOf(kind) + FIRST.length + 1 : first;
}

function objectsOf(file: string, text: string, where: NamespaceRef): readonly ManifestObject[] {
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'error' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw unreadable(file, `cannot be read as YAML: ${error.message}`);
    const fields: unknown = document.toJS();
    return fields === null ? [] : [objectOf(file, fields, where)];
  });
}

function objectOf(file: string, fields: unknown, { context, namespace }: NamespaceRef) {
  if (!isFields(fields)) throw unreadable(file, 'holds something that is no object');
  const metadata = fieldsOf(fields['metadata']);
  const [apiVersion, kind] = [textOr(fields['apiVersion']), textOr(fields['kind'])];
  const name = textOr(metadata['name']);
  const isNameless = name === '' && !isKustomization({ apiVersion });
  if (apiVersion === '' || kind === '' || isNameless) {
    throw unreadable(file, 'holds an object without apiVersion, kind or name');
  }
  const own = textOr(metadata['namespace']) || namespace;
  return { context, namespace: own, apiVersion, kind, name, fields };
}

function unreadable(file: string, problem: string): Failure {
  return new Failure(`The file ${file} ${problem}. Nothing was applied.`, {
    reason: 'Invalid',
    nextStep: 'retry',
  });
}

function ownKustomization(more: string, { context }: NamespaceRef, folder: string): Failure {
  const command = `kubectl apply -k ${shellWord(folder)} --server-side --context ${shellWord(context)}`;
  return new Failure(
    `kustomization.yaml ${more}, which only kubectl knows how to apply. Nothing was applied. Run: ${command}`,
    { reason: 'Invalid', nextStep: 'retry' },
  );
}

/** The object as people write it: `CronJob argo/refresh-workflow-cache`. */
export function printObject({ kind, namespace, name }: Omit<ManifestObject, 'fields'>): string {
  return `${kind} ${namespace}/${name}`;
}

/** One state of one object in a cluster. */
export interface ObjectVersion {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** The state of an object as the server gives it. */
export function versionOf(fields: Fields): ObjectVersion {
  const metadata = fieldsOf(fields['metadata']);
  return { uid: textOr(metadata['uid']), resourceVersion: textOr(metadata['resourceVersion']) };
}

/**
 * What is sent to apply an object to that state alone. With a uid, an object that is gone is not created again: a
 * version alone does not keep that from happening. Nothing guards one that is not there yet.
 */
export function guarded({ fields }: ManifestObject, at: ObjectVersion | undefined): Fields {
  if (at === undefined || !isFields(fields['metadata'])) return fields;
  return { ...fields, metadata: { ...fields['metadata'], ...at } };
}
