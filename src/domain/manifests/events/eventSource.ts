import type { Metadata, Rule } from '../refreshAccess.ts';
import type { SecretKey } from '../refreshJob.ts';
import type { EventTrigger } from './eventRefresh.ts';
import type { Comment } from '../yamlText.ts';
import { EVENT, exactly, partMetadata } from './eventNames.ts';
import { hardened } from './hardened.ts';

/** Where requests come in: the port of the EventSource's Service, and the path. */
const PORT = 12_000;
const ENDPOINT = '/refresh';

/** The EventSource that hears of a change. */
export function eventSource(trigger: EventTrigger, metadata: Metadata) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'EventSource',
    metadata,
    spec: {
      template: hardened(partMetadata(metadata, 'source')),
      ...(trigger.kind === 'object'
        ? {}
        : { service: { ports: [{ name: 'http', port: PORT, targetPort: PORT }] } }),
      ...kindOf(trigger, metadata.namespace),
    },
  };
}

/** What the manifests cannot do and a person still has to, beside what it is about. */
export function stillToDo(
  trigger: EventTrigger,
  { name, namespace }: Metadata,
): readonly Comment[] {
  const address = `http://${name}-eventsource-svc.${namespace}:${String(PORT)}${ENDPOINT}`;
  const secret = ({ key }: SecretKey, what: string) =>
    `to do: create this Secret in namespace ${namespace}, with ${what} under ${key}`;
  switch (trigger.kind) {
    case 'webhook': {
      const at = ['spec', 'webhook', EVENT] as const;
      const send = `to do: whoever tells of a change sends POST to ${address} with Authorization: Bearer and the token`;
      return [
        { path: [...at, 'endpoint'], text: send },
        { path: [...at, 'authSecret', 'name'], text: secret(trigger.token, 'a token') },
      ];
    }
    case 'github': {
      const { owner, repository } = trigger;
      const at = ['spec', 'github', EVENT] as const;
      const reach = `to do: make ${address} reachable from GitHub, and register the address that it has outside as a webhook of ${owner}/${repository}: application/json, pushes, the Secret's value`;
      return [
        { path: [...at, 'webhook', 'endpoint'], text: reach },
        {
          path: [...at, 'webhookSecret', 'name'],
          text: secret(trigger.secret, 'a long random value'),
        },
      ];
    }
    case 'object':
      return [];
  }
}

/** What the EventSource may do: to watch an object, Argo Events lists and watches all of its kind. */
export function sourceRules(trigger: EventTrigger): readonly Rule[] {
  if (trigger.kind !== 'object') return [];
  const { group, resource } = trigger.watched;
  return [{ apiGroups: [group], resources: [resource], verbs: ['list', 'watch'] }];
}

function kindOf(trigger: EventTrigger, namespace: string) {
  const request = { endpoint: ENDPOINT, port: String(PORT), method: 'POST' };
  switch (trigger.kind) {
    case 'webhook':
      return { webhook: { [EVENT]: { ...request, authSecret: selector(trigger.token) } } };
    case 'github': {
      const { owner, repository, secret } = trigger;
      const repositories = [{ owner, names: [repository] }];
      const rest = { events: ['push'], contentType: 'json', webhookSecret: selector(secret) };
      return { github: { [EVENT]: { repositories, webhook: request, ...rest } } };
    }
    case 'object': {
      const { name, ...kind } = trigger.watched;
      // Without `afterStart`: it would pass over changes by server-side apply. What is there at its start is told
      // once, and the refresh finds nothing to do.
      const fields = [{ key: 'metadata.name', operation: '==', value: exactly(name) }];
      const rest = { eventTypes: ['ADD', 'UPDATE'], filter: { fields } };
      return { resource: { [EVENT]: { namespace, ...kind, ...rest } } };
    }
  }
}

function selector({ secret, key }: SecretKey) {
  return { name: secret, key };
}
