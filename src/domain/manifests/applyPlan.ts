import { FIELD_MANAGER, deployersOf, ownerSentence, type Owner } from '../owners.ts';
import { isFields, objectsIn, textOr, type Fields } from '../readers/json.ts';
import type { NamespaceRef } from '../ref.ts';
import { REFRESHED_CACHE, REFRESHED_KEY } from './jobNames.ts';
import { printObject, type ManifestObject } from './manifestObject.ts';

/** A field that somebody else has applied with another value. */
export interface FieldConflict {
  readonly manager: string;
  readonly field: string;
}

/** What applying one object would do, as the server says. */
export interface ApplyLine {
  readonly object: ManifestObject;
  /** The object as it is; nothing where it is yet to be created. */
  readonly before: Fields | undefined;
  /** As it would be, conflicts taken over; nothing where it needs what is applied before it. */
  readonly after: Fields | undefined;
  readonly conflicts: readonly FieldConflict[];
}

/** What applying objects would do. */
export interface ApplyPlan {
  readonly where: NamespaceRef;
  readonly lines: readonly ApplyLine[];
}

/** What applying an object does to it. */
export type ApplyDeed = 'created' | 'changed' | 'unchanged';

/** What applying an object would do to it. */
export function deedOf({ before, after }: ApplyLine): ApplyDeed {
  if (before === undefined) return 'created';
  return after !== undefined && sameObject(before, after) ? 'unchanged' : 'changed';
}

/** True where two states of an object differ in nothing but what the server keeps for itself. */
export function sameObject(one: Fields, other: Fields): boolean {
  return JSON.stringify(ownFields(one)) === JSON.stringify(ownFields(other));
}

/** An object without what the server keeps for itself. */
export function ownFields(object: Fields): Fields {
  const kept = Object.entries(object).filter(([name]) => name !== 'status');
  return Object.fromEntries(
    kept.map(([name, value]) =>
      name === 'metadata' && isFields(value) ? [name, ownMetadata(value)] : [name, value],
    ),
  );
}

const SERVERS_OWN = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
]);

function ownMetadata(metadata: Fields): Fields {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !SERVERS_OWN.has(name)));
}

/** Who else deploys an object that is there, and would take back what is applied. */
export function ownersOfLine(line: ApplyLine): readonly Owner[] {
  const metadata = metadataBefore(line);
  return deployersOf({
    labels: texts(metadata['labels']),
    annotations: texts(metadata['annotations']),
    writers: managersBefore(line).map((manager) => ({ manager })),
  });
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Says what `kubectl apply --server-side` does to an object and we do not: whatever a person once applied from a client
 * it gives to the manager that it applies as. Source: `migrateToSSAIfNecessary` of kubectl.
 */
export function handedOver(line: ApplyLine): readonly string[] {
  if (texts(metadataBefore(line)['annotations'])[LAST_APPLIED] === undefined) return [];
  return [
    `${printObject(line.object)} was once applied by kubectl from a client: kubectl gives all of that to ${FIELD_MANAGER}, and the apply after this one removes what is not scaffolded.`,
  ];
}

function metadataBefore({ before }: ApplyLine): Fields {
  return isFields(before?.['metadata']) ? before['metadata'] : {};
}

function managersBefore(line: ApplyLine): readonly string[] {
  const entries = objectsIn(metadataBefore(line)['managedFields']);
  return entries.map((entry) => textOr(entry['manager']));
}

/** Says of which cache's and key's refresh an object is, where it would become that of another; else nothing. */
export function takenFrom({ object, before, after }: ApplyLine): readonly string[] {
  const [old, fresh] = [labelsOf(before), labelsOf(after ?? object.fields)];
  const [cache, key] = [old[REFRESHED_CACHE], old[REFRESHED_KEY]];
  if (cache === undefined && key === undefined) return [];
  if (cache === fresh[REFRESHED_CACHE] && key === fresh[REFRESHED_KEY]) return [];
  const whose = [cache ?? 'a cache', key ?? []].flat().join(': ');
  return [`It belongs to the refresh of ${whose}, which it would serve no more.`];
}

function labelsOf(object: Fields | undefined): Readonly<Partial<Record<string, string>>> {
  return isFields(object?.['metadata']) ? texts(object['metadata']['labels']) : {};
}

function texts(value: unknown): Readonly<Record<string, string>> {
  const entries = isFields(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([name, each]) => [name, textOr(each)]));
}

const WORDS: Readonly<Record<ApplyDeed, string>> = {
  created: 'will be created',
  changed: 'will be changed',
  unchanged: 'stays as it is',
};

/** What a plan does, in words: a line for each object, with whose fields and whose object it is. */
export function planText({ where, lines }: ApplyPlan): string {
  const { context, namespace } = where;
  const objects = lines.flatMap((line) => [
    `- ${printObject(line.object)} ${WORDS[deedOf(line)]}${line.after === undefined ? ', once what it needs is there' : ''}.`,
    ...line.conflicts.map(({ manager, field }) => `  ${manager} has set ${field}.`),
    ...takenFrom(line).map((sentence) => `  ${sentence}`),
    ...ownersOfLine(line).map((owner) => `  ${ownerSentence(owner)}`),
  ]);
  return [
    `Apply to the cluster of context ${context}, namespace ${namespace}.`,
    '',
    ...objects,
    '',
    `By server-side apply as ${FIELD_MANAGER}, in this order. It stops at the first that fails.`,
    '',
  ].join('\n');
}

/** How many objects are new, change and stay, as a part of a sentence. */
export function planCounts({ lines }: ApplyPlan): string {
  const deeds = lines.map(deedOf);
  const count = (deed: ApplyDeed) => deeds.filter((each) => each === deed).length;
  const parts = [
    [count('created'), 'to create'],
    [count('changed'), 'to change'],
    [count('unchanged'), 'as it is'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}
