import type { QuickPickItem } from 'vscode';
import { problemOfKey, problemOfName } from '../../../domain/cache.ts';
import {
  problemOfRepository,
  problemOfWatched,
  type EventRefresh,
  type WatchedObject,
} from '../../../domain/manifests/events/eventRefresh.ts';
import {
  lackOf,
  type ArgoInstalled,
  type Start,
} from '../../../domain/manifests/events/installed.ts';
import type { SecretKey } from '../../../domain/manifests/refreshJob.ts';
import { askForOne, askForText, type Step } from '../../steps.ts';
import { isGiven, notAllowed } from './refreshSteps.ts';

/** All that is asked about a refresh on an event, for each way in which it may start. */
export type EventDraft = Omit<EventRefresh, 'trigger'> & {
  readonly start: Start;
  readonly schedule: string;
  readonly timeZone: string;
  readonly secret: SecretKey;
  /** An owner and a name. */
  readonly repository: string;
  /** Empty for all. */
  readonly branch: string;
  readonly watched: WatchedObject;
};

const STARTS: readonly { readonly start: Start; readonly label: string; readonly words: string }[] =
  [
    { start: 'webhook', label: '$(plug) A Webhook', words: 'who changes the data calls it' },
    { start: 'github', label: '$(github) A Push to GitHub', words: 'the data is in a repository' },
    {
      start: 'object',
      label: '$(symbol-object) Another Object of the Cluster',
      words: 'it changes when the data does',
    },
    {
      start: 'schedule',
      label: '$(clock) A Schedule of Argo Workflows',
      words: 'a CronWorkflow, without Argo Events',
    },
    {
      start: 'job',
      label: '$(clock) A Schedule without Argo',
      words: 'a CronJob that asks whether the source has changed',
    },
  ];

/** Asks what says that the source may have changed, with what the cluster has for it. */
export function startStep(installed: ArgoInstalled): Step<EventDraft> {
  const items = STARTS.map(({ words, ...rest }) => {
    const lack = lackOf(rest.start, installed);
    const detail = lack === undefined ? {} : { detail: `$(warning) ${lack}` };
    return { ...rest, description: words, ...detail };
  });
  return {
    ask: async (answers, frame) => {
      const picked = await askForOne(frame, {
        items,
        placeHolder: 'What starts the refresh',
        active: ({ start }) => start === answers.start,
      });
      return isGiven(picked) ? { ...answers, start: picked.start } : picked;
    },
  };
}

/** Questions that are asked for some starts alone. */
export function onlyFor(
  starts: readonly Start[],
  steps: readonly Step<EventDraft>[],
): readonly Step<EventDraft>[] {
  return steps.map(({ ask, isWanted }) => ({
    ask,
    isWanted: (answers) => starts.includes(answers.start) && (isWanted?.(answers) ?? true),
  }));
}

/** Asks for the Secret that says who may start a refresh: names, never a value. */
export function secretSteps(namespace: string): readonly Step<EventDraft>[] {
  return [
    {
      ask: async (answers, frame) => {
        const what =
          answers.start === 'github'
            ? 'the secret of the webhook at GitHub'
            : 'the token that callers send as Authorization: Bearer';
        const secret = await askForText(frame, {
          prompt: `Secret in namespace ${namespace} that holds ${what}`,
          placeHolder: answers.start === 'github' ? 'github-webhook' : 'refresh-token',
          value: answers.secret.secret,
          problemOf: (text) => notAllowed(problemOfName(text)),
        });
        const { key } = answers.secret;
        return isGiven(secret) ? { ...answers, secret: { secret, key } } : secret;
      },
    },
    {
      ask: async (answers, frame) => {
        const key = await askForText(frame, {
          prompt: `Key of Secret ${answers.secret.secret} that holds it`,
          value: answers.secret.key,
          problemOf: (text) => notAllowed(problemOfKey(text)),
        });
        const { secret } = answers.secret;
        return isGiven(key) ? { ...answers, secret: { secret, key } } : key;
      },
    },
  ];
}

/** Asks for the repository whose pushes count. */
export function repositorySteps(): readonly Step<EventDraft>[] {
  return [
    {
      ask: async (answers, frame) => {
        const repository = await askForText(frame, {
          prompt: 'Repository at GitHub, as owner/name',
          placeHolder: 'example/mappings',
          value: answers.repository,
          problemOf: problemOfRepository,
        });
        return isGiven(repository) ? { ...answers, repository } : repository;
      },
    },
    {
      ask: async (answers, frame) => {
        const branch = await askForText(frame, {
          prompt: 'Branch whose pushes count; empty for all',
          value: answers.branch,
          problemOf: (text) => (/\s/.test(text) ? 'A branch has no spaces.' : undefined),
        });
        return isGiven(branch) ? { ...answers, branch } : branch;
      },
    },
  ];
}

const KINDS: readonly (QuickPickItem & { readonly of: Omit<WatchedObject, 'name'> })[] = [
  { label: 'ConfigMap', of: { group: '', version: 'v1', resource: 'configmaps' } },
  { label: 'Deployment', of: { group: 'apps', version: 'v1', resource: 'deployments' } },
  { label: 'StatefulSet', of: { group: 'apps', version: 'v1', resource: 'statefulsets' } },
  { label: 'CronJob', of: { group: 'batch', version: 'v1', resource: 'cronjobs' } },
  { label: 'Job', of: { group: 'batch', version: 'v1', resource: 'jobs' } },
  {
    label: 'Workflow',
    of: { group: 'argoproj.io', version: 'v1alpha1', resource: 'workflows' },
  },
];

/** Asks for the object that is watched. */
export function watchedSteps(namespace: string): readonly Step<EventDraft>[] {
  return [
    {
      ask: async (answers, frame) => {
        const picked = await askForOne(frame, {
          items: KINDS,
          placeHolder: 'Kind of the object whose changes start the refresh',
          active: ({ of }) => of.resource === answers.watched.resource,
        });
        const { name } = answers.watched;
        return isGiven(picked) ? { ...answers, watched: { ...picked.of, name } } : picked;
      },
    },
    {
      ask: async (answers, frame) => {
        const { watched, cache } = answers;
        const name = await askForText(frame, {
          prompt: `Its name. Argo Events gets the right to read all ${watched.resource} in ${namespace}`,
          value: watched.name,
          problemOf: (text) =>
            notAllowed(problemOfName(text)) ??
            problemOfWatched({ ...watched, name: text }, cache.name),
        });
        return isGiven(name) ? { ...answers, watched: { ...watched, name } } : name;
      },
    },
  ];
}

/** Asks whether to make an EventBus, where it may not be seen whether there is one. */
export function busStep(namespace: string): Step<EventDraft> {
  const items = [
    { label: '$(check) There is one', eventBus: false },
    { label: '$(add) Make one', description: 'of JetStream, with three replicas', eventBus: true },
  ];
  return {
    ask: async (answers, frame) => {
      const picked = await askForOne(frame, {
        items,
        placeHolder: `EventBus of namespace ${namespace}, which you may not see`,
        active: ({ eventBus }) => eventBus === answers.eventBus,
      });
      return isGiven(picked) ? { ...answers, eventBus: picked.eventBus } : picked;
    },
  };
}
