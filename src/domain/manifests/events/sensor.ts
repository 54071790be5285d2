import type { Metadata, Rule } from '../refreshAccess.ts';
import type { EventTrigger } from './eventRefresh.ts';
import { EVENT, exactly, partMetadata } from './eventNames.ts';
import { hardened } from './hardened.ts';

/** What the Sensor may do. A right to create cannot be given for one name. */
export const SENSOR_RULE: Rule = {
  apiGroups: ['argoproj.io'],
  resources: ['workflows'],
  verbs: ['create'],
};

/**
 * How many workflows a Sensor starts in the long run; after a quiet time it starts a few more. An object whose status
 * changes all the time tells of each change. What is more waits for its turn in the memory of the Sensor and is not
 * dropped, so that the last change is refreshed too.
 */
const RATE_LIMIT = { unit: 'Minute', requestsPerUnit: 2 };

/** The Sensor that starts the workflow when the event comes. Of the event, nothing gets into the workflow. */
export function sensor(trigger: EventTrigger, metadata: Metadata) {
  const { name } = metadata;
  const filters = filtersOf(trigger);
  const dependency = { name: EVENT, eventSourceName: name, eventName: EVENT };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Sensor',
    metadata,
    spec: {
      template: hardened(partMetadata(metadata, 'sensor')),
      dependencies: [filters === undefined ? dependency : { ...dependency, filters }],
      triggers: [
        {
          template: {
            name: 'refresh',
            k8s: { operation: 'create', source: { resource: workflowOf(metadata) } },
          },
          retryStrategy: { steps: 3, duration: '10s' },
          rateLimit: RATE_LIMIT,
        },
      ],
    },
  };
}

function workflowOf({ name, namespace, labels }: Metadata) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { generateName: `${name}-`, namespace, labels },
    spec: { workflowTemplateRef: { name } },
  };
}

/** Of what GitHub sends, pushes count, and not the ping of a new webhook; of pushes, those to the branch. */
function filtersOf(trigger: EventTrigger) {
  if (trigger.kind !== 'github') return undefined;
  const { branch } = trigger;
  const data = [{ path: 'body.X-GitHub-Event', type: 'string', value: [exactly('push')] }];
  if (branch !== undefined) {
    data.push({ path: 'body.ref', type: 'string', value: [exactly(`refs/heads/${branch}`)] });
  }
  return { data };
}
