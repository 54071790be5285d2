import type { Format } from '../../content/content.ts';
import type { CacheRef } from '../../ref.ts';
import { BRACE, withoutTags } from '../events/workflowTemplate.ts';
import { readerName } from '../jobNames.ts';
import { REFRESH_IMAGE } from '../refreshJob.ts';
import { CONTAINER_SECURITY, literal, POD_SECURITY } from '../refreshPod.ts';
import type { ManifestFile } from '../scaffold.ts';
import { yamlText, type Comment } from '../yamlText.ts';
import { lookUpCommand, type LookUp } from './lookUp.ts';

/** The kinds of workloads that are made as new files. */
export const READER_KINDS = ['Deployment', 'Job', 'CronJob', 'WorkflowTemplate'] as const;

export type ReaderKind = (typeof READER_KINDS)[number];

/** What a reader is made of. */
export interface ReaderManifest extends LookUp {
  readonly kind: ReaderKind;
  readonly cache: Pick<CacheRef, 'namespace' | 'name'>;
  /** The entry that it looks up. */
  readonly entry: string;
}

const FOLDER = '/cache';

/**
 * A workload that reads a cache as it should be read: whole folder, read-only, optional, and failing on a miss. Each
 * kind has a file of its own, as each key and cache has a name.
 */
export function readerManifest(reader: ReaderManifest): ManifestFile {
  const { kind, cache, key } = reader;
  const name = readerName(cache.name, key);
  const metadata = { name, namespace: cache.namespace };
  const object = { apiVersion: VERSIONS[kind], kind, metadata, spec: specOf(reader, name) };
  return { name: `${name}-${kind.toLowerCase()}.yaml`, text: yamlText(object, COMMENTS[kind]) };
}

const VERSIONS: Readonly<Record<ReaderKind, string>> = {
  Deployment: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  WorkflowTemplate: 'argoproj.io/v1alpha1',
};

const COMMENTS: Readonly<Record<ReaderKind, readonly Comment[]>> = {
  Deployment: [],
  Job: [],
  CronJob: [],
  WorkflowTemplate: [
    {
      path: ['spec', 'entrypoint'],
      text: 'its service account has to create and patch workflowtaskresults',
    },
  ],
};

function specOf(reader: ReaderManifest, name: string): object {
  const labels = { app: name };
  const { kind } = reader;
  switch (kind) {
    case 'Deployment':
      return {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podOf(reader, 'Always') },
      };
    case 'Job':
      return { backoffLimit: 1, template: { spec: podOf(reader, 'Never') } };
    case 'CronJob':
      return {
        schedule: '0 * * * *',
        timeZone: 'UTC',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { backoffLimit: 1, template: { spec: podOf(reader, 'Never') } } },
      };
    case 'WorkflowTemplate':
      return workflowOf(reader);
  }
}

function podOf(reader: ReaderManifest, restartPolicy: 'Always' | 'Never'): object {
  const command = ['sh', '-c', restartPolicy === 'Always' ? loopOf(reader) : scriptOf(reader)];
  return {
    // Who only reads a mounted folder asks nothing of the API server.
    automountServiceAccountToken: false,
    ...(restartPolicy === 'Never' ? { restartPolicy } : {}),
    securityContext: POD_SECURITY,
    containers: [
      {
        name: 'reader',
        image: REFRESH_IMAGE,
        command,
        ...containerOf(
          reader,
          reader.by !== 'nothing' ? [{ name: 'NAME', value: literal(reader.entry) }] : [],
        ),
      },
    ],
    volumes: volumesOf(reader),
  };
}

/**
 * The volume stands in the template, so that it comes along when the template is called from elsewhere. Argo and then
 * the kubelet replace what they know in the name of the entry: its default is written so that it arrives as it is.
 */
function workflowOf(reader: ReaderManifest): object {
  const name = 'look-up';
  const script = { image: REFRESH_IMAGE, command: ['sh'], source: scriptOf(reader) };
  const volumes = volumesOf(reader);
  if (reader.by === 'nothing') {
    const template = { name, script: { ...script, ...containerOf(reader, []) }, volumes };
    return { entrypoint: name, securityContext: POD_SECURITY, templates: [template] };
  }
  const env = [BRACE, { name: 'NAME', value: '{{inputs.parameters.name}}' }];
  return {
    entrypoint: name,
    arguments: { parameters: [{ name: 'name', value: withoutTags(literal(reader.entry)) }] },
    securityContext: POD_SECURITY,
    templates: [
      {
        name,
        inputs: { parameters: [{ name: 'name' }] },
        script: { ...script, ...containerOf(reader, env) },
        volumes,
      },
    ],
  };
}

function containerOf(
  { cache }: ReaderManifest,
  env: readonly { readonly name: string; readonly value: string }[],
): object {
  return {
    ...(env.length > 0 ? { env } : {}),
    resources: {
      requests: { cpu: '10m', memory: '16Mi' },
      limits: { cpu: '500m', memory: '64Mi' },
    },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: volumeName(cache.name), mountPath: FOLDER, readOnly: true }],
  };
}

function volumesOf({ cache }: ReaderManifest): object {
  return [{ name: volumeName(cache.name), configMap: { name: cache.name, optional: true } }];
}

function volumeName(cache: string): string {
  return cache.replaceAll('.', '-').slice(0, 63).replace(/-+$/, '');
}

/** Ends with an error where there is no such entry, or no cache. */
function scriptOf(reader: ReaderManifest): string {
  return [...beginningOf(reader), ...readingOf(reader), ''].join('\n');
}

/** The file is read anew each time: a mounted folder follows the cache. */
function loopOf(reader: ReaderManifest): string {
  const turn = [...readingOf(reader), 'sleep 60 & wait "$!"'].map(indented);
  const lines = ['trap exit TERM', 'while :; do', ...turn, 'done', ''];
  return [...beginningOf(reader), ...lines].join('\n');
}

function indented(lines: string): string {
  return lines.replaceAll(/(?<=^|\n)(?=[^\n])/g, '  ');
}

function beginningOf(reader: ReaderManifest): readonly string[] {
  if (reader.by !== 'nothing') return ['set -eu'];
  const why = WHOLE[reader.format] ?? `${reader.format} has no entries to look up`;
  return [`# Reads all of it: ${why}. It fails where the file is missing or empty.`, 'set -eu'];
}

const WHOLE: Partial<Readonly<Record<Format, string>>> = {
  JSON: 'no entry has a name to look up by',
  YAML: 'a shell cannot look up entries of YAML',
};

function readingOf(reader: ReaderManifest): readonly string[] {
  const missing = reader.by !== 'nothing' ? 'There is no entry $NAME' : 'There is nothing';
  return [
    `value=$(${lookUpCommand(reader, FOLDER)}) || {`,
    `  echo "${missing} in ${FOLDER}/${reader.key}." >&2`,
    '  exit 1',
    '}',
    `printf '%s\\n' "$value"`,
  ];
}
